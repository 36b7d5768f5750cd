"""Where a person can go: features register entries, the frame shows those the person's roles open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, request, url_for

from webapp.kernel.access import Actor, Role, find_actor, may_open
from webapp.kernel.contributions import Contribution


@dataclass(frozen=True, slots=True)
class NavEntry:
    """`group` is the heading it stands under; `bar` its place (1 to 5) on a phone's bottom bar, if any.

    `is_rare`: only among all functions on Me, not beside every page.
    """

    endpoint: str
    label: Any
    icon: str
    roles: tuple[Role, ...]
    group: Any
    order: int = 50
    bar: int | None = None
    is_rare: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the templates see it."""

    url: str
    label: str
    icon: str
    group: str
    is_current: bool
    bar: int | None
    is_rare: bool

    @property
    def current(self) -> bool:
        return self.is_current


@dataclass(frozen=True, slots=True)
class PlaceAction:
    """Something one may do at a place, offered on its page and after scanning its label.

    `kinds` are the PlaceKind values it fits (empty: all). `url(place_id)` is where it is done. Shown to whoever has
    one of `roles` over the place.
    """

    code: str
    label: Any
    icon: str
    roles: tuple[Role, ...]
    url: Callable[[UUID], str]
    kinds: frozenset[str] = frozenset()
    order: int = 50


all_entries: Contribution[tuple[NavEntry, ...]] = Contribution("navigation")
all_place_actions: Contribution[tuple[PlaceAction, ...]] = Contribution("place_actions")


def place_actions(actor: Actor, kind: str) -> list[PlaceAction]:
    """What the actor's roles may do at places of a kind; whether over this very place, the caller knows."""
    fitting = (a for a in all_place_actions() if actor.has(*a.roles) and (not a.kinds or kind in a.kinds))
    return sorted(fitting, key=lambda action: action.order)


def links(actor: Actor | None) -> list[Link]:
    """What this person sees, in order; a page once, under the first of its names that fits."""
    if actor is None:
        return []
    entries = all_entries()
    open_to = (entry for entry in reversed(entries) if actor.has(*entry.roles) and may_open(entry.endpoint, actor))
    mine = sorted({entry.endpoint: entry for entry in open_to}.values(), key=lambda e: (e.order, entries.index(e)))
    return [
        Link(url_for(e.endpoint), str(e.label), e.icon, str(e.group), e.endpoint == request.endpoint, e.bar, e.is_rare)
        for e in mine
    ]


def init_app(app: Flask) -> None:
    @app.context_processor
    def _navigation() -> dict[str, Any]:
        return {"navigation": links(find_actor())}
