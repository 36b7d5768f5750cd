"""Reading a list's rows, a page or a chunk at a time, and writing them as cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import Select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.listing.cursors import beyond, key_of, ordered
from webapp.kernel.listing.declaration import Cell, Column, Listing, Row

CHUNK = 500
T = TypeVar("T")


def page(listing: Listing, query: Select[Any], key: Sequence[Any] | None, backwards: bool, limit: int) -> list[Any]:
    """The rows after (or before) a key, in the list's order (or against it)."""
    if key is not None:
        query = query.where(beyond(listing.order, key, listing.descending, backwards))
    query = query.order_by(None).order_by(*ordered(listing.order, listing.descending, backwards)).limit(limit)
    if len(query.column_descriptions) > 1:
        return list(db.session.execute(query).all())
    return list(db.session.scalars(query).unique())


def chunks(listing: Listing, query: Select[Any], read: Callable[[list[Any]], T]) -> Iterator[T]:
    """What `read` makes of all rows in their order, a bounded number of rows at a time. When it is handed over, no row
    is held and no transaction is open: a slow download keeps neither memory nor the database.
    """
    key, is_last = None, False
    while not is_last:
        found = page(listing, query, key, False, CHUNK)
        is_last = len(found) < CHUNK
        if found:
            key = key_of(found[-1], listing.order)
            made = read(found)
            del found
            db.session.rollback()
            db.session.expunge_all()
            yield made


def written(listing: Listing, rows: Sequence[Any]) -> list[Row]:
    """Rows as the page and the paper show them."""
    columns = [_cells(column, rows) for column in listing.columns]
    return [
        Row(str(getattr(row, "id", "")), listing.url(row), [cells[place] for cells in columns], listing.status(row))
        for place, row in enumerate(rows)
    ]


def _cells(column: Column, rows: Sequence[Any]) -> list[Cell]:
    values = [column.value(row) for row in rows]
    names = _names(column, values)
    tones = column.tone or {}
    if column.enum is not None:
        cells = {value: Cell(_text(column, value), tones.get(value)) for value in set(values)}
        return [cells[value] for value in values]
    texts = [names.get(value, "") if column.names else _text(column, value) for value in values]
    return [Cell(text, tones.get(value)) for text, value in zip(texts, values, strict=True)]


def headings(columns: Sequence[Column]) -> list[str]:
    """Of a file: a column with a unit is two."""
    found = []
    for column in columns:
        found.append(str(column.label))
        if column.unit:
            found.append(_("%(what)s单位", what=column.label))
    return found


def plain(columns: Sequence[Column], rows: Sequence[Any]) -> list[list[Any]]:
    """Rows as a file holds them: numbers and days stay what they are, moments become district wall-clock times."""
    placed: list[list[Any]] = []
    for column in columns:
        placed.append(_plain(column, rows))
        if column.unit:
            placed.append([column.unit(row) for row in rows])
    return [list(cells) for cells in zip(*placed, strict=True)]


def _plain(column: Column, rows: Sequence[Any]) -> list[Any]:
    values = [column.plain(row) if column.plain else column.value(row) for row in rows]
    if column.plain is None and (column.names or column.words or column.enum):
        names = _names(column, values)
        return [names.get(value) if column.names else _text(column, value) for value in values]
    return [clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value for value in values]


def _names(column: Column, values: Sequence[Any]) -> Mapping[Any, str]:
    wanted = {value for value in values if value is not None}
    return column.names(wanted) if column.names and wanted else {}


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.enum is not None:
        return str(column.enum[value])
    if column.words:
        return str(column.words(value))
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
