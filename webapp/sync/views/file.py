"""Handing in a device's saved queue: for a device that cannot get to a network itself."""

from typing import Any

from flask import jsonify, make_response, request
from werkzeug import Response
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.kernel import clock
from webapp.kernel.access import EVERYONE, allow, current_actor
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond
from webapp.kernel.security import takes_files
from webapp.sync import labels, service
from webapp.sync.rules import Outcome
from webapp.sync.views import bp


@bp.route("/sync/file", methods=["GET", "POST"])
@allow(*EVERYONE)
@takes_files
def file() -> Response:
    """Anybody may deliver: take the file that a device's outbox saved, and say what became of what is in it."""
    if request.method == "GET":
        return _page()
    try:
        queue = service.read_file(request.files.get("file"))
    except Refusal as refusal:
        return _page(422, refusal=refusal)
    told = service.deliver_file(queue, by=current_actor(), at=clock.now())
    return _page(422 if set(told) == {Outcome.MALFORMED} else 200, told=told)


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Noticed before a view is asked: the page still says what to do, a device gets its JSON."""
    if request.endpoint == "sync.file":
        return _page(422, refusal=Refusal("file-too-large"))
    return make_response(jsonify(code="http-413"), 413)


def _page(status: int = 200, told: Any = None, refusal: Refusal | None = None) -> Response:
    return respond("sync/file.html", "file", status, told=told, refusal=refusal, labels=labels)
