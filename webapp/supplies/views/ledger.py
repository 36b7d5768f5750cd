"""The ledger (台账) of an item, and the check of the whole ledger."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_reach
from webapp.kernel.htmx import respond
from webapp.kernel.spreadsheets import export
from webapp.places.queries import ids_in_reach
from webapp.supplies import queries
from webapp.supplies.forms import LedgerFilters
from webapp.supplies.labels import KINDS, REASONS, item_name, lot_name
from webapp.supplies.views import bp


@bp.get("/items/<uuid:item_id>/ledger")
@allow(*queries.READERS)
def item_ledger(item_id: UUID) -> Response:
    """The ledger over a period, for one warehouse or all one may see; as page, print or Excel."""
    found = queries.find_item(item_id) or abort(404)
    filters = LedgerFilters(MultiDict(request.args))
    is_good = filters.validate()
    places = {place.id: place.name for place in queries.warehouses(current_reach())}
    chosen = filters.place.data if is_good else None
    if chosen is not None and chosen not in places:
        abort(404)
    ids = [chosen] if chosen else list(places)
    since, until = (filters.since.data, filters.until.data) if is_good else (None, None)
    context = {"item": found, "filters": filters, "places": places, "chosen": chosen, "reasons": REASONS}
    wanted = request.args.get("format")
    if wanted in ("xlsx", "print"):
        whole = queries.whole_ledger_of(item_id, ids, since, until)
        if wanted == "xlsx":
            return _xlsx(found, whole)
        paper = render_template("supplies/ledger_print.html", at=clock.now(), ledger=whole, **context)
        return Response(paper, mimetype="text/html")
    turn = queries.Turn(request.args.get("after", type=int), request.args.get("before", type=int))
    ledger = queries.ledger_of(item_id, ids, since, until, turn)
    return respond("supplies/ledger.html", "ledger", 200 if is_good else 422, ledger=ledger, **context)


def _xlsx(item: Any, ledger: queries.Ledger) -> Response:
    headings = [_("时间"), _("单号"), _("类型"), _("事由"), _("往来单位"), _("批号"), _("有效期至")]
    headings += [_("收入"), _("发出"), _("结存"), _("单位"), _("经手人"), _("登记时间（迟到）")]

    def number(steps: int) -> Decimal:
        return Decimal(steps) / int(item.scale)

    first = _("承前") if ledger.has_earlier else _("期初结存")
    rows: list[list[Any]] = [[None, None, None, first, *[None] * 5, number(ledger.brought), item.unit_zh, None, None]]
    for row in ledger.rows:
        said = [clock.local(row.stands_at).replace(tzinfo=None), row.number, str(KINDS[row.kind])]
        said += [str(REASONS[row.reason]), row.counterpart, lot_name(row.lot), row.expires_on]
        amounts = [number(row.incoming), number(row.outgoing), number(row.balance)]
        booked_at = clock.local(row.booked_at).replace(tzinfo=None) if row.booked_at else None
        rows.append([*said, *amounts, item.unit_zh, row.person, booked_at])
    return export.xlsx(f"{_('台账')}-{item.code}-{item_name(item)}", headings, rows)


@bp.get("/ledger-check")
@allow(Role.KEEPER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)
def ledger_check() -> Response:
    """Does every balance in reach follow from its moves?"""
    faults = queries.ledger_faults(ids_in_reach(current_reach()))
    return respond("supplies/ledger_check.html", "ledger_check", faults=faults, at=clock.now())
