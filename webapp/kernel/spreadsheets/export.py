"""Files that open right in Chinese Excel: XLSX with text kept as text, CSV with a byte-order mark."""

import csv as csv_module
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from werkzeug import Response

_RISKY = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")  # what a spreadsheet may take for a formula
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """A workbook of one sheet; text is never a formula or a link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bottom": 1})
        formats: dict[type[date], Any] = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet.write_row(0, 0, headings, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                _write(sheet, number, place, value, formats)
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, _width(heading, [row[place] for row in rows[:200]]))
        sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
    return download(out.getvalue(), f"{name}.xlsx", XLSX)


def csv(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """UTF-8 with a byte-order mark; text that a spreadsheet might run is prefixed with an apostrophe."""
    out = io.StringIO()
    writer = csv_module.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[_safe(value) for value in row] for row in rows])
    return download(out.getvalue().encode("utf-8-sig"), f"{name}.csv", "text/csv; charset=utf-8")


def _write(sheet: Any, number: int, place: int, value: Any, formats: dict[type[date], Any]) -> None:
    if value is None:
        return
    if isinstance(value, (datetime, date)):
        sheet.write_datetime(number, place, value, formats[type(value)])
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        sheet.write_number(number, place, value)
    else:
        sheet.write_string(number, place, str(value)[:32_767])


def _width(heading: str, values: Sequence[Any]) -> int:
    """Chinese characters are about two wide."""
    longest = max(
        (sum(2 if ord(c) > 255 else 1 for c in str(v)) for v in (heading, *values) if v is not None), default=8
    )
    return min(max(longest + 2, 8), 48)


def _safe(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value.startswith(_RISKY):
        return "'" + value
    return "" if value is None else value


def download(body: bytes, name: str, kind: str) -> Response:
    """A file to keep, its name in Chinese where the browser can."""
    disposition = f"attachment; filename=\"export.{name.rsplit('.', 1)[1]}\"; filename*=UTF-8''{quote(name)}"
    return Response(body, headers={"Content-Type": kind, "Content-Disposition": disposition})
