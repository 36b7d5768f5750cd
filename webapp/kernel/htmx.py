"""Answers as a whole page or as one block of it."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request
from werkzeug import Response


def wants_fragment() -> bool:
    """Whether htmx asks for a fragment; a boosted link or a history restore needs the whole page."""
    sent = request.headers
    whole = "HX-Boosted" in sent or "HX-History-Restore-Request" in sent
    return sent.get("HX-Request") == "true" and not whole


def wants_json() -> bool:
    """Whether this is a call of a device's outbox, or accepts JSON only."""
    return "X-Frontline-Sync" in request.headers or request.accept_mimetypes.best == "application/json"


def respond(template: str, block: str, status: int = 200, **context: Any) -> Response:
    """Render `template`, or only its `block` when htmx asked for a fragment."""
    if wants_fragment():
        page = current_app.jinja_env.get_template(template)
        current_app.update_template_context(context)
        html = "".join(page.blocks[block](page.new_context(context)))
    else:
        html = render_template(template, **context)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def see_other(url: str) -> Response:
    """Redirect after a successful action: 303 for a browser, HX-Redirect for htmx, which would swap in the target."""
    if wants_fragment():
        return make_response("", 204, {"HX-Redirect": url, "Vary": "HX-Request"})
    return redirect(url, 303)
