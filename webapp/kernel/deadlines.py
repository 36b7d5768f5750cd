"""Deadlines: what is owed by a time has one shape and a key; what is missing is computed from what was expected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from webapp.kernel.access import Actor, Reach, Role, reach_into
from webapp.kernel.contributions import Contribution


class Level(StrEnum):
    """How much a thing that is owed presses, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something owed by a time.

    `key` says what is owed and stays the same for as long as it is (`key_of`); with its `level` it is unique, so that
    whoever alerts does so once for each. `kind` is what sort of thing it is. `who` are the roles that owe it over
    `place`, or one person by id. `what` and `where` are in the reader's words.
    """

    key: str
    kind: str
    due_at: datetime
    who: tuple[Role, ...] | UUID
    place: UUID | None = None
    level: Level = Level.NORMAL
    what: str
    where: str
    url: str

    def is_overdue(self, at: datetime) -> bool:
        """Has its time gone by?"""
        return self.due_at < at


@dataclass(frozen=True, slots=True)
class Whole:
    """The list of everything a provider offers the first `shown` rows of."""

    endpoint: str
    label: Any
    shown: int
    count: Callable[[Reach], int]


@dataclass(frozen=True, slots=True)
class CutShort:
    """A provider whose rows are not all among the tasks."""

    endpoint: str
    label: Any
    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class DueRows:
    """Rows for whoever has one of the roles: `provide` is given the actor limited to them. A provider that offers
    only the first of its rows names the list of all of them as `whole`.
    """

    roles: tuple[Role, ...]
    provide: Callable[[Reach, datetime], Iterable[Due]]
    whole: Whole | None = None


due_rows: Contribution[tuple[DueRows, ...]] = Contribution("due_rows")


def key_of(kind: str, subject: object) -> str:
    """The key of what is owed about a subject."""
    return f"{kind}:{subject}"


def everything_due(actor: Actor, at: datetime, offered: Iterable[DueRows] | None = None) -> list[Due]:
    """All rows of these providers (of all without `offered`), each key once a level, the worst and soonest first."""
    worst = {level: place for place, level in enumerate(Level)}
    mine = (offer for offer in (due_rows() if offered is None else offered) if actor.has(*offer.roles))
    rows = (row for offer in mine for row in offer.provide(actor.through(*offer.roles), at))
    unique = {(row.key, row.level): row for row in rows}
    return sorted(unique.values(), key=lambda row: (worst[row.level], row.due_at))


def cut_short(actor: Actor, offered: Iterable[DueRows] | None = None) -> list[CutShort]:
    """Which of these providers (of all without `offered`) have more rows than they offer, and how many."""
    cut = []
    for offer in due_rows() if offered is None else offered:
        if (whole := offer.whole) and actor.has(*offer.roles):
            total = whole.count(reach_into(whole.endpoint, actor))
            if total > whole.shown:
                cut.append(CutShort(whole.endpoint, whole.label, whole.shown, total))
    return cut
