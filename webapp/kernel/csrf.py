"""CSRF tokens that are bound to a person.

The signed token names the person who opened the page. The page therefore stays valid after that person signs in again
in another tab, and can never post in the session of somebody else.
"""

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from flask import Flask, current_app, jsonify, make_response, request, session
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug import Response

from webapp.extensions import csrf
from webapp.kernel import error_pages
from webapp.kernel.access import find_actor
from webapp.kernel.htmx import wants_json

FIELD = "csrf_token"
HEADER = "X-CSRFToken"


def init_app(app: Flask) -> None:
    """Install after `access`, so that an ended session leads to sign-in and not to a stale-token error."""
    app.before_request(_bind)
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _refuse)


def _refuse(_error: CSRFError) -> Response:
    """Answer for a page of another person or with an invalid token. Nothing is recorded."""
    if wants_json():
        return make_response(jsonify(code="http-400"), 400)
    actor, owner = find_actor(), _owner(_sent_token())
    if actor and owner and owner != actor.id:
        return error_pages.page_of_another(actor.name)
    return error_pages.stale()


def _bind() -> None:
    """Make a session accept all tokens of its person, from any of their sessions.

    Public pages (the shell, files, sign-in) set no cookie for this.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    actor = find_actor() if getattr(view, "allowed", None) is not None else None
    if actor is None:
        return
    value = _value(str(current_app.secret_key), actor.id)
    if session.get(FIELD) != value:
        session[FIELD] = value


@lru_cache(maxsize=1024)
def _value(key: str, person_id: UUID) -> str:
    return f"{person_id}.{hmac.new(key.encode(), f'page of {person_id}'.encode(), hashlib.sha256).hexdigest()}"


def _sent_token() -> str:
    return request.form.get(FIELD) or request.headers.get(HEADER) or ""


def _owner(token: str) -> UUID | None:
    """The person whose page a token was made for; None for a forged token or one made before sign-in."""
    try:
        value = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token").loads(token)
        return UUID(str(value).partition(".")[0])
    except (BadData, ValueError):
        return None
