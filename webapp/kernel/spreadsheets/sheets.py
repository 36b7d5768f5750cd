"""Spreadsheets to fill in: one declaration of columns gives the template and a parser that names invalid cells.

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
    templates.template(ITEMS)             # the .xlsx to fill in
    reading = read(ITEMS, raw)            # raw from files.receive(request.files.get("file"))
    for row in reading.rows:              # row.number is the sheet's row; row.values = {"code": "KZ-01", ...}
        if row.values["code"] in known:   # faults that need the database
            reading.blame(row, "code", _("已有这个编号。"))
    reading.faults                        # CellFault(cell="C7", heading="类别", value="口罩", sentence="请填写…")

A column's parser takes the text of a cell and returns a value, or raises ValueError with a translated sentence.
`webapp.kernel.spreadsheets.imports` covers upload, preview and confirmation.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.kernel.errors import Refusal
from webapp.kernel.i18n import LOCALES
from webapp.kernel.spreadsheets.cells import code, day, decimal, one_of, whole, words, yes
from webapp.kernel.spreadsheets.reader import LAST_COLUMN, LAST_ROW
from webapp.kernel.spreadsheets.reading import Cell, Lines, lines_of
from webapp.kernel.spreadsheets.sheet import CellFault, Reading, Sheet, SheetColumn, SheetRow


def read(sheet: Sheet, raw: bytes) -> Reading:
    """Parse every cell of the first worksheet; raises Refusal `sheet-…`.

    A missing heading is a fault of row 1, and then no row is read.
    """
    return read_lines(sheet, lines_of(raw, width=2 * len(sheet.columns) + 10, most=sheet.max_rows + 3))


def read_lines(sheet: Sheet, content: Lines) -> Reading:
    """As `read`, from rows that are read already."""
    lines = iter(content.rows)
    headings = next(lines, (0, []))[1]
    reading = Reading(sheet, _places(sheet, [cell.text for cell in headings]))
    _warn_of_headings(reading, headings)
    _warn_of_unread(reading, content)
    _blame_headings(reading)
    if reading.faults:
        return reading
    for number, cells in lines:
        if any(cell.text for cell in cells):
            reading.rows.append(_row(reading, number, cells))
    _blame_merged(reading, content.merged)
    if not reading.rows:
        raise Refusal("sheet-empty", 422, field="file")
    if len(reading.rows) > sheet.max_rows:
        raise Refusal("sheet-too-many-rows", 422, field="file", rows=sheet.max_rows)
    _blame_repeats(reading)
    _blame_samples(reading)
    _warn_of_alike(reading)
    return reading


def _places(sheet: Sheet, headings: Sequence[str]) -> dict[str, int]:
    """The column number (from 1) of each code, by heading, in any language and any order."""
    known: dict[str, str] = {}
    for locale in LOCALES.values():
        with force_locale(locale):
            known |= {_bare(str(column.label)): column.code for column in sheet.columns}
    places: dict[str, int] = {}
    for place, heading in enumerate(headings, 1):
        if (name := known.get(_bare(heading))) is not None:
            places.setdefault(name, place)
    return places


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


def _row(reading: Reading, number: int, cells: Sequence[Cell]) -> SheetRow:
    at = {c.code: cells[reading.places[c.code] - 1] for c in reading.sheet.columns if c.code in reading.places}
    row = SheetRow(number, {c.code: None for c in reading.sheet.columns}, {c: cell.text for c, cell in at.items()})
    for column in reading.sheet.columns:
        cell = at.get(column.code, Cell(""))
        try:
            row.values[column.code] = _value(column, cell)
        except ValueError as error:
            reading.blame(row, column.code, str(error))
    return row


def _value(column: SheetColumn, cell: Cell) -> Any:
    if cell.is_formula:
        raise ValueError(_("这一格是公式。请改成公式算出的结果（选择性粘贴为值）。"))
    if not cell.text:
        if column.required:
            raise ValueError(_("这一格必须填写。"))
        return None
    return column.parse(cell.text)


def _blame_repeats(reading: Reading) -> None:
    """Add faults for repeated values in `unique` columns; spellings of the same code are equal."""
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


def _blame_merged(reading: Reading, ranges: Sequence[str]) -> None:
    """Add faults for merged cells in the sheet's columns: only the first cell of such a range has a value."""
    columns = sorted((place, code) for code, place in reading.places.items())
    rows = sorted(reading.rows, key=lambda row: row.number)
    numbers = [row.number for row in rows]
    for text in ranges:
        left, top, right, bottom = _corners(text)
        code = next((code for place, code in columns if left <= place <= right), None)
        below = bisect_right(numbers, top)
        place = below if below < len(numbers) and numbers[below] <= bottom else below - 1
        if code and place >= 0 and top <= numbers[place] <= bottom:
            reading.blame(rows[place], code, _("%(cells)s 是合并的格子。请取消合并，每一行都填上内容。", cells=text))


def _corners(text: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a range such as D7:D9, D:D or 7:9; a malformed range covers no cell."""
    from openpyxl.utils import range_boundaries  # read when an import needs it, not at every start

    try:
        left, top, right, bottom = range_boundaries(text)
    except ValueError:
        return 1, 1, 0, 0
    return left or 1, top or 1, right or LAST_COLUMN, bottom or LAST_ROW


def _blame_samples(reading: Reading) -> None:
    """Add faults for the example row of the template."""
    samples = []
    for locale in LOCALES.values():
        with force_locale(locale):
            samples.append({column.code: str(column.example) for column in reading.sheet.columns})
    for row in reading.rows:
        if any(row.typed == {code: sample[code] for code in row.typed} for sample in samples):
            first = reading.sheet.columns[0].code
            reading.blame(row, first, _("这一行还是模板里的示例。请改成真实内容，或删除这一行。"))


def _warn_of_headings(reading: Reading, headings: Sequence[Cell]) -> None:
    used = set(reading.places.values())
    unused = [cell.text for place, cell in enumerate(headings, 1) if cell.text and place not in used]
    if unused:
        names = _("、").join(unused)
        reading.warnings.append(_("这些列不在模板里，没有读取：%(names)s。", names=names))


def _warn_of_unread(reading: Reading, content: Lines) -> None:
    if content.others:
        names = _("、").join(content.others)
        reading.warnings.append(_("只读取第一张工作表。这些工作表里也有内容，没有读取：%(names)s。", names=names))
    if content.is_wider:
        reading.warnings.append(_("表格右边很远的列里还有内容，没有读取。请把需要的列移到模板的列旁边。"))


def _warn_of_alike(reading: Reading) -> None:
    for column in reading.sheet.alike:
        numbers: dict[Any, list[str]] = {}
        for row in reading.rows:
            if row.values[column] is not None:
                numbers.setdefault(row.values[column], []).append(str(row.number))
        for value, rows in numbers.items():
            if len(rows) > 1:
                lines = _("、").join(rows[:10]) + ("…" if len(rows) > 10 else "")
                reading.warnings.append(_("第 %(rows)s 行的名称相同：%(name)s。请核对。", rows=lines, name=value))


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
    "read_lines",
    "whole",
    "words",
    "yes",
]
