"""The page of batches by expiry."""

from werkzeug import Response

from webapp.kernel import listing
from webapp.kernel.access import allow, current_reach
from webapp.supplies import lists, queries
from webapp.supplies.views import bp


@bp.get("/dated")
@allow(*queries.READERS)
def dated() -> Response:
    """Batches with an expiry, the earliest first."""
    return listing.show(lists.DATED, current_reach())
