"""Spreadsheets people fill in: one declaration of columns gives the template and the reading that names wrong cells.

    ITEMS = Sheet(
        "items", _l("物资"),
        (
            SheetColumn("code", _l("物资编号"), code(20), required=True, example="KZ-01"),
            SheetColumn("name", _l("名称"), words(120), required=True, example=_l("医用口罩")),
            SheetColumn("category", _l("类别"), one_of(CATEGORIES), required=True, example=CATEGORIES[Category.PPE]),
            SheetColumn("count", _l("期初数量"), decimal(0, minimum=0), example="40"),
        ),
        unique=("code",),
    )
    template(ITEMS)                       # the .xlsx to fill in
    reading = read(ITEMS, raw)            # raw from files.receive(request.files.get("file"))
    for row in reading.rows:              # row.number is the sheet's row; row.values = {"code": "KZ-01", ...}
        if row.values["code"] in known:   # faults that only the database knows
            reading.blame(row, "code", _("已有这个编号。"))
    reading.faults                        # CellFault(cell="C7", heading="类别", value="口罩", sentence="请填写…")

A parser takes the cell's text and gives a value, or raises ValueError with a translated sentence. The whole of upload,
preview and confirmation is `webapp.kernel.spreadsheets.imports`.
"""

import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import xlsxwriter
from flask_babel import force_locale
from flask_babel import gettext as _
from openpyxl.utils import get_column_letter
from werkzeug import Response

from webapp.kernel.errors import Refusal
from webapp.kernel.i18n import LOCALES
from webapp.kernel.spreadsheets import export
from webapp.kernel.spreadsheets.cells import code, day, decimal, one_of, whole, words, yes

MAX_ROWS = 5000
MAX_FAULTS = 200


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """`example` fills the template's first row; `choices` (value -> words) becomes its drop-down list."""

    code: str
    label: Any
    parse: Callable[[str], Any]
    required: bool = False
    example: Any = ""
    note: Any = ""

    @property
    def choices(self) -> list[str]:
        return [str(words) for words in getattr(self.parse, "choices", {}).values()]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`unique` names the columns whose values may stand in the file only once."""

    code: str
    title: Any
    columns: Sequence[SheetColumn]
    unique: Sequence[str] = ()
    max_rows: int = MAX_ROWS


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`values` has every column's code; None where the cell is empty or wrong."""

    number: int
    values: dict[str, Any]
    typed: dict[str, str]


@dataclass(frozen=True, slots=True)
class CellFault:
    cell: str
    heading: str
    value: str
    sentence: str


@dataclass(slots=True)
class Reading:
    """What a workbook says. Nothing may be imported while there are faults."""

    sheet: Sheet
    places: dict[str, int]
    rows: list[SheetRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    def blame(self, row: SheetRow, code: str, sentence: str) -> None:
        """Name a wrong cell."""
        if len(self.faults) >= MAX_FAULTS:
            return
        heading = next(str(column.label) for column in self.sheet.columns if column.code == code)
        letter = get_column_letter(self.places.get(code, 1))
        self.faults.append(CellFault(f"{letter}{row.number}", heading, row.typed.get(code, "")[:60], sentence))


def template(sheet: Sheet) -> Response:
    """The workbook to fill in: headings (required ones starred), an example row, drop-down lists, notes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(str(sheet.title)[:31])
        head = book.add_format({"bold": True, "bg_color": "#DDEBEA", "border": 1, "text_wrap": True})
        as_text = book.add_format({"num_format": "@"})
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, 22, as_text)
            page.write_string(0, place, f"{column.label}{'*' if column.required else ''}", head)
            page.write_string(1, place, str(column.example), as_text)
            if str(column.note):
                page.write_comment(0, place, str(column.note))
            if column.choices and len(",".join(column.choices)) <= 255:
                page.data_validation(
                    1, place, sheet.max_rows, place, {"validate": "list", "source": column.choices, "show_error": False}
                )
        page.freeze_panes(1, 0)
    kind = _("导入模板")
    return export.download(out.getvalue(), f"{sheet.title}-{kind}.xlsx", export.XLSX)


def read(sheet: Sheet, raw: bytes) -> Reading:
    """Parse every cell of the first worksheet; raises Refusal `sheet-broken`, `sheet-empty`, `sheet-too-many-rows`.

    A missing heading is a fault of row 1, and then no row is read.
    """
    lines = _lines(sheet, raw)
    headings = next(lines, (0, []))[1]
    reading = Reading(sheet, _places(sheet, [cell.text for cell in headings]))
    _blame_headings(reading)
    if reading.faults:
        return reading
    for number, cells in lines:
        if any(cell.text for cell in cells):
            reading.rows.append(_row(reading, number, cells))
    if not reading.rows:
        raise Refusal("sheet-empty", 422, field="file")
    if len(reading.rows) > sheet.max_rows:
        raise Refusal("sheet-too-many-rows", 422, field="file", rows=sheet.max_rows)
    _blame_repeats(reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    is_formula: bool = False


def _lines(sheet: Sheet, raw: bytes) -> Iterator[tuple[int, list[_Cell]]]:
    """Numbers and cells of the first worksheet's rows that say anything, at most a few more than allowed.

    The whole sheet is walked: a row far below the last one must not be left out in silence.
    """
    width = 2 * len(sheet.columns) + 10
    found: list[tuple[int, list[_Cell]]] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        page = book.worksheets[0]
        page.reset_dimensions()
        for number, row in enumerate(page.iter_rows(max_col=width), 1):
            if number == 1 or any(one.value is not None for one in row):
                found.append((number, [_cell(one) for one in row]))
            if len(found) > sheet.max_rows + 2:
                break
    except Exception as error:  # whatever a hostile workbook makes the parser raise, it is the workbook's fault
        raise Refusal("sheet-broken", 422, field="file") from error
    yield from found


def _cell(one: Any) -> _Cell:
    if one.data_type == "f":
        return _Cell(str(one.value), is_formula=True)
    return _Cell(_text(one.value))


def _text(value: Any) -> str:
    """What the cell shows, near enough: whole numbers without .0, days as 2026-11-24."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if (value.hour, value.minute) == (0, 0) else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f") if abs(value) < 1e15 else repr(value)
    return unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").strip()


