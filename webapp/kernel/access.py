"""Roles, grants and access to views. A view without a declaration refuses everybody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, abort, current_app, g, make_response, request, url_for
from flask_login import current_user
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from webapp.kernel import error_pages
from webapp.kernel.contributions import Contribution
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import wants_fragment, wants_json

V = TypeVar("V", bound=Callable[..., Any])


class Role(StrEnum):
    """What a person does in the district. A role is offered only if some feature serves it (`Feature.serves`)."""

    INSPECTOR = "inspector"
    GATEKEEPER = "gatekeeper"
    KEEPER = "keeper"
    APPROVER = "approver"
    COMMANDER = "commander"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CLERK = "clerk"  # reports and publicity of a unit
    REQUESTER = "requester"  # asks for the supplies of a place
    LIAISON = "liaison"  # follows up the people under observation assigned to them
    SITE_CONTACT = "site_contact"  # answers for a regulated place
    WASTE_HANDLER = "waste_handler"
    DRIVER = "driver"
    DISPOSAL_OPERATOR = "disposal_operator"
    TRAFFIC_POLICE = "traffic_police"  # issues transport passes


EVERYONE = tuple(Role)
# Roles granted over a single place, and roles granted over a unit or the district; the others take any scope.
OF_A_PLACE = frozenset({Role.REQUESTER, Role.SITE_CONTACT, Role.WASTE_HANDLER, Role.DISPOSAL_OPERATOR})
OF_A_UNIT = frozenset({Role.CLERK, Role.LIAISON, Role.DRIVER, Role.TRAFFIC_POLICE})
# Roles that at least one feature serves, in the order of the enum.
offered_roles: Contribution[tuple[Role, ...]] = Contribution("offered_roles")


PERSON = "person.id"  # who somebody is, to the kernel; the table stands above it, as does `standing_finder`


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over one place, over a unit with all units below it, or, with neither id, over the whole district."""

    role: Role
    unit_id: UUID | None = None
    place_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person as a plain value that services keep beyond the database session."""

    id: UUID
    username: str
    name: str
    grants: tuple[Grant, ...]
    language: str | None = None
    sign_in_id: UUID | None = None

    def has(self, *roles: Role) -> bool:
        """Whether any grant has one of these roles."""
        return any(grant.role in roles for grant in self.grants)

    def through(self, *roles: Role) -> "Reach":
        """The actor's reach by these roles only."""
        return Reach(self, frozenset(roles))


@dataclass(frozen=True, slots=True)
class Reach:
    """An actor limited to the roles that permit an action.

    Queries take a reach, so that a row visible through one role cannot be changed through another. A view uses
    `current_reach()`; a service calls `by.through(...)`.
    """

    actor: Actor
    roles: frozenset[Role]

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The actor's grants of these roles."""
        return tuple(grant for grant in self.actor.grants if grant.role in self.roles)

    @property
    def is_district_wide(self) -> bool:
        """Whether one of these grants covers the whole district."""
        return any(grant.unit_id is None and grant.place_id is None for grant in self.grants)


def allow(*roles: Role, district_wide: bool = False) -> Callable[[V], V]:
    """Open a view to these roles; with `district_wide` only to holders of one of them over the whole district."""

    def mark(view: V) -> V:
        view.allowed = frozenset(roles)  # type: ignore[attr-defined]
        view.district_wide = district_wide  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: V) -> V:
    """Open a view to every signed-in person, with or without a role."""
    view.allowed, view.needs_role = frozenset(Role), False  # type: ignore[attr-defined]
    return view


def public(view: V) -> V:
    """Open a view to everybody, signed in or not."""
    view.allowed = None  # type: ignore[attr-defined]
    return view


