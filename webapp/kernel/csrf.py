"""CSRF tokens that belong to a person.

A page stays good when its person's session was renewed elsewhere, and can never post under somebody else's session:
the token's signed value names the person who opened the page.
"""

import hashlib
import hmac
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
    """After `access`, so that an ended session is told to sign in, not that its token is stale."""
    app.before_request(_bind)
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _refuse)


def _refuse(_error: CSRFError) -> Response:
    """Nothing was done: the page is another person's, or its token is nobody's."""
    if wants_json():
        return make_response(jsonify(code="http-400"), 400)
    actor, owner = find_actor(), _owner(_sent_token())
    if actor and owner and owner != actor.id:
        return error_pages.page_of_another(actor.name)
    return error_pages.stale()


def _bind() -> None:
    """The session of a person accepts the tokens of that person, from whichever of their sessions.

    What anybody may open (the shell, files, signing in) sets no cookie for it.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    actor = find_actor() if getattr(view, "allowed", None) is not None else None
    if actor is None:
        return
    value = _value(actor.id)
    if session.get(FIELD) != value:
        session[FIELD] = value


def _value(person_id: UUID) -> str:
    key = str(current_app.secret_key).encode()
    return f"{person_id}.{hmac.new(key, f'page of {person_id}'.encode(), hashlib.sha256).hexdigest()}"


def _sent_token() -> str:
    return request.form.get(FIELD) or request.headers.get(HEADER) or ""


def _owner(token: str) -> UUID | None:
    """Whose page a token was made for; None for a token that is not ours or was made for nobody."""
    try:
        value = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token").loads(token)
        return UUID(str(value).partition(".")[0])
    except (BadData, ValueError):
        return None
