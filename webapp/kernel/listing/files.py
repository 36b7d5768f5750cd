"""A list as a file or on paper: all rows of the filtered list, whatever their number; paper says where it stops."""

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

PRINTED = 2_000  # rows; a browser lays out no more in reasonable time
Table = list[list[Any]]


def offered(listing: Listing) -> list[tuple[str, str]]:
    """The formats of a list, each with the words of its button."""
    details = [(f"csv-{detail.code}", f"CSV {detail.title}") for detail in listing.details]
    return [("xlsx", "Excel"), ("csv", "CSV"), *details, ("print", _("打印"))]


def answer(listing: Listing, query: Select[Any], wanted: str) -> Response:
    """The list in a format; 404 for a format it is not offered in."""
    if wanted not in dict(offered(listing)):
        abort(404)
    if wanted == "print":
        return _paper(listing, query)
    if wanted == "xlsx":
        return _workbook(listing, query)
    if wanted == "csv":
        return _csv(listing, query, str(listing.title), listing.columns, lambda found: found)
    detail = next(one for one in listing.details if wanted == f"csv-{one.code}")
    return _csv(listing, query, f"{listing.title}-{detail.title}", detail.columns, detail.load)


def _csv(
    listing: Listing, query: Select[Any], title: str, columns: Sequence[Column], load: Callable[[list[Any]], Any]
) -> Response:
    tables = rows.chunks(listing, query, lambda found: rows.plain(columns, list(load(found))))
    lines = (line for table in tables for line in table)
    return export.csv(_named(title), rows.headings(columns), lines)


def _workbook(listing: Listing, query: Select[Any]) -> Response:
    book = export.Workbook()
    parts = [Detail("", listing.title, listing.columns, lambda found: found), *listing.details]
    sheets = [book.sheet(str(part.title), rows.headings(part.columns)) for part in parts]
    for tables in rows.chunks(listing, query, lambda found: _tables(parts, found)):
        for sheet, table in zip(sheets, tables, strict=True):
            sheet.write(table)
    return book.answer(_named(str(listing.title)))


def _tables(parts: Sequence[Detail], found: list[Any]) -> list[Table]:
    return [rows.plain(part.columns, list(part.load(found))) for part in parts]


def _paper(listing: Listing, query: Select[Any]) -> Response:
    """The first rows, and how many there are of all where these are not all."""
    found = rows.page(listing, query, None, False, PRINTED + 1)
    total = exact(query) if len(found) > PRINTED else len(found)
    shown = list(_in_chunks(listing, found[:PRINTED]))
    paper = render_template("ui/print_listing.html", listing=listing, rows=shown, total=total, at=clock.now())
    return Response(paper, mimetype="text/html")


def _in_chunks(listing: Listing, found: Sequence[Any]) -> Iterator[Any]:
    for start in range(0, len(found), rows.CHUNK):
        yield from rows.written(listing, found[start : start + rows.CHUNK])


def _named(title: str) -> str:
    return f"{title}-{clock.local(clock.now()):%Y%m%d-%H%M}"
