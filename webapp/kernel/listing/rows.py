"""Reads a list's rows by page or chunk and formats them as cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.listing.cursors import beyond, key_of, ordered
from webapp.kernel.listing.declaration import Cell, Column, Listing, PageOf, Row

CHUNK = 500
T = TypeVar("T")


def page(listing: Listing, query: Select[Any], key: Sequence[Any] | None, backwards: bool, limit: int) -> list[Any]:
    """Up to `limit` rows after a key in the list's order; `backwards`: the rows before it, in reverse order."""
    query = query.with_only_columns(*listing.reads) if listing.reads else query
    if key is not None:
        query = query.where(beyond(listing.order, key, listing.descending, backwards))
    query = query.order_by(None).order_by(*ordered(listing.order, listing.descending, backwards)).limit(limit)
    if len(query.column_descriptions) > 1:
        return list(db.session.execute(query).all())
    return list(db.session.scalars(query).unique())


def chunks(listing: Listing, query: Select[Any], read: Callable[[list[Any]], T]) -> Iterator[T]:
    """Yield `read(rows)` for all rows in order, CHUNK rows at a time.

    While a result is consumed, no row is referenced and no transaction is open, so that a slow download occupies
    neither memory nor the database.
    """
    key, is_last = None, False
    while not is_last:
        chunk = page(listing, query, key, False, CHUNK)
        is_last = len(chunk) < CHUNK
        if chunk:
            key = key_of(chunk[-1], listing.order)
            made = read(chunk)
            del chunk
            db.session.rollback()
            db.session.expunge_all()
            yield made


def written(listing: Listing, rows: Sequence[Any]) -> list[Row]:
    """Rows as the page and the print view show them."""
    columns = [_cells(column, rows) for column in listing.columns]
    urls = listing.url.each(rows) if isinstance(listing.url, PageOf) else [listing.url(row) for row in rows]
    by_row = zip(rows, urls, zip(*columns, strict=True), strict=True)
    return [Row(str(getattr(row, "id", "")), url, cells, listing.status(row)) for row, url, cells in by_row]


def _cells(column: Column, rows: Sequence[Any]) -> list[Cell]:
    values = [column.value(row) for row in rows]
    names = _names(column, values)
    tones = column.tone or {}
    if column.enum is not None:
        cells = {value: Cell(_text(column, value), tones.get(value)) for value in set(values)}
        return [cells[value] for value in values]
    if column.names:
        return [Cell(names.get(value, ""), tones.get(value)) for value in values]
    if column.words or tones:
        return [Cell(_text(column, value), tones.get(value)) for value in values]
    zone = clock.zone()
    return [Cell(value if type(value) is str else _plain_text(value, zone)) for value in values]


def headings(columns: Sequence[Column]) -> list[str]:
    """The headings of a file; a column with a unit has two."""
    headings_ = []
    for column in columns:
        headings_.append(str(column.label))
        if column.unit:
            headings_.append(_("%(what)s单位", what=column.label))
    return headings_


def plain(columns: Sequence[Column], rows: Sequence[Any]) -> list[list[Any]]:
    """Rows as a file contains them: numbers and days unchanged, moments as naive times of the district's zone."""
    placed: list[list[Any]] = []
    for column in columns:
        placed.append(_plain(column, rows))
        if column.unit:
            placed.append([column.unit(row) for row in rows])
    return [list(cells) for cells in zip(*placed, strict=True)]


def _plain(column: Column, rows: Sequence[Any]) -> list[Any]:
    values = [column.plain(row) if column.plain else column.value(row) for row in rows]
    if column.plain is None and column.names:
        return list(map(_names(column, values).get, values))
    if column.plain is None and column.enum is not None:
        words = {value: _text(column, value) for value in set(values)}
        return [words[value] for value in values]
    if column.plain is None and column.words:
        return [_text(column, value) for value in values]
    zone = clock.zone()
    return [value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else value for value in values]


def _names(column: Column, values: Sequence[Any]) -> Mapping[Any, str]:
    present = {value for value in values if value is not None}
    return column.names(present) if column.names and present else {}


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.enum is not None:
        return str(column.enum[value])
    if column.words:
        return str(column.words(value))
    return _plain_text(value, clock.zone())


def _plain_text(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ")[:16]
    return format(value, "f") if isinstance(value, Decimal) else str(value)
