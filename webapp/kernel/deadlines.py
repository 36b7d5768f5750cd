"""Deadlines: one shape and a unique key for every task with a time; missing work is computed, not stored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from webapp.kernel.access import Actor, Reach, Role, reach_into
from webapp.kernel.contributions import Contribution


class Level(StrEnum):
    """The urgency of a task, the most urgent first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A task with a deadline.

    `key` identifies the task for as long as it is open (`key_of`); key and `level` together are unique, so that each
    is alerted once. `kind` is the sort of task. `who` are the roles over `place` that have to do it, or the id of one
    person. `what` and `where` are in the reader's language. With `is_private` they hold words that a person typed: they
    are shown on pages, and stand in no address and no message.
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
    is_private: bool = False

    def is_overdue(self, at: datetime) -> bool:
        """Whether the deadline has passed."""
        return self.due_at < at


@dataclass(frozen=True, slots=True)
class Whole:
    """The full list of a provider that offers only its first `shown` rows; `count(reach)` counts it."""

    endpoint: str
    label: Any
    shown: int
    count: Callable[[Reach], int]


@dataclass(frozen=True, slots=True)
class CutShort:
    """A provider with more rows (`total`) than the tasks show (`shown`)."""

    endpoint: str
    label: Any
    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class DueRows:
    """A provider of tasks for holders of these roles: `provide(reach, at)` gets the actor limited to them.

    A provider that offers only its first rows names the full list as `whole`.
    """

    roles: tuple[Role, ...]
    provide: Callable[[Reach, datetime], Iterable[Due]]
    whole: Whole | None = None


due_rows: Contribution[tuple[DueRows, ...]] = Contribution("due_rows")


def key_of(kind: str, subject: object) -> str:
    """The key of a task of this kind about a subject."""
    return f"{kind}:{subject}"


def everything_due(actor: Actor, at: datetime, offered: Iterable[DueRows] | None = None) -> list[Due]:
    """The tasks of the `offered` providers (all by default), each key and level once, the most urgent first."""
    worst = {level: place for place, level in enumerate(Level)}
    mine = (offer for offer in (due_rows() if offered is None else offered) if actor.has(*offer.roles))
    rows = (row for offer in mine for row in offer.provide(actor.through(*offer.roles), at))
    unique = {(row.key, row.level): row for row in rows}
    return sorted(unique.values(), key=lambda row: (worst[row.level], row.due_at))


def cut_short(actor: Actor, offered: Iterable[DueRows] | None = None) -> list[CutShort]:
    """Those of the `offered` providers (all by default) that have more rows than they offer."""
    cut = []
    for offer in due_rows() if offered is None else offered:
        if (whole := offer.whole) and actor.has(*offer.roles):
            total = whole.count(reach_into(whole.endpoint, actor))
            if total > whole.shown:
                cut.append(CutShort(whole.endpoint, whole.label, whole.shown, total))
    return cut
