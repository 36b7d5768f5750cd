"""Pages of slips: list, slip, print and labels, undo."""

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.kernel import clock, entries, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.labels import qr_svg
from webapp.kernel.repeats import refuse_repeats
from webapp.supplies import kinds, lists, queries, service
from webapp.supplies.forms import ReasonForm
from webapp.supplies.labels import PAPERS, REASONS, SCOPES
from webapp.supplies.rules import SlipKind, lot_label
from webapp.supplies.views import bp


@bp.get("/slips")
@allow(*queries.READERS)
def slips() -> Response:
    """The list of slips of the visible warehouses."""
    return listing.show(lists.SLIPS, current_reach())


@bp.get("/slips/<uuid:slip_id>")
@allow(*queries.READERS)
def slip(slip_id: UUID) -> Response:
    """A slip with its possible actions."""
    return respond("supplies/slip.html", "slip", **_context(slip_id))


@bp.get("/slips/<uuid:slip_id>/print")
@allow(*queries.READERS)
def slip_print(slip_id: UUID) -> str:
    """The printed document: 入库单, 出库单 and so on."""
    return render_template("supplies/slip_print.html", at=clock.now(), **_context(slip_id))


@bp.get("/slips/<uuid:slip_id>/labels")
@allow(*queries.READERS)
def slip_labels(slip_id: UUID) -> str:
    """A label for each batch of the slip."""
    context = _context(slip_id)
    seen = {(line.item.code, line.lot): line for line in context["lines"]}
    labels = [(line, qr_svg(lot_label(line.item.code, line.lot, line.expires_on), line.lot)) for line in seen.values()]
    return render_template("supplies/labels.html", labels=labels, title=_("批次标签"))


@bp.post("/slips/<uuid:slip_id>/undo")
@allow(Role.KEEPER)
def undo(slip_id: UUID) -> Response:
    """Undo a slip."""
    actor, at = current_actor(), clock.now()
    if queries.find_slip(slip_id, current_reach()) is None:
        abort(404)
    fields = request.form.copy()
    mode = fields.pop("back", "")
    fields["slip"] = str(slip_id)
    delivery = entries.deliver(kinds.UNDO, fields, by=actor, at=at)
    if delivery.receipt is None:
        refuse_repeats(delivery.form)
        raise Refusal("slip-note-bad", 422, field="note")
    if mode:
        return see_other(url_for(".counter", mode=mode, done=delivery.receipt.uuid))
    return see_other(url_for(".slip", slip_id=delivery.receipt.uuid))


@bp.post("/slips/<uuid:slip_id>/explain")
@allow(Role.KEEPER)
def explain(slip_id: UUID) -> Response:
    """Add a reason for a large difference of a count afterwards."""
    if queries.find_slip(slip_id, current_reach()) is None:
        abort(404)
    form = ReasonForm(request.form)
    if not form.validate():
        refuse_repeats(form)
        raise Refusal("difference-reason-missing", 422, field="difference_reason")
    service.explain_difference(slip_id, form.difference_reason.data, by=current_actor(), at=clock.now())
    return see_other(url_for(".slip", slip_id=slip_id))


def _context(slip_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    row = queries.find_slip(slip_id, current_reach()) or abort(404)
    reverses = queries.find_slip(row.reverses_id, current_reach())
    undone = queries.undone_by(row.id)
    is_mine = row.place_id in {place.id for place in queries.warehouses(actor.through(Role.KEEPER))}
    return {
        "slip": row,
        "entry": entries.get_entry(row.id),
        "lines": queries.lines_of(row),
        "place": row.place.name,
        "other": row.other.name if row.other else None,
        "person": row.person.name,
        "paper": PAPERS[row.kind],
        "reason": REASONS[row.reason],
        "scopes": SCOPES,
        "missing": queries.missing_of(row),
        "settled_by": queries.settled_by(row) if row.is_late else (),
        "reverses": reverses,
        "undone": undone,
        "wants_reason": (wants_reason := queries.wants_reason(row.id)),
        "may_explain": is_mine and wants_reason,
        "may_undo": is_mine and undone is None and row.kind is not SlipKind.UNDO,
        "undo_uuid": entries.new_uuid(),
    }