# Called inside the open transaction with the id of a person whose roles, password or status changed.
standing_listeners: Contribution[tuple[Callable[[UUID, datetime], None], ...]] = Contribution("standing_listeners")
# Loads the actor of a person id inside the open transaction; None for a disabled person.
standing_finder: Contribution[Callable[[UUID], Actor | None]] = Contribution("standing_finder")
sign_in_page: Contribution[str] = Contribution("sign_in_page")  # its endpoint, which takes `next`


def standing_changed(person_id: UUID, at: datetime) -> None:
    """Notify holders of long-lived permissions (device grants) that this person's rights changed."""
    for listener in standing_listeners():
        listener(person_id, at)


def standing(by: Actor) -> Actor:
    """Reload the actor inside the open transaction, locked against changes until it ends.

    Raises Refusal `actor-disabled` for a person who was disabled in the meantime.
    """
    actor = standing_finder()(by.id)
    if actor is None:
        raise Refusal("actor-disabled", 403)
    return replace(actor, language=by.language, sign_in_id=by.sign_in_id)


def find_actor() -> Actor | None:
    """The signed-in person, or None. Not used for the shell's pages, which are the same for everybody."""
    if g.get("cookie_free"):
        return None
    user = current_user._get_current_object()  # once, because each access through the proxy looks it up again
    return user.actor if user and user.is_authenticated else None


def current_actor() -> Actor:
    """The signed-in person; aborts with 401 when nobody is signed in."""
    return find_actor() or abort(401)


def current_reach() -> Reach:
    """The signed-in person limited to the roles that open this view; aborts with 401 when nobody is signed in."""
    reach: Reach | None = g.get("reach")
    return reach or abort(401)


def may_open(endpoint: str, actor: Actor | None) -> bool:
    """Whether the actor's roles and scope open a view. Single rows may still be out of reach."""
    view = current_app.view_functions[endpoint]
    allowed: frozenset[Role] | None = getattr(view, "allowed", frozenset())
    if allowed is None or actor is None:
        return allowed is None
    if not getattr(view, "needs_role", True):
        return True
    reach = Reach(actor, allowed)
    return reach.is_district_wide if getattr(view, "district_wide", False) else bool(reach.grants)


def may_follow(url: str, actor: Actor) -> bool:
    """Whether the actor's roles open the page at an address of this application."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(url).path)
    except HTTPException:
        return False
    return may_open(endpoint, actor)


def reach_into(endpoint: str, actor: Actor) -> Reach:
    """The actor limited to the roles that open a view, so that a figure counts with the reach of the list it opens."""
    allowed: frozenset[Role] | None = getattr(current_app.view_functions[endpoint], "allowed", None)
    return Reach(actor, allowed or frozenset())


def init_app(app: Flask) -> None:
    app.before_request(_check)
    app.register_error_handler(401, _sign_in_first)
    app.context_processor(_offer)


def _offer() -> dict[str, Any]:
    """Give templates the signed-in person and `may("units.add")`, so that no button leads to a refusal."""
    actor = find_actor()
    return {"actor": actor, "may": lambda endpoint: may_open(endpoint, actor)}


def _check() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    view = current_app.view_functions[request.endpoint]
    allowed: frozenset[Role] | None = getattr(view, "allowed", frozenset())
    if allowed is None:
        return
    actor = current_actor()
    if not may_open(request.endpoint, actor):
        abort(403)
    g.reach = Reach(actor, allowed)


def _sign_in_first(_error: Any) -> Response:
    """Redirect a page to sign-in; answer a fragment or posted form in place, with a link to sign in in another tab."""
    if wants_json():
        return make_response({"code": "sign-in"}, 401)
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for(sign_in_page(), next=here if here and here != "/" else None)
    if wants_fragment() or (request.method == "POST" and request.accept_mimetypes.accept_html):
        return error_pages.signed_out()
    if request.method in ("GET", "HEAD") and request.accept_mimetypes.accept_html:
        return make_response("", 303, {"Location": target})
    return make_response("", 401, {"WWW-Authenticate": "Session"})
