"""Export files for Excel: XLSX with text stored as text, CSV with a byte-order mark for Chinese Excel.

Both are written row by row, so that memory does not limit their size.
"""

import csv as csv_module
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from flask import has_request_context, stream_with_context
from werkzeug import Response

_RISKY = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")  # first characters that start a formula in a spreadsheet
_NOT_IN_TITLES = str.maketrans("[]:*?/\\", "       ")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LAST_ROW = 1_048_575  # of a worksheet, counted from 0; the limit of the format
LONGEST = 32_767  # characters of a cell; the limit of the format
PIECE = 64 * 1024  # characters or bytes sent at a time


class Workbook:
    """An .xlsx that is written row by row; text is never a formula or a link."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
        as_typed = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(self._file, {"constant_memory": True, **as_typed})
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._days: dict[type[date], Any] = {
            datetime: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._titles: set[str] = set()

    def sheet(self, title: str, headings: Sequence[str]) -> "Worksheet":
        """A worksheet to write rows to."""
        return Worksheet(lambda: self._page(title, headings), len(headings), self._days)

    def _page(self, title: str, headings: Sequence[str]) -> Any:
        page = self._book.add_worksheet(self._free(title))
        page.write_row(0, 0, headings, self._bold)
        page.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            page.set_column(place, place, _width(heading))
        return page

    def _free(self, title: str) -> str:
        """A valid and unused sheet title: permitted characters, at most 31."""
        plain = title.translate(_NOT_IN_TITLES).strip(" '")[:25] or "1"
        numbered = (f"{plain} {n}" for n in range(2, 1_000))
        free = next(candidate for candidate in (plain, *numbered) if candidate not in self._titles)
        self._titles.add(free)
        return free

    def answer(self, name: str) -> Response:
        """The finished file as a download."""
        self._book.close()
        size = self._file.seek(0, io.SEEK_END)
        self._file.seek(0)
        response = Response(_drained(self._file), headers=_headers(f"{name}.xlsx", XLSX))
        response.content_length = size
        response.call_on_close(self._file.close)
        return response


def _drained(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


class Worksheet:
    """Rows under headings; rows beyond the limit of a worksheet continue in another one."""

    def __init__(self, new_page: Callable[[], Any], columns: int, days: dict[type[date], Any]) -> None:
        self._new_page, self._columns, self._days = new_page, columns, days
        self._begin()

    def _begin(self) -> None:
        self._page, self._number = self._new_page(), 0
        self._page.autofilter(0, 0, LAST_ROW, self._columns - 1)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows."""
        for row in rows:
            if self._number == LAST_ROW:
                self._begin()
            self._number += 1
            for place, value in enumerate(row):
                _write(self._page, self._number, place, value, self._days)


def xlsx(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A workbook of one sheet."""
    book = Workbook()
    book.sheet(name, headings).write(rows)
    return book.answer(name)


def csv(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """UTF-8 with a byte-order mark, streamed. All text is quoted, because some versions of Excel split at semicolons;
    text that a spreadsheet might execute is prefixed with an apostrophe.
    """
    pieces = _pieces(headings, rows)
    streamed = stream_with_context(pieces) if has_request_context() else pieces
    return Response(streamed, headers=_headers(f"{name}.csv", CSV))


def _pieces(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv_module.writer(out, lineterminator="\r\n", quoting=csv_module.QUOTE_NONNUMERIC)
    out.write("\ufeff")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
        if out.tell() >= PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _write(page: Any, number: int, place: int, value: Any, days: dict[type[date], Any]) -> None:
    if value is None:
        return
    if isinstance(value, (datetime, date)):
        page.write_datetime(number, place, value, days[type(value)])
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        page.write_number(number, place, value)
    else:
        page.write_string(number, place, _fitting(str(value)))


def _fitting(text: str) -> str:
    """The text cut to the 32,767 characters of a cell, marked with an ellipsis."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _width(heading: str) -> int:
    """The width for the heading and a moment, in characters; a Chinese character counts as two."""
    return min(max(sum(2 if ord(c) > 255 else 1 for c in heading) + 4, 17), 48)


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return "'" + value if value[:1] in _RISKY else value
    if isinstance(value, datetime):
        return value.isoformat(" ")[:16]
    return "" if value is None else value


def download(body: bytes, name: str, kind: str) -> Response:
    """A download with a Chinese file name where the browser supports it."""
    return Response(body, headers=_headers(name, kind))


def _headers(name: str, kind: str) -> dict[str, str]:
    disposition = f"attachment; filename=\"export.{name.rsplit('.', 1)[1]}\"; filename*=UTF-8''{quote(name)}"
    return {"Content-Type": kind, "Content-Disposition": disposition}
