"""What Today shows beside what is due: cards and next acts, offered by the features that own them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.contributions import Contribution


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


panels: Contribution[tuple[Panel, ...]] = Contribution("panels")
all_actions: Contribution[tuple[Action, ...]] = Contribution("actions")


def cards(actor: Actor, at: datetime) -> list[tuple[Panel, dict[str, Any]]]:
    """The cards of Today, each loaded by what its own roles reach."""
    fitting = sorted((p for p in panels() if actor.has(*p.roles)), key=lambda p: p.order)
    loaded = ((panel, panel.load(actor.through(*panel.roles), at)) for panel in fitting)
    return [(panel, context) for panel, context in loaded if context is not None]


def actions(actor: Actor) -> list[Action]:
    return sorted((a for a in all_actions() if actor.has(*a.roles)), key=lambda a: a.order)
