"""The kinds of entry: what each is called, its form, what it does, and how it is recorded without a network.

A kind needs a name, a label, a form and an apply function. To be recorded on a device it names the roles that may do
so, and the blank forms that a device keeps. The blank page and the page for correcting then draw every field of its
form. A field whose choices come from the database is a `forms.reference(label, "places")`: it is drawn as a select of
that part of the reference data, of the rows that one of the roles that record reaches (where rows name `roles`). Rows
have `id`, `code` if any, and `name`, or `zh` and `en`. Such a form is made without arguments, a person or the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.kernel.access import Reach, Role
from webapp.kernel.contributions import Contribution

if TYPE_CHECKING:
    from webapp.kernel.entries import Entry
    from webapp.kernel.errors import Refusal

# How an entry travels, not what it says: these fields are not part of its content.
ENVELOPE = frozenset({"uuid", "captured_at", "clock_skew", "device", "device_seq", "csrf_token"})


class BoundForm(Protocol):
    """What a kind's form must be able to do; a wtforms Form class is a factory of these."""

    def validate(self) -> bool: ...

    @property
    def data(self) -> dict[str, Any]: ...

    @property
    def errors(self) -> Mapping[Any, Any]: ...


Apply = Callable[..., None]  # apply(entry, data, photos, *, by, at): writes the domain rows in the open transaction
# load(form, present, standing): `standing` also reaches where its author was when it was recorded, for the names of
# places to choose from; what lies or who is there is shown by `present` only.
Load = Callable[[Any, Reach, Reach], dict[str, Any]]


Fields = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """What the page for correcting a returned entry does beside drawing its form.

    `begin` gives the fields as they are shown first, `renew` as they are shown after a refusal. `ask` says of a good
    form what a person looks at again before it is recorded: what the page is drawn with then, None for nothing.
    """

    begin: Callable[[Fields], Fields]
    renew: Callable[[Fields, "Refusal"], Fields]
    ask: Callable[[Any, Fields, Reach], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A form that a device keeps. `slug` is its address below /offline/forms/.

    `template` is rendered with `load()` (else with the kind's own form, as `form`) and without any person or data of
    the database (it is the same for everybody); choices come on the device from reference data. `stands_for` is the
    online address (its beginning, and what its query must not contradict) in whose stead it opens when there is no
    network; the query goes along behind the #.
    Where several forms stand for an address equally well, the person chooses.
    """

    slug: str
    label: Any
    icon: str = "edit"
    template: str = "frames/kept.html"
    load: Callable[[], dict[str, Any]] | None = None
    stands_for: str = ""


def _no_page(_entry: "Entry") -> None:
    """A record without a page of its own."""


def _contradicts_nothing(_uuid: UUID) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry. `late_roles` may record it on a device (none: it is recorded online only).

    `of_page` names controls of its page that are posted along and say nothing: buttons, steps of a wizard.
    `fields_template` draws its form, with a network, without one and returned, with `load()` (else with its
    references); `assets` are the style sheets and scripts of that template. With a `correction` the page of a returned
    entry asks what the online page asks, and its button `refresh` draws it again. An `is_observation` that is corrected
    later is a new observation: it happens when it is corrected. `contradicts` says whether an applied entry contradicts
    what is on record. A `record` (kernel/records.py) has its pages drawn by the kernel.
    """

    name: str
    label: Any
    form: Callable[[MultiDict[str, str]], BoundForm]
    apply: Apply
    of_page: frozenset[str] = frozenset()
    late_roles: tuple[Role, ...] = ()
    forms: tuple[BlankForm, ...] = ()
    record_url: Callable[["Entry"], str | None] = _no_page
    fields_template: str = "frames/_fields.html"
    assets: tuple[str, ...] = ()
    load: Load | None = None
    correction: Correction | None = None
    is_observation: bool = False
    contradicts: Callable[[UUID], bool] = _contradicts_nothing
    record: Any = None

    @property
    def beside(self) -> frozenset[str]:
        """What is posted along with an entry and is not part of what it says."""
        return ENVELOPE | self.of_page


kinds: Contribution[dict[str, Kind]] = Contribution("kinds")


def late_kinds() -> dict[str, Kind]:
    """The kinds that a device may record, by name."""
    return {name: kind for name, kind in kinds().items() if kind.late_roles}


def find_late(name: str) -> Kind | None:
    return late_kinds().get(name)


def find_form(slug: str) -> tuple[Kind, BlankForm] | None:
    """The kind and its blank form of an address."""
    return next(((kind, form) for kind in late_kinds().values() for form in kind.forms if form.slug == slug), None)


def blank(kind: Kind, form: BlankForm) -> dict[str, Any]:
    """What a blank form is drawn with."""
    return form.load() if form.load else {"form": kind.form(MultiDict())}
