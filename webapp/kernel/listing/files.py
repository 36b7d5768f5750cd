"""Lists as files and for print. Files contain all rows of the filtered list; print states where it stops."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _
from sqlalchemy import Select
from werkzeug import Response

from webapp.kernel import clock
from webapp.kernel.listing import rows
from webapp.kernel.listing.counting import exact
from webapp.kernel.listing.declaration import Column, Detail, Listing
from webapp.kernel.spreadsheets import export

PRINTED = 2_000  # rows; a browser cannot lay out more in reasonable time
Table = list[list[Any]]


def offered(listing: Listing) -> list[tuple[str, str]]:
    """The formats of a list as (format, label of its button)."""
    details = [(f"csv-{detail.code}", f"CSV {detail.title}") for detail in listing.details]
    return [("xlsx", "Excel"), ("csv", "CSV"), *details, ("print", _("打印"))]


def answer(listing: Listing, query: Select[Any], format_: str) -> Response:
    """The list in a format; aborts with 404 for a format that is not offered."""
    if format_ not in dict(offered(listing)):
        abort(404)
    if format_ == "print":
        return _paper(listing, query)
    if format_ == "xlsx":
        return _workbook(listing, query)
    if format_ == "csv":
        return _csv(listing, query, str(listing.title), listing.columns, lambda page: page)
    detail = next(detail for detail in listing.details if format_ == f"csv-{detail.code}")
    return _csv(listing, query, f"{listing.title}-{detail.title}", detail.columns, detail.load)


def _csv(
    listing: Listing, query: Select[Any], title: str, columns: Sequence[Column], load: Callable[[list[Any]], Any]
) -> Response:
    tables = rows.chunks(listing, query, lambda page: rows.plain(columns, list(load(page))))
    lines = (line for table in tables for line in table)
    return export.csv(_named(title), rows.headings(columns), lines)


def _workbook(listing: Listing, query: Select[Any]) -> Response:
    book = export.Workbook()
    parts = [Detail("", listing.title, listing.columns, lambda page: page), *listing.details]
    sheets = [book.sheet(str(part.title), rows.headings(part.columns)) for part in parts]
    for tables in rows.chunks(listing, query, lambda page: _tables(parts, page)):
        for sheet, table in zip(sheets, tables, strict=True):
            sheet.write(table)
    return book.answer(_named(str(listing.title)))


def _tables(parts: Sequence[Detail], page: list[Any]) -> list[Table]:
    return [rows.plain(part.columns, list(part.load(page))) for part in parts]


def _paper(listing: Listing, query: Select[Any]) -> Response:
    """The first PRINTED rows, and the total number if there are more."""
    page = rows.page(listing, query, None, False, PRINTED + 1)
    total = exact(query) if len(page) > PRINTED else len(page)
    shown = list(_in_chunks(listing, page[:PRINTED]))
    paper = render_template("ui/print_listing.html", listing=listing, rows=shown, total=total, at=clock.now())
    return Response(paper, mimetype="text/html")


def _in_chunks(listing: Listing, page: Sequence[Any]) -> Iterator[Any]:
    for start in range(0, len(page), rows.CHUNK):
        yield from rows.written(listing, page[start : start + rows.CHUNK])


def _named(title: str) -> str:
    return f"{title}-{clock.local(clock.now()):%Y%m%d-%H%M}"
