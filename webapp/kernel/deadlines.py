"""Deadlines: one shape and a unique key for every task with a time; missing work is computed, not stored."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
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
    is alerted once. `kind` is the sort of task. `who` are the roles over `place` or `unit` that have to do it, or the
    ids of persons or of one. `what` and `where` are in the reader's language. With `is_private` they hold words that a
    person typed: they are shown on pages, and stand in no address and no message. `number` is that of its document or
    its day: it tells one from another, in every language, and may leave the house. `amount` counts what is owed, for
    the kinds that a provider has `counted`.
    """

    key: str
    kind: str
    due_at: datetime
    who: tuple[Role, ...] | UUID | frozenset[UUID]
    place: UUID | None = None
    unit: UUID | None = None
    level: Level = Level.NORMAL
    what: str
    where: str
    url: str
    is_private: bool = False
    number: str = ""
    amount: int | None = None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the deadline has passed."""
        return self.due_at < at


@dataclass(frozen=True, slots=True)
class Whole:
    """The full list of a provider that offers only its first `shown` rows; `count(reach)` counts it if there may be
    more.
    """

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

    A provider that offers only its first rows names the full list as `whole`. `kinds` labels the sorts of its tasks
    that rules of alerts may name, `counted` those whose rows have an amount. `every` provides these for the watcher
    where `provide` is limited to the first rows or to the actor's own tasks.
    """

    roles: tuple[Role, ...]
    provide: Callable[[Reach, datetime], Iterable[Due]]
    whole: Whole | None = None
    kinds: Mapping[str, Any] = field(default_factory=dict)
    every: Callable[[Reach, datetime], Iterable[Due]] | None = None
    counted: frozenset[str] = frozenset()


due_rows: Contribution[tuple[DueRows, ...]] = Contribution("due_rows")


def key_of(kind: str, subject: object) -> str:
    """The key of a task of this kind about a subject."""
    return f"{kind}:{subject}"


def everything_due(actor: Actor, at: datetime, offered: Iterable[DueRows] | None = None) -> list[Due]:
    """The tasks of the `offered` providers (all by default), each key and level once, the most urgent first."""
    return due_and_more(actor, at, offered)[0]


def due_and_more(
    actor: Actor, at: datetime, offered: Iterable[DueRows] | None = None
) -> tuple[list[Due], list[CutShort]]:
    """`everything_due`, and the providers that have more rows than they offer."""
    worst = {level: place for place, level in enumerate(Level)}
    unique: dict[tuple[str, Level], Due] = {}
    cut = []
    for offer in due_rows() if offered is None else offered:
        if actor.has(*offer.roles):
            rows = list(offer.provide(actor.through(*offer.roles), at))
            unique |= {(row.key, row.level): row for row in rows}
            cut += _cut_short(offer.whole, len(rows), actor)
    return sorted(unique.values(), key=lambda row: (worst[row.level], row.due_at)), cut


def _cut_short(whole: Whole | None, offered: int, actor: Actor) -> list[CutShort]:
    if whole is None or offered < whole.shown:
        return []
    total = whole.count(reach_into(whole.endpoint, actor))
    return [CutShort(whole.endpoint, whole.label, whole.shown, total)] if total > whole.shown else []


def kinds_due() -> dict[str, Any]:
    """The sorts of tasks that rules of alerts may name, with their labels."""
    return {kind: label for offer in due_rows() for kind, label in offer.kinds.items()}


def kinds_counted() -> frozenset[str]:
    """Those of these sorts that have an amount, which a rule may ask to be reached."""
    return frozenset[str]().union(*(offer.counted for offer in due_rows()))


def watched(overseer: Actor, at: datetime, kinds: Collection[str]) -> list[Due]:
    """Every task of these kinds in the overseer's reach, whoever has to do it; others are not asked for."""
    asked = (offer for offer in due_rows() if not offer.kinds.keys().isdisjoint(kinds))
    rows = (row for offer in asked for row in (offer.every or offer.provide)(overseer.through(*offer.roles), at))
    return [row for row in rows if row.kind in kinds]
