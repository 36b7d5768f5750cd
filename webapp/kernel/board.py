"""What Today shows: cards and things due, offered by the features that own them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from webapp.kernel.access import Actor, Role


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on Today: `load(actor, at)` gives the context of `template`, or None to leave the card out."""

    code: str
    roles: tuple[Role, ...]
    template: str
    load: Callable[[Actor, datetime], dict[str, Any] | None]
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


Provider = Callable[[Actor, datetime], Iterable[Due]]

_panels: dict[str, Panel] = {}
_actions: dict[str, Action] = {}
_providers: dict[str, Provider] = {}


def panel(one: Panel) -> None:
    _panels[one.code] = one


def action(one: Action) -> None:
    _actions[one.endpoint] = one


def due(name: str, provider: Provider) -> None:
    _providers[name] = provider


def panels(actor: Actor) -> list[Panel]:
    return sorted((p for p in _panels.values() if actor.has(*p.roles)), key=lambda p: p.order)


def actions(actor: Actor) -> list[Action]:
    return sorted((a for a in _actions.values() if actor.has(*a.roles)), key=lambda a: a.order)


def everything_due(actor: Actor, at: datetime) -> list[Due]:
    """All rows of all providers, the worst first, then the soonest."""
    worst = {severity: place for place, severity in enumerate(Severity)}
    rows = [row for provider in _providers.values() for row in provider(actor, at)]
    return sorted(rows, key=lambda row: (worst[row.severity], row.due_at))
