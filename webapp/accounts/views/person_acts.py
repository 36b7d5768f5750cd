"""Actions of an administrator on a person: disable, enable, reset, end sessions, reveal the telephone number."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, url_for
from werkzeug import Response

from webapp.accounts import queries, service
from webapp.accounts.views import bp
from webapp.accounts.views.persons import show_person
from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import see_other


@bp.post("/persons/<uuid:person_id>/disable")
@allow(Role.ADMINISTRATOR)
def disable_person(person_id: UUID) -> Response:
    """Disable a person at once."""
    return _act(service.disable_person, person_id)


@bp.post("/persons/<uuid:person_id>/enable")
@allow(Role.ADMINISTRATOR)
def enable_person(person_id: UUID) -> Response:
    """Enable a disabled person."""
    return _act(service.enable_person, person_id)


@bp.post("/persons/<uuid:person_id>/end-sessions")
@allow(Role.ADMINISTRATOR)
def end_sessions(person_id: UUID) -> Response:
    """End all sessions of a person."""
    return _act(service.end_sessions_of, person_id)


@bp.post("/persons/<uuid:person_id>/reset-second-factor")
@allow(Role.ADMINISTRATOR)
def reset_second_factor(person_id: UUID) -> Response:
    """Remove the second step of a person with a lost phone."""
    return _act(service.reset_second_factor, person_id)


@bp.post("/persons/<uuid:person_id>/reset-password")
@allow(Role.ADMINISTRATOR)
def reset_password(person_id: UUID) -> Response:
    """Set a new password, shown once, to be changed at the next sign-in."""
    _visible(person_id)
    try:
        return show_person(person_id, password=service.reset_password(person_id, by=current_actor(), at=clock.now()))
    except Refusal as refusal:
        return show_person(person_id, refusal=refusal)


def _act(act: Callable[..., Any], person_id: UUID) -> Response:
    _visible(person_id)
    try:
        act(person_id, by=current_actor(), at=clock.now())
    except Refusal as refusal:
        return show_person(person_id, refusal=refusal)
    return see_other(url_for("accounts.person", person_id=person_id))


def _visible(person_id: UUID) -> None:
    if queries.find_visible(person_id, current_reach()) is None:
        abort(404)
