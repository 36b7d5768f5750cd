"""Slips: the list, one slip, its print and labels, undoing it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from webapp.kernel import clock, entries, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.labels import qr_svg
from webapp.kernel.listing import Column, Detail, Listing
from webapp.kernel.repeats import refuse_repeats
from webapp.supplies import kinds, queries, service
from webapp.supplies.forms import ReasonForm, SlipFilters
from webapp.supplies.labels import KINDS, PAPERS, REASONS, SCOPES, amount_in, base_name, in_base_units, item_name
from webapp.supplies.rules import SlipKind, lot_label
from webapp.supplies.views import bp


def _other(slip: Any) -> str | None:
    """Who is on the other side: as written on the slip, else the place."""
    return slip.counterparty or (slip.other.name if slip.other else None)


def _exported(line: Any, steps: int | None) -> Decimal | None:
    return in_base_units(steps, line.item)


LINES = Detail(
    "lines",
    _l("明细"),
    (
        Column("number", _l("单号"), lambda row: row[0].number),
        Column("kind", _l("类型"), lambda row: row[0].kind, words=lambda kind: KINDS[kind]),
        Column("at", _l("时间"), lambda row: row[0].occurred_at, "moment"),
        Column("place", _l("仓库"), lambda row: row[0].place.name),
        Column("other", _l("往来单位"), lambda row: _other(row[0])),
        Column("code", _l("物资编号"), lambda row: row[1].item.code),
        Column("item", _l("名称"), lambda row: item_name(row[1].item)),
        Column("lot", _l("批号"), lambda row: row[1].lot),
        Column("expires_on", _l("有效期至"), lambda row: row[1].expires_on, "day"),
        Column(
            "quantity", _l("数量（减少为负）"), lambda row: _exported(row[1], row[1].quantity * row[1].sign), "number"
        ),
        Column("difference", _l("盘点差异"), lambda row: _exported(row[1], row[1].difference), "number"),
        Column("unit", _l("单位"), lambda row: base_name(row[1].item)),
        Column("packs", _l("按包装"), lambda row: amount_in(row[1].quantity, row[1].measure, row[1].item)),
    ),
    queries.lines_of_each,
)
SLIPS = Listing(
    "slips",
    "supplies/slips.html",
    _l("出入库单据"),
    (
        Column("number", _l("单号"), lambda slip: slip.number),
        Column("kind", _l("类型"), lambda slip: slip.kind, words=lambda kind: KINDS[kind]),
        Column("at", _l("时间"), lambda slip: slip.occurred_at, "moment"),
        Column("place", _l("仓库"), lambda slip: slip.place.name),
        Column("other", _l("往来单位"), _other, priority=2),
        Column("reason", _l("事由"), lambda slip: slip.reason, words=lambda reason: REASONS[reason], priority=2),
        Column("document", _l("外部单号"), lambda slip: slip.document, priority=3),
        Column("person", _l("经手人"), lambda slip: slip.person.name, priority=3),
    ),
    queries.select_slips,
    queries.SLIP_ORDER,
    SlipFilters,
    url=lambda slip: url_for("supplies.slip", slip_id=slip.id),
    details=(LINES,),
    empty_title=_l("还没有出入库单据"),
    empty_text=_l("仓库保管员在出入库台扫码确认后，单据会出现在这里。"),
)


@bp.get("/slips")
@allow(*queries.READERS)
def slips() -> Response:
    """All slips of the warehouses one may see."""
    return listing.show(SLIPS, current_reach())


@bp.get("/slips/<uuid:slip_id>")
@allow(*queries.READERS)
def slip(slip_id: UUID) -> Response:
    """One slip, with what may be done with it."""
    return respond("supplies/slip.html", "slip", **_context(slip_id))


@bp.get("/slips/<uuid:slip_id>/print")
@allow(*queries.READERS)
def slip_print(slip_id: UUID) -> str:
    """The paper: 入库单, 出库单 ..."""
    return render_template("supplies/slip_print.html", at=clock.now(), **_context(slip_id))


@bp.get("/slips/<uuid:slip_id>/labels")
@allow(*queries.READERS)
def slip_labels(slip_id: UUID) -> str:
    """A label for each batch of the slip."""
    context = _context(slip_id)
    seen = {(line.item.code, line.lot): line for line in context["lines"]}
    labels = [(one, qr_svg(lot_label(one.item.code, one.lot, one.expires_on), one.lot)) for one in seen.values()]
    return render_template("supplies/labels.html", labels=labels, title=_("批次标签"))


@bp.post("/slips/<uuid:slip_id>/undo")
@allow(Role.KEEPER)
def undo(slip_id: UUID) -> Response:
    """Reverse a slip, once, by moves that name what they reverse."""
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
    """Say afterwards why a count was so far from the book."""
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
    found = queries.find_slip(slip_id, current_reach()) or abort(404)
    reverses = queries.find_slip(found.reverses_id, current_reach())
    undone = queries.undone_by(found.id)
    is_mine = found.place_id in {place.id for place in queries.warehouses(actor.through(Role.KEEPER))}
    return {
        "slip": found,
        "entry": entries.get_entry(found.id),
        "lines": queries.lines_of(found),
        "place": found.place.name,
        "other": found.other.name if found.other else None,
        "person": found.person.name,
        "paper": PAPERS[found.kind],
        "reason": REASONS[found.reason],
        "scopes": SCOPES,
        "missing": queries.missing_of(found),
        "settled_by": queries.settled_by(found) if found.is_late else (),
        "reverses": reverses,
        "undone": undone,
        "wants_reason": (wants_reason := queries.wants_reason(found.id)),
        "may_explain": is_mine and wants_reason,
        "may_undo": is_mine and undone is None and found.kind is not SlipKind.UNDO,
        "undo_uuid": entries.new_uuid(),
    }
