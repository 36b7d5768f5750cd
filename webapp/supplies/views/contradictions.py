"""The page of shelves to be counted, because a slip from the field contradicts the book."""

from flask import request
from werkzeug import Response

from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.htmx import respond
from webapp.supplies import queries
from webapp.supplies.forms import ToCountFilters
from webapp.supplies.views import bp


@bp.get("/to-count")
@allow(*queries.READERS)
def to_count() -> Response:
    """The shelves that await a count, of the visible warehouses and of the person's own slips."""
    form = ToCountFilters(request.args)
    is_good = form.validate()
    rows, total = queries.listed_to_count(current_reach(), form.data) if is_good else ([], 0)
    keeps = {place.id for place in queries.warehouses(current_actor().through(Role.KEEPER))}
    shown = {"rows": rows, "total": total, "keeps": keeps, "form": form}
    return respond("supplies/to_count.html", "to_count", 200 if is_good else 422, **shown)
