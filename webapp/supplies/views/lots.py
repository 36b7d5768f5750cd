"""The decision between two recorded expiry dates of a batch."""

from uuid import UUID

from flask import abort, request, url_for
from werkzeug import Response

from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor
from webapp.kernel.htmx import see_other
from webapp.supplies import queries, service
from webapp.supplies.forms import ExpiryForm
from webapp.supplies.views import bp


@bp.post("/lots/<uuid:lot_id>/expiry")
@allow(Role.KEEPER, Role.ADMINISTRATOR)
def lot_expiry(lot_id: UUID) -> Response:
    """Keep one of the two dates and release the batch."""
    lot = queries.find_disputed(lot_id) or abort(404)
    form = ExpiryForm(request.form)
    if form.validate():
        service.settle_expiry(lot_id, form.expires_on.data, by=current_actor(), at=clock.now())
    return see_other(url_for(".item", item_id=lot.item_id))
