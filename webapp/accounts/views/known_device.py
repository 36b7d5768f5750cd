"""The long-lived cookie of a device that has signed in before, so that guesses of others do not lock it out.

It grants no access. It has keyed digests of the usernames for which this device has its own limit of attempts.
"""

import secrets

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug import Response

from webapp.accounts.rules import KNOWN_FOR, normal_username
from webapp.accounts.service.throttle import subject

_MOST_NAMES = 12  # for a tablet that a whole shift shares


def known_as(username: str) -> str | None:
    """The mark of this device, if this username has signed in on it."""
    mark, names = _read()
    return mark if subject("known", normal_username(username)) in names else None


def remember(response: Response, username: str) -> Response:
    """Add a username to the device's cookie; the least recently used one is dropped."""
    mark, names = _read()
    own = subject("known", normal_username(username))
    kept = [name for name in names if name != own][-_MOST_NAMES + 1 :]
    response.set_cookie(
        _cookie(),
        _serializer().dumps([mark or secrets.token_hex(16), [*kept, own]]),
        max_age=KNOWN_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _read() -> tuple[str | None, list[str]]:
    try:
        mark, names = _serializer().loads(request.cookies.get(_cookie(), ""), max_age=int(KNOWN_FOR.total_seconds()))
    except (BadData, ValueError, TypeError):
        return None, []
    return mark, names


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="known-device")
