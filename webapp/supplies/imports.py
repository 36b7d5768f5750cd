"""The spreadsheet of items and opening stock: its columns, and the checks that need the database."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel import clock
from webapp.kernel.access import current_reach
from webapp.kernel.i18n import write_number
from webapp.kernel.parse.codes import code_key, lot_key
from webapp.kernel.spreadsheets.imports import Beside, Import
from webapp.kernel.spreadsheets.sheets import (
    Reading,
    Sheet,
    SheetColumn,
    SheetRow,
    code,
    day,
    decimal,
    one_of,
    words,
    yes,
)
from webapp.supplies import queries
from webapp.supplies.forms import YEARS_AHEAD
from webapp.supplies.labels import CATEGORIES, in_base_units
from webapp.supplies.rules import Category, Measure, steps_of
from webapp.supplies.service import import_rows

_MOST = 10**9

ITEMS = Sheet(
    "supplies",
    _l("物资和期初库存"),
    (
        SheetColumn("code", _l("物资编号"), code(20), required=True, example="FH-01"),
        SheetColumn("name", _l("名称"), words(80), required=True, example=_l("一次性医用口罩")),
        SheetColumn("name_en", _l("英文名称"), words(120)),
        SheetColumn("category", _l("类别"), one_of(CATEGORIES), required=True, example=CATEGORIES[Category.PROTECTION]),
        SheetColumn("unit", _l("基本单位"), words(10), required=True, example=_l("只")),
        SheetColumn(
            "scale", _l("最小计量（每单位份数）"), one_of({n: n for n in ("1", "10", "100", "1000")}), example="1"
        ),
        SheetColumn("has_expiry", _l("登记批号和有效期"), yes(), example=_l("是")),
        SheetColumn("low_level", _l("低库存线"), decimal(3, minimum=0, maximum=_MOST), example="50000"),
        SheetColumn("warehouse", _l("仓库编号"), code(20), example="WH-01", note=_l("有期初库存时填写")),
        SheetColumn("lot", _l("批号"), words(20), example="A213B1"),
        SheetColumn("made_on", _l("生产日期"), day()),
        SheetColumn("expires_on", _l("有效期至"), day(), example="2027-12-31"),
        SheetColumn("quantity", _l("期初数量（基本单位）"), decimal(3, minimum=0, maximum=_MOST), example="20000"),
    ),
)


def check(reading: Reading) -> None:
    """Add faults for cells that contradict the database or one another; set the warehouse's id in each valid row."""
    own = {place.code_key: place.id for place in queries.warehouses(current_reach())}
    items = queries.items_by_code(row.values["code"] for row in reading.rows)
    numbers = {row.values["lot"] for row in reading.rows if row.values["lot"]}
    lots = queries.lots_of({item.id for item in items.values()}, numbers)
    today = clock.district_day(clock.now())
    first: dict[str, SheetRow] = {}
    stated: dict[tuple[str, str], SheetRow] = {}
    for row in reading.rows:
        values = row.values
        values["place"] = own.get(code_key(values["warehouse"]))
        before = first.setdefault(code_key(values["code"]), row)
        known = items.get(values["code"] or "")
        _check_item(reading, row, before, known)
        if values["quantity"] is not None:
            _check_stock(reading, row, has_expiry=known.has_expiry if known else bool(before.values["has_expiry"]))
            lot = lots.get((known.id, lot_key(values["lot"]))) if known else None
            sooner = stated.setdefault((code_key(values["code"]), lot_key(values["lot"])), row)
            known_day = lot.expires_on if lot else None  # a late slip creates a lot with an unknown expiry
            _check_lot(
                reading, row, known_day or sooner.values["expires_on"], is_new=sooner is row and known_day is None
            )
        elif values["warehouse"]:
            reading.blame(row, "quantity", _("填写了仓库就要填写期初数量。"))
        if values["expires_on"] and values["expires_on"].year > today.year + YEARS_AHEAD:
            reading.blame(
                row, "expires_on", _("有效期太远了：最晚填到 %(year)d 年。请核对。", year=today.year + YEARS_AHEAD)
            )
        if values["quantity"] is not None and values["expires_on"] and values["made_on"] and values["made_on"] > today:
            reading.blame(row, "made_on", _("生产日期在今天之后，请核对。"))


