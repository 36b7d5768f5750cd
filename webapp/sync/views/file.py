"""Upload of a device's saved queue, for a device without any network."""

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
    """Receive the file saved by a device's outbox, from any signed-in person, and show the outcomes."""
    if request.method == "GET":
        return _page()
    try:
        queue = service.read_file(request.files.get("file"))
    except Refusal as refusal:
        return _page(422, refusal=refusal)
    outcomes = service.deliver_file(queue, by=current_actor(), at=clock.now())
    return _page(422 if set(outcomes) == {Outcome.MALFORMED} else 200, outcomes=outcomes)


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Answer a body that is refused before the view runs: with the page for a person, with JSON for a device."""
    if request.endpoint == "sync.file":
        return _page(422, refusal=Refusal("file-too-large"))
    return make_response(jsonify(code="http-413"), 413)


def _page(status: int = 200, outcomes: Any = None, refusal: Refusal | None = None) -> Response:
    return respond("sync/file.html", "file", status, outcomes=outcomes, refusal=refusal, labels=labels)