def _places(sheet: Sheet, headings: Sequence[str]) -> dict[str, int]:
    """Which column (from 1) holds what, by heading in any of our languages, in any order."""
    known: dict[str, str] = {}
    for locale in LOCALES.values():
        with force_locale(locale):
            known |= {_bare(str(column.label)): column.code for column in sheet.columns}
    found: dict[str, int] = {}
    for place, heading in enumerate(headings, 1):
        if (name := known.get(_bare(heading))) is not None:
            found.setdefault(name, place)
    return found


def _bare(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).lower().split()).replace("*", "")


def _blame_headings(reading: Reading) -> None:
    first = SheetRow(1, {}, {})
    for place, column in enumerate(reading.sheet.columns, 1):
        if column.required and column.code not in reading.places:
            reading.places[column.code] = place
            reading.blame(
                first, column.code, _("第 1 行缺少“%(heading)s”这一列。请使用模板的表头。", heading=column.label)
            )


def _row(reading: Reading, number: int, cells: Sequence[_Cell]) -> SheetRow:
    at = {c.code: cells[reading.places[c.code] - 1] for c in reading.sheet.columns if c.code in reading.places}
    row = SheetRow(number, {c.code: None for c in reading.sheet.columns}, {c: cell.text for c, cell in at.items()})
    for column in reading.sheet.columns:
        cell = at.get(column.code, _Cell(""))
        try:
            row.values[column.code] = _value(column, cell)
        except ValueError as error:
            reading.blame(row, column.code, str(error))
    return row


def _value(column: SheetColumn, cell: _Cell) -> Any:
    if cell.is_formula:
        raise ValueError(_("这一格是公式。请改成公式算出的结果（选择性粘贴为值）。"))
    if not cell.text:
        if column.required:
            raise ValueError(_("这一格必须填写。"))
        return None
    return column.parse(cell.text)


def _blame_repeats(reading: Reading) -> None:
    """Two spellings of one code are one code."""
    parsers = {column.code: column.parse for column in reading.sheet.columns}
    for name in reading.sheet.unique:
        first: dict[Any, int] = {}
        key = getattr(parsers[name], "key", lambda value: value)
        for row in reading.rows:
            value = None if row.values[name] is None else key(row.values[name])
            if value is not None and value in first:
                reading.blame(row, name, _("与第 %(row)s 行重复。请删除其中一行。", row=first[value]))
            elif value is not None:
                first[value] = row.number


__all__ = [
    "CellFault",
    "Reading",
    "Sheet",
    "SheetColumn",
    "SheetRow",
    "code",
    "day",
    "decimal",
    "one_of",
    "read",
    "template",
    "whole",
    "words",
    "yes",
]