def _check_item(reading: Reading, row: SheetRow, first: SheetRow, known: Any) -> None:
    """Add faults for an item with different data in its rows (one per batch)."""
    name = known.name if known else first.values["name"]
    unit = known.unit_zh if known else first.values["unit"]
    if name is not None and row.values["name"] not in (None, name):
        reading.blame(
            row, "name", _("编号 %(code)s 是“%(name)s”。请改编号或名称。", code=row.values["code"], name=name)
        )
    if unit is not None and row.values["unit"] not in (None, unit):
        reading.blame(row, "unit", _("编号 %(code)s 的基本单位是 %(unit)s。", code=row.values["code"], unit=unit))
    scale = known.scale if known else int(first.values["scale"] or 1)
    for column in ("quantity", "low_level"):
        value: Decimal | None = row.values[column]
        if value is not None and steps_of(value, Measure("base", "", "", scale)) is None:
            reading.blame(row, column, _("按最小计量，这一格应是 %(step)s 的整数倍。", step=Decimal(1) / scale))


def _check_stock(reading: Reading, row: SheetRow, *, has_expiry: bool) -> None:
    values = row.values
    if values["place"] is None:
        reading.blame(row, "warehouse", _("没有这个仓库，或它不归您保管。"))
    if has_expiry and not lot_key(values["lot"]):
        reading.blame(row, "lot", _("这种物资要填写批号。"))
    if has_expiry and not values["expires_on"]:
        reading.blame(row, "expires_on", _("这种物资要填写有效期。"))
    if values["made_on"] and values["expires_on"] and values["made_on"] > values["expires_on"]:
        reading.blame(row, "made_on", _("生产日期晚于有效期。"))


def _check_lot(reading: Reading, row: SheetRow, expires_on: date | None, *, is_new: bool) -> None:
    """Add faults for a batch with another expiry in the database or in other rows."""
    if not is_new and expires_on != row.values["expires_on"]:
        reading.blame(row, "expires_on", _("这个批号登记的有效期是 %(day)s。", day=expires_on or "—"))


def beside(reading: Reading) -> Beside:
    """The present and the future book quantity of each opening row; the file states the stock.

    Several rows of one shelf are added up.
    """
    items = queries.items_by_code(row.values["code"] for row in reading.rows)
    numbers = {row.values["lot"] for row in reading.rows}
    lots = queries.lots_of({item.id for item in items.values()}, {number or "" for number in numbers})
    held = {place: queries.held(place, [lot.id for lot in lots.values()]) for place in _warehouses(reading)}
    stated = _stated(reading)
    texts = {}
    for row in reading.rows:
        item, quantity = items.get(row.values["code"]), stated.get(_shelf(row))
        lot = lots.get((item.id, lot_key(row.values["lot"] or ""))) if item else None
        book = held[row.values["place"]].get(lot.id, (0, 0))[0] if lot and row.values["place"] else 0
        before = in_base_units(book, item) if item else Decimal(0)
        texts[row.number] = _change(before or Decimal(0), quantity, is_new=item is None)
    return Beside((_l("账面现有"), _l("导入后"), _l("变化")), texts)


def _shelf(row: SheetRow) -> tuple[str, str, Any]:
    return code_key(row.values["code"]), lot_key(row.values["lot"] or ""), row.values["place"]


def _stated(reading: Reading) -> dict[tuple[str, str, Any], Decimal]:
    """The sum of the rows of each shelf."""
    sums: dict[tuple[str, str, Any], Decimal] = {}
    for row in reading.rows:
        if row.values["quantity"] is not None:
            sums[_shelf(row)] = sums.get(_shelf(row), Decimal(0)) + row.values["quantity"]
    return sums


def _warehouses(reading: Reading) -> set[Any]:
    return {row.values["place"] for row in reading.rows if row.values["place"]}


def _change(before: Decimal, after: Decimal | None, *, is_new: bool) -> tuple[str, str, str]:
    if after is None:
        return ("", "", _("新增物资") if is_new else _("不变"))
    change = after - before
    words = f"{'+' if change > 0 else ''}{write_number(change)}" if change else _("不变")
    return (write_number(before), write_number(after), words)


ITEMS_IMPORT = Import(ITEMS, check, import_rows, "supplies.items", beside)
