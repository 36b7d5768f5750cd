"""What people signed of a figure's number on a day, offered by the features in which numbers are signed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from webapp.kernel.access import Actor, Reach, may_open, reach_into
from webapp.kernel.contributions import Contribution
from webapp.kernel.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The newest signed number of a unit, beside what the records counted for it then (`computed`) and count `now`.

    `came`, `changed` and `gone` are the ids of the records that count only now, count in a newer version, and count no
    longer. `url` is the page of what was signed.
    """

    unit_code: str
    unit_name: str
    what: str
    url: str
    version: int
    signed_at: datetime
    number: int
    computed: int | None
    now: int
    came: Sequence[UUID]
    changed: Sequence[UUID]
    gone: Sequence[UUID]

    @property
    def difference(self) -> int:
        """By how much the present number is more than the signed one."""
        return self.now - self.number


@dataclass(frozen=True, slots=True)
class Found:
    """The first signed numbers in the order of units, and how many `left_out` follow."""

    rows: Sequence[Signed]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """Finds what was signed of a figure on a day: of all units within reach, or of a unit with all below it.

    `find(figure, reach, day, unit_id)` gets the reach of the roles that open the page at `endpoint`, and gives None for
    a figure that nobody can sign.
    """

    endpoint: str
    find: Callable[[Figure, Reach, date, UUID | None], Found | None]


offers: Contribution[tuple[Offer, ...]] = Contribution("signed")


def signed_of(figure: Figure, actor: Actor, day: date, unit_id: UUID | None = None) -> Found | None:
    """What was signed of a figure; None for one that nobody can sign, or whose signatures the actor may not see."""
    asked = (offer for offer in offers() if may_open(offer.endpoint, actor))
    parts = [offer.find(figure, reach_into(offer.endpoint, actor), day, unit_id) for offer in asked]
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return Found([row for part in known for row in part.rows], sum(part.left_out for part in known))
