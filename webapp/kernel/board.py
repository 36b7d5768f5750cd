"""Cards and actions on Today, contributed by the features that own them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from webapp.kernel.access import Actor, Reach, Role, may_open
from webapp.kernel.contributions import Contribution
from webapp.kernel.figures import Drawn, Figure, draw


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on Today: figures under a title.

    `template` draws anything that is not a figure, from `card.more`, the result of `load(reach, at)`.
    """

    code: str
    roles: tuple[Role, ...]
    title: Any = ""
    figures: tuple[Figure, ...] = ()
    template: str | None = None
    load: Callable[[Reach, datetime], dict[str, Any]] | None = None
    order: int = 50


@dataclass(frozen=True, slots=True)
class Card:
    """A panel as loaded for one person."""

    panel: Panel
    figures: list[Drawn]
    more: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlacePanel:
    """A card on a place's page: `load(place_id, reach, at)` returns the context of `template`, or None for no card."""

    code: str
    roles: tuple[Role, ...]
    template: str
    load: Callable[[UUID, Reach, datetime], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class UnitPanel:
    """A card on a unit's page: `load(unit_id, reach, at)` returns the context of `template`, or None for no card."""

    code: str
    roles: tuple[Role, ...]
    template: str
    load: Callable[[UUID, Reach, datetime], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Action:
    """A large button on Today for what a role does next. With `is_record` it is also on the page of all records."""

    endpoint: str
    label: Any
    icon: str
    roles: tuple[Role, ...]
    order: int = 50
    is_record: bool = True


P = TypeVar("P", PlacePanel, UnitPanel)
panels: Contribution[tuple[Panel, ...]] = Contribution("panels")
place_panels: Contribution[tuple[PlacePanel, ...]] = Contribution("place_panels")
unit_panels: Contribution[tuple[UnitPanel, ...]] = Contribution("unit_panels")
all_actions: Contribution[tuple[Action, ...]] = Contribution("actions")


def cards(actor: Actor, at: datetime, offered: Iterable[Panel] | None = None) -> list[Card]:
    """The cards of the `offered` panels; of all panels by default.

    A card is loaded with the reach of its panel's roles, a figure with the reach of the roles that open its rows.
    """
    offered = panels() if offered is None else offered
    fitting = sorted((p for p in offered if actor.has(*p.roles)), key=lambda p: p.order)
    drawn = [Card(panel, _drawn(panel, actor, at), _more(panel, actor, at)) for panel in fitting]
    return [card for card in drawn if card.figures or card.panel.template]


def _drawn(panel: Panel, actor: Actor, at: datetime) -> list[Drawn]:
    pairs = ((figure, draw(figure, actor, at)) for figure in panel.figures if may_open(figure.endpoint, actor))
    return [drawn for figure, drawn in pairs if drawn.number or not figure.is_hidden_at_zero]


def _more(panel: Panel, actor: Actor, at: datetime) -> dict[str, Any]:
    return panel.load(actor.through(*panel.roles), at) if panel.load else {}


def place_cards(place_id: UUID, actor: Actor, at: datetime) -> list[tuple[PlacePanel, dict[str, Any]]]:
    """The cards of a place's page with their contexts, each loaded with the reach of its own roles."""
    return _loaded(place_panels(), place_id, actor, at)


def unit_cards(unit_id: UUID, actor: Actor, at: datetime) -> list[tuple[UnitPanel, dict[str, Any]]]:
    """The cards of a unit's page, likewise."""
    return _loaded(unit_panels(), unit_id, actor, at)


def _loaded(panels_: Iterable[P], id_: UUID, actor: Actor, at: datetime) -> list[tuple[P, dict[str, Any]]]:
    fitting = sorted((p for p in panels_ if actor.has(*p.roles)), key=lambda p: p.order)
    loaded = ((panel, panel.load(id_, actor.through(*panel.roles), at)) for panel in fitting)
    return [(panel, context) for panel, context in loaded if context is not None]


def actions(actor: Actor, offered: Iterable[Action] | None = None) -> list[Action]:
    offered = all_actions() if offered is None else offered
    return sorted((a for a in offered if actor.has(*a.roles)), key=lambda a: a.order)
