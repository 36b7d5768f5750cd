"""Items: the list with balances, the item card, changing items, packs, barcodes, import, the standard catalogue."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.labels import qr_svg
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import imports
from webapp.supplies import lists, queries, service
from webapp.supplies.forms import BarcodeForm, ItemForm, PackForm
from webapp.supplies.imports import ITEMS_IMPORT
from webapp.supplies.labels import CATEGORIES
from webapp.supplies.rules import Expiry, Measure, expiry_of, item_label, lot_label, steps_of
from webapp.supplies.views import bp

EDITORS = (Role.KEEPER, Role.ADMINISTRATOR)


@bp.get("")
@allow(*queries.READERS)
def items() -> Response:
    """The list of items with their stock."""
    may_edit = current_actor().has(*EDITORS)
    return listing.show(lists.ITEMS, current_reach(), may_edit=may_edit, is_empty=not queries.is_catalogue_loaded())


@bp.get("/items/<uuid:item_id>")
@allow(*queries.READERS)
def item(item_id: UUID) -> Response:
    """The item card: balance by warehouse and batch, packs, barcodes."""
    return _card(item_id)


def _card(item_id: UUID, status: int = 200, **forms: Any) -> Response:
    actor, today = current_actor(), clock.district_day(clock.now())
    row = queries.find_item(item_id) or abort(404)
    rows = [(shelf, expiry_of(shelf.expires_on, today)) for shelf in queries.shelves(current_reach(), item_id)]
    return respond(
        "supplies/item.html",
        "item",
        status,
        item=row,
        rows=rows,
        total=sum(shelf.on_hand for shelf, expiry in rows if expiry is not Expiry.EXPIRED),
        expired=sum(shelf.on_hand for shelf, expiry in rows if expiry is Expiry.EXPIRED),
        measures=queries.measures_of(row),
        disputed=queries.disputed_lots(item_id),
        may_edit=actor.has(*EDITORS),
        category=CATEGORIES[row.category],
        **({"pack_form": PackForm(), "barcode_form": BarcodeForm()} | forms),
    )


@bp.route("/items/new", methods=["GET", "POST"])
@allow(*EDITORS)
def item_new() -> Response:
    """Add an item."""
    form = ItemForm(request.form)
    if request.method == "POST" and form.validate() and (values := _values(form, int(form.scale.data))):
        try:
            made = service.add_item(by=current_actor(), at=clock.now(), **values)
            return see_other(url_for(".item", item_id=made))
        except Refusal as refusal:
            form.problem(refusal.field or "code", refusal.sentence)
    return respond("supplies/item_form.html", "item_form", 422 if form.errors else 200, form=form, item=None)


@bp.route("/items/<uuid:item_id>/edit", methods=["GET", "POST"])
@allow(*EDITORS)
def item_edit(item_id: UUID) -> Response:
    """Change an item, except its base unit and smallest step."""
    row = queries.find_item(item_id) or abort(404)
    shown = {name: getattr(row, name) for name in service.FIELDS if name != "low_level"}
    if row.low_level is not None:
        shown["low_level"] = (Decimal(row.low_level) / row.scale).normalize()
    posted = request.form.copy()
    posted.update({"scale": str(row.scale), "unit_zh": row.unit_zh})
    form = ItemForm(posted if request.method == "POST" else None, data=shown)
    if request.method == "POST" and form.validate() and (values := _values(form, row.scale)):
        try:
            service.change_item(item_id, by=current_actor(), at=clock.now(), **values)
            return see_other(url_for(".item", item_id=item_id))
        except Refusal as refusal:
            form.problem(refusal.field or "code", refusal.sentence)
    return respond("supplies/item_form.html", "item_form", 422 if form.errors else 200, form=form, item=row)


def _values(form: Any, scale: int) -> dict[str, Any] | None:
    """The values of the form, quantities in steps; None after adding an error for a level that is not whole steps."""
    values: dict[str, Any] = dict(form.data) | {"scale": scale}
    if values["low_level"] is not None:
        values["low_level"] = steps_of(values["low_level"], Measure("base", "", "", scale))
        if values["low_level"] is None:
            form.problem("low_level", _("请按最小计量填写。"))
            return None
    if values["customary_factor"] is not None:
        values["customary_factor"] = int(values["customary_factor"])
    return values


@bp.post("/items/<uuid:item_id>/packs")
@allow(*EDITORS)
def pack_new(item_id: UUID) -> Response:
    """Add a pack."""
    row = queries.find_item(item_id) or abort(404)
    form = PackForm(request.form)
    if not form.validate():
        return _card(item_id, 422, pack_form=form)
    steps = steps_of(form.quantity.data, queries.measures_of(row)[0])
    if not steps:
        form.problem("quantity", _("请按最小计量填写大于 0 的数量。"))
        return _card(item_id, 422, pack_form=form)
    try:
        service.add_pack(item_id, form.name.data, form.name_en.data, steps, by=current_actor(), at=clock.now())
    except Refusal as refusal:
        form.problem("name", refusal.sentence)
        return _card(item_id, refusal.status, pack_form=form)
    return see_other(url_for(".item", item_id=item_id))


@bp.post("/items/<uuid:item_id>/barcodes")
@allow(*EDITORS)
def barcode_new(item_id: UUID) -> Response:
    """Attach a barcode to the item or one of its packs."""
    _found = queries.find_item(item_id) or abort(404)
    form = BarcodeForm(_scannable(request.form))
    if not form.validate():
        return _card(item_id, 422, barcode_form=form)
    try:
        service.add_barcode(item_id, form.barcode.data, form.measure.data or "base", by=current_actor(), at=clock.now())
    except Refusal as refusal:
        form.problem("barcode", refusal.sentence)
        return _card(item_id, refusal.status, barcode_form=form)
    return see_other(url_for(".item", item_id=item_id))


def _scannable(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """Replace a scanner's group separator by text, in which form the code is stored."""
    fields = posted.copy()
    fields["barcode"] = fields.get("barcode", "").replace("\x1d", "{GS}")
    return fields


