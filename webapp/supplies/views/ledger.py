"""Pages of the ledger (台账) of an item, and of the verification of the whole ledger."""

from collections.abc import Iterable
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
from webapp.places.queries import ids_at, ids_in_reach
from webapp.supplies import queries
from webapp.supplies.forms import LedgerFilters, TurnoverFilters
from webapp.supplies.labels import CATEGORIES, FAULTS, KINDS, REASONS, base_name, item_name, lot_name
from webapp.supplies.views import bp


@bp.get("/items/<uuid:item_id>/ledger")
@allow(*queries.READERS)
def item_ledger(item_id: UUID) -> Response:
    """The ledger of a period, for one or all visible warehouses; as page, print or Excel."""
    row = queries.find_item(item_id) or abort(404)
    filters = LedgerFilters(MultiDict(request.args))
    is_good = filters.validate()
    within = ids_at(current_reach(), {"unit": filters.unit.data if is_good else None})
    places = {place.id: place.name for place in queries.warehouses(current_reach()) if place.id in within}
    chosen = filters.place.data if is_good else None
    if chosen is not None and chosen not in places:
        abort(404)
    ids = [chosen] if chosen else list(places)
    since, until = (filters.since.data, filters.until.data) if is_good else (None, None)
    context = {"item": row, "filters": filters, "places": places, "chosen": chosen, "reasons": REASONS}
    format_ = request.args.get("format")
    if format_ == "xlsx":
        return _xlsx(row, *queries.whole_ledger_of(item_id, ids, since, until))
    if format_ == "print":
        whole = queries.printed_ledger_of(item_id, ids, since, until)
        paper = render_template("supplies/ledger_print.html", at=clock.now(), ledger=whole, **context)
        return Response(paper, mimetype="text/html")
    turn = queries.Turn(request.args.get("after", type=int), request.args.get("before", type=int))
    ledger = queries.ledger_of(item_id, ids, since, until, turn)
    return respond("supplies/ledger.html", "ledger", 200 if is_good else 422, ledger=ledger, **context)


@bp.get("/turnover")
@allow(*queries.READERS)
def turnover() -> Response:
    """What came in and went out over some days, by item: today if no days are chosen."""
    today = clock.district_day(clock.now())
    typed = {name: text for name, text in request.args.items() if text}
    filters = TurnoverFilters(MultiDict({"since": today.isoformat(), "until": today.isoformat()} | typed))
    is_good = filters.validate()
    rows = _turned(filters) if is_good else []
    context = {"filters": filters, "rows": rows, "is_good": is_good, "categories": CATEGORIES}
    return respond("supplies/turnover.html", "turnover", 200 if is_good else 422, **context)


def _turned(filters: TurnoverFilters) -> list[tuple[Any, queries.Turnover]]:
    """The items that match the filters, each with its turnover."""
    unit = {"unit": filters.unit.data}
    turns = queries.turnover(current_reach(), filters.since.data, filters.until.data, unit)
    category, item_id, idle = filters.category.data, filters.item.data, (None, queries.Turnover())
    return [
        (item, turns[item.id])
        for item in queries.open_items()
        if item_id in (None, item.id) and category in (None, item.category) and turns.get(item.id) not in idle
    ]


def _xlsx(item: Any, opening: int, chunks: Iterable[list[queries.LedgerRow]]) -> Response:
    code, name, unit, scale = item.code, item_name(item), base_name(item), int(item.scale)  # chunks let go of the item
    headings = [_("时间"), _("单号"), _("类型"), _("事由"), _("往来单位"), _("批号"), _("有效期至")]
    headings += [_("收入"), _("发出"), _("结存"), _("单位"), _("经手人"), _("登记时间（迟到）")]
    book = export.Workbook()
    sheet = book.sheet(f"{_('台账')}-{code}", headings)
    sheet.write([[None, None, None, _("期初结存"), *[None] * 5, Decimal(opening) / scale, unit, None, None]])
    for rows in chunks:
        sheet.write(_exported(row, unit, scale) for row in rows)
    return book.answer(f"{_('台账')}-{code}-{name}")


def _exported(row: queries.LedgerRow, unit: str, scale: int) -> list[Any]:
    cells = [clock.local(row.stands_at).replace(tzinfo=None), row.number, str(KINDS[row.kind])]
    cells += [str(REASONS[row.reason]), row.counterpart, lot_name(row.lot), row.expires_on]
    amounts = [Decimal(steps) / scale for steps in (row.incoming, row.outgoing, row.balance)]
    booked_at = clock.local(row.booked_at).replace(tzinfo=None) if row.booked_at else None
    return [*cells, *amounts, unit, row.person, booked_at]


@bp.get("/ledger-check")
@allow(Role.KEEPER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)
def ledger_check() -> Response:
    """The verification of all shelves within reach."""
    faults = queries.ledger_faults(ids_in_reach(current_reach()))
    return respond("supplies/ledger_check.html", "ledger_check", faults=faults, words=FAULTS, at=clock.now())
