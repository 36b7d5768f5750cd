"""Answer with a whole page, or with one block of it."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request
from werkzeug import Response


def wants_fragment() -> bool:
    """A boosted link or a history restore needs the whole page."""
    sent = request.headers
    whole = "HX-Boosted" in sent or "HX-History-Restore-Request" in sent
    return sent.get("HX-Request") == "true" and not whole


def wants_json() -> bool:
    """A device's own call (its outbox), or somebody who asks for nothing but JSON."""
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
    """After a successful act: 303 for a browser, HX-Redirect for htmx (which would follow a 303 inside the swap)."""
    if wants_fragment():
        return make_response("", 204, {"HX-Redirect": url, "Vary": "HX-Request"})
    return redirect(url, 303)
