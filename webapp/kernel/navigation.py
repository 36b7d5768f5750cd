"""Where a person can go: pages stand in areas of work; each area has one entry in the frame, which opens its hub."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import Actor, Role, find_actor, may_open
from webapp.kernel.contributions import Contribution


class Area(StrEnum):
    """An area of work, in the order of the frame."""

    CHECKS = "checks"
    GATE = "gate"
    SUPPLIES = "supplies"
    WASTE = "waste"
    PEOPLE = "people"
    COMMAND = "command"
    MASTERS = "masters"
    SYSTEM = "system"


AREAS: dict[Area, tuple[Any, str]] = {  # label and icon
    Area.CHECKS: (_l("现场检查"), "droplet"),
    Area.GATE: (lazy_pgettext("list", "卡口值守"), "gate"),
    Area.SUPPLIES: (lazy_pgettext("list", "物资"), "box"),
    Area.WASTE: (_l("医疗废物"), "warning"),
    Area.PEOPLE: (_l("人员跟踪"), "person"),
    Area.COMMAND: (_l("指挥调度"), "report"),
    Area.MASTERS: (_l("场所与人员"), "place"),
    Area.SYSTEM: (_l("系统管理"), "settings"),
}


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A page that a person may go to from anywhere. `area` is the hub it stands on; `bar` its place (1 to 5) on a
    phone's bottom bar, if any. Whoever has no other role than its `roles` starts at an entry that `is_start`, not at
    Today.
    """

    endpoint: str
    label: Any
    icon: str
    roles: tuple[Role, ...]
    area: Area | None = None
    order: int = 50
    bar: int | None = None
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the templates see it."""

    url: str
    label: str
    icon: str
    area: Area | None
    is_current: bool
    bar: int | None = None


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
area_of_blueprint: Contribution[dict[str, Area]] = Contribution("areas")
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
        Link(url_for(e.endpoint), str(e.label), e.icon, e.area, e.endpoint == request.endpoint, e.bar) for e in mine
    ]


def start_of(actor: Actor) -> str | None:
    """The address of the page that is the whole work of this person; None for whoever starts at Today."""
    own = {grant.role for grant in actor.grants}
    return next((url_for(one.endpoint) for one in all_entries() if one.is_start and own <= set(one.roles)), None)


def areas(offered: Iterable[Link]) -> list[Link]:
    """The areas that these pages stand in, one entry each: its hub, or its page where it has only one."""
    pages: dict[Area, list[Link]] = {}
    for link in offered:
        if link.area:
            pages.setdefault(link.area, []).append(link)
    return [_area(area, pages[area]) for area in AREAS if area in pages]


def _area(area: Area, pages: list[Link]) -> Link:
    if len(pages) == 1:
        return replace(pages[0], is_current=current_area() is area)
    label, icon = AREAS[area]
    return Link(url_for("today.area", area=area.value), str(label), icon, area, current_area() is area)


def current_area() -> Area | None:
    """The area that the page being shown belongs to."""
    if request.endpoint == "today.area":
        named = (request.view_args or {}).get("area")
        return next((area for area in Area if area.value == named), None)
    marked = (entry.area for entry in all_entries() if entry.endpoint == request.endpoint and entry.area)
    return next(marked, area_of_blueprint().get(request.blueprint or ""))


def init_app(app: Flask) -> None:
    @app.context_processor
    def _navigation() -> dict[str, Any]:
        offered = links(find_actor())
        return {"navigation": offered, "areas": areas(offered)}
