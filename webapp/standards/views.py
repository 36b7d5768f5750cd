"""The limits, for whoever wants to read them."""

from flask import Blueprint, request
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from webapp.kernel import navigation
from webapp.kernel.access import EVERYONE, Role, allow
from webapp.kernel.htmx import respond
from webapp.standards import labels, queries

bp = Blueprint("standards", __name__, url_prefix="/standards")
READERS = (Role.INSPECTOR, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)

navigation.register(
    navigation.NavEntry("standards.limits", _l("限值标准"), "report", READERS, _l("基础资料"), order=80),
)


@bp.get("")
@allow(*EVERYONE)
def limits() -> Response:
    """Every limit with its document, clause and how sure we are of it; of one document, where one is chosen."""
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
