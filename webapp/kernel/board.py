"""What Today shows: cards and things due, offered by the features that own them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from webapp.kernel.access import Actor, Reach, Role, reach_into
from webapp.kernel.contributions import Contribution


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on Today: `load(reach, at)` gives the context of `template`, or None to leave the card out."""

    code: str
    roles: tuple[Role, ...]
    template: str
    load: Callable[[Reach, datetime], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Action:
    """A large button on Today: the next thing a role does. `is_record` also puts it on the page of all records."""

    endpoint: str
    label: Any
    icon: str
    roles: tuple[Role, ...]
    order: int = 50
    is_record: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """Something owed by a time."""

    due_at: datetime
    what: str
    where: str
    url: str
    severity: Severity = Severity.NORMAL


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


panels: Contribution[tuple[Panel, ...]] = Contribution("panels")
all_actions: Contribution[tuple[Action, ...]] = Contribution("actions")
due_rows: Contribution[tuple[DueRows, ...]] = Contribution("due_rows")


def cards(actor: Actor, at: datetime) -> list[tuple[Panel, dict[str, Any]]]:
    """The cards of Today, each loaded by what its own roles reach."""
    fitting = sorted((p for p in panels() if actor.has(*p.roles)), key=lambda p: p.order)
    loaded = ((panel, panel.load(actor.through(*panel.roles), at)) for panel in fitting)
    return [(panel, context) for panel, context in loaded if context is not None]


def actions(actor: Actor) -> list[Action]:
    return sorted((a for a in all_actions() if actor.has(*a.roles)), key=lambda a: a.order)


def everything_due(actor: Actor, at: datetime) -> list[Due]:
    """All rows of all providers, the worst first, then the soonest."""
    worst = {severity: place for place, severity in enumerate(Severity)}
    mine = (offer for offer in due_rows() if actor.has(*offer.roles))
    rows = [row for offer in mine for row in offer.provide(actor.through(*offer.roles), at)]
    return sorted(rows, key=lambda row: (worst[row.severity], row.due_at))


def cut_short(actor: Actor) -> list[CutShort]:
    """Which providers have more rows than they offer, and how many."""
    cut = []
    for offer in due_rows():
        if (whole := offer.whole) and actor.has(*offer.roles):
            total = whole.count(reach_into(whole.endpoint, actor))
            if total > whole.shown:
                cut.append(CutShort(whole.endpoint, whole.label, whole.shown, total))
    return cut
