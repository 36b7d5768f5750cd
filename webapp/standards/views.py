"""The page of limits."""

from flask import Blueprint, request
from werkzeug import Response

from webapp.kernel.access import EVERYONE, allow
from webapp.kernel.htmx import respond
from webapp.standards import labels, queries

bp = Blueprint("standards", __name__, url_prefix="/standards")


@bp.get("")
@allow(*EVERYONE)
def limits() -> Response:
    """All limits, or those of a chosen document, with clause and grade of certainty."""
    chosen = request.args.get("document", "")
    documents = queries.by_document()
    shown = [pair for pair in documents if pair[0].code == chosen] or documents
    return respond(
        "standards/limits.html",
        "limits",
        documents=documents,
        shown=shown,
        chosen=chosen,
        parameters=queries.parameters(),
        labels=labels,
    )
