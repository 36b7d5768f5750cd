"""Navigation: pages are grouped in areas of work; each area has one entry in the frame, which opens its hub."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import Flask, request, url_for
from flask_babel import get_locale, lazy_pgettext
from flask_babel import lazy_gettext as _l

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
    """A page in the navigation.

    `area` is the hub that lists it; `bar` its position (1 to 5) in a phone's bottom bar. A person whose roles are all
    among its `roles` starts at a page with `is_start` instead of Today.
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
    """A navigation entry as templates draw it."""

    url: str
    label: str
    icon: str
    area: Area | None
    is_current: bool
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceAction:
    """An action at a place, offered on the place's page and after a scan of its label.

    `kinds` are the PlaceKind values for which it is offered, all if empty. `url(place_id)` is its page. It is offered
    to holders of one of `roles` over the place.
    """

    code: str
    label: Any
    icon: str
    roles: tuple[Role, ...]
    url: Callable[[UUID], str]
    kinds: frozenset[str] = frozenset()
    order: int = 50


@dataclass(frozen=True, slots=True)
class PageAction:
    """An action about whatever a page shows, offered on records, findings and due rows.

    Its page at `endpoint` takes the address that it was opened from as `source`, and the first words as `what`.
    """

    endpoint: str
    label: Any
    icon: str
    roles: tuple[Role, ...]

    def url(self, source: str, what: str = "") -> str:
        """The address of its page for a source; `what` names nobody, since addresses are logged."""
        return url_for(self.endpoint, source=source, what=what or None)


all_entries: Contribution[tuple[NavEntry, ...]] = Contribution("navigation")
area_of_blueprint: Contribution[dict[str, Area]] = Contribution("areas")
hub: Contribution[str] = Contribution("hub")  # the endpoint of an area's page
all_place_actions: Contribution[tuple[PlaceAction, ...]] = Contribution("place_actions")
all_page_actions: Contribution[tuple[PageAction, ...]] = Contribution("page_actions")


def page_actions() -> list[PageAction]:
    """The actions about a page that the signed-in person may perform."""
    actor = find_actor()
    return [action for action in all_page_actions() if actor and actor.has(*action.roles)]


def place_actions(actor: Actor, kind: str) -> list[PlaceAction]:
    """The actions of the actor's roles at places of a kind. The caller checks the scope of the place itself."""
    fitting = (a for a in all_place_actions() if actor.has(*a.roles) and (not a.kinds or kind in a.kinds))
    return sorted(fitting, key=lambda action: action.order)


_MOST_CACHED = 500
_cache: Contribution[dict[Any, list[tuple[str, Link]]]] = Contribution("navigation_cache")


def links(actor: Actor | None) -> list[Link]:
    """The pages that a person may open, in order, each once under its first matching label."""
    if actor is None:
        return []
    current = request.endpoint
    return [replace(link, is_current=True) if endpoint == current else link for endpoint, link in _offered(actor)]


def _offered(actor: Actor) -> list[tuple[str, Link]]:
    """Endpoints and their links, alike for everybody with the same grants and language; cached for every page."""
    key = (actor.grants, str(get_locale()), request.script_root)
    links = _cache()
    if key not in links:
        if len(links) >= _MOST_CACHED:
            links.clear()
        links[key] = _drawn(actor)
    return links[key]


def _drawn(actor: Actor) -> list[tuple[str, Link]]:
    entries = all_entries()
    open_to = (entry for entry in reversed(entries) if actor.has(*entry.roles) and may_open(entry.endpoint, actor))
    mine = sorted({entry.endpoint: entry for entry in open_to}.values(), key=lambda e: (e.order, entries.index(e)))
    return [(e.endpoint, Link(url_for(e.endpoint), str(e.label), e.icon, e.area, False, e.bar)) for e in mine]


def start_of(actor: Actor) -> str | None:
    """The address of the page that is this person's only work; None for a person who starts at Today."""
    own = {grant.role for grant in actor.grants}
    return next(
        (url_for(entry.endpoint) for entry in all_entries() if entry.is_start and own <= set(entry.roles)), None
    )


def areas(offered: Iterable[Link]) -> list[Link]:
    """One link for each area of these pages: to its hub, or to its page if it has only one."""
    pages: dict[Area, list[Link]] = {}
    for link in offered:
        if link.area:
            pages.setdefault(link.area, []).append(link)
    current = current_area()
    return [_area(area, pages[area], area is current) for area in AREAS if area in pages]


def _area(area: Area, pages: list[Link], is_current: bool) -> Link:
    if len(pages) == 1:
        return replace(pages[0], is_current=is_current)
    label, icon = AREAS[area]
    return Link(url_for(hub(), area=area.value), str(label), icon, area, is_current)


def current_area() -> Area | None:
    """The area of the page that is shown."""
    if request.endpoint == hub():
        value = (request.view_args or {}).get("area")
        return next((area for area in Area if area.value == value), None)
    endpoint = request.endpoint
    declared = (entry.area for entry in all_entries() if entry.endpoint == endpoint and entry.area)
    return next(declared, area_of_blueprint().get(request.blueprint or ""))


def init_app(app: Flask) -> None:
    _cache.install(app, {})

    @app.context_processor
    def _navigation() -> dict[str, Any]:
        offered = links(find_actor())
        return {"navigation": offered, "areas": areas(offered), "page_actions": page_actions}
