"""What Today shows: cards and things due, offered by the features that own them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from webapp.kernel.access import Actor, Reach, Role, reach_into


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


Provider = Callable[[Reach, datetime], Iterable[Due]]

_panels: dict[str, Panel] = {}
_actions: dict[str, Action] = {}
_providers: dict[str, tuple[tuple[Role, ...], Provider]] = {}
_wholes: dict[str, Whole] = {}


def panel(one: Panel) -> None:
    _panels[one.code] = one


def action(one: Action) -> None:
    _actions[one.endpoint] = one


def due(name: str, roles: tuple[Role, ...], provider: Provider, whole: Whole | None = None) -> None:
    """Offer rows to whoever has one of the roles; the provider is given the actor limited to them. A provider that
    offers only the first of its rows names the list of all of them.
    """
    _providers[name] = roles, provider
    if whole:
        _wholes[name] = whole


def cards(actor: Actor, at: datetime) -> list[tuple[Panel, dict[str, Any]]]:
    """The cards of Today, each loaded by what its own roles reach."""
    fitting = sorted((p for p in _panels.values() if actor.has(*p.roles)), key=lambda p: p.order)
    loaded = ((panel, panel.load(actor.through(*panel.roles), at)) for panel in fitting)
    return [(panel, context) for panel, context in loaded if context is not None]


def actions(actor: Actor) -> list[Action]:
    return sorted((a for a in _actions.values() if actor.has(*a.roles)), key=lambda a: a.order)


def everything_due(actor: Actor, at: datetime) -> list[Due]:
    """All rows of all providers, the worst first, then the soonest."""
    worst = {severity: place for place, severity in enumerate(Severity)}
    offered = (provider(actor.through(*roles), at) for roles, provider in _providers.values() if actor.has(*roles))
    rows = [row for provided in offered for row in provided]
    return sorted(rows, key=lambda row: (worst[row.severity], row.due_at))


def cut_short(actor: Actor) -> list[CutShort]:
    """Which providers have more rows than they offer, and how many."""
    found = []
    for name, whole in _wholes.items():
        if actor.has(*_providers[name][0]):
            total = whole.count(reach_into(whole.endpoint, actor))
            if total > whole.shown:
                found.append(CutShort(whole.endpoint, whole.label, whole.shown, total))
    return found