@bp.post("/items/<uuid:item_id>/barcodes/remove")
@allow(*EDITORS)
def barcode_remove(item_id: UUID) -> Response:
    """Detach a barcode."""
    _found = queries.find_item(item_id) or abort(404)
    service.remove_barcode(item_id, request.form.get("code", ""), by=current_actor(), at=clock.now())
    return see_other(url_for(".item", item_id=item_id))


@bp.get("/items/<uuid:item_id>/labels")
@allow(*queries.READERS)
def item_labels(item_id: UUID) -> str:
    """Labels of the item and of each of its batches."""
    row = queries.find_item(item_id) or abort(404)
    shelves = {shelf.lot: shelf for shelf in queries.shelves(current_reach(), item_id)}
    labels: list[Any] = [({"item": row, "lot": None, "expires_on": None}, qr_svg(item_label(row.code), row.code))]
    labels += [
        (shelf, qr_svg(lot_label(row.code, shelf.lot, shelf.expires_on), shelf.lot)) for shelf in shelves.values()
    ]
    return render_template("supplies/labels.html", labels=labels, title=_("物资标签"))


@bp.post("/catalogue")
@allow(*EDITORS)
def catalogue() -> Response:
    """Load the standard catalogue; existing items are not changed."""
    count = service.load_catalogue(by=current_actor(), at=clock.now())
    flash(ngettext("已载入 %(num)d 种物资。", "已载入 %(num)d 种物资。", count), "ok")
    return see_other(url_for(".items"))


@bp.route("/import", methods=["GET", "POST"])
@allow(Role.KEEPER)
@takes_files
def import_items() -> Response:
    """Import items and opening stock from Excel."""
    return imports.answer(ITEMS_IMPORT)
