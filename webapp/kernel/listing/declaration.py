"""The declaration of a list: its columns, its query and the details of its rows."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.kernel.access import Reach
from webapp.kernel.forms import Form
from webapp.kernel.listing.counting import Total


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `value(row)` returns str, int, Decimal, date, datetime or None.

    `kind` is text, number, moment or day. The text of a value is `words(value)`, or its label in `enum` (for members of
    an enum and booleans); `names(values)` looks up the texts for all rows in one query. `tone` draws a badge: ok,
    waiting, warning, refused or critical. Columns of `priority` 1 stay on a phone, 2 on a tablet, 3 on a desktop.
    Files contain `plain(row)` if given instead of `value`, and `unit(row)` in a column of its own. `sort` is the
    attribute to sort by: a text, an integer, a day or a moment that is indexed or belongs to a small table; NULLs come
    last in both directions.
    """

    code: str
    label: Any
    value: Callable[[Any], Any]
    kind: str = "text"
    words: Callable[[Any], Any] | None = None
    priority: int = 1
    enum: Mapping[Any, Any] | None = None
    tone: Mapping[Any, str] | None = None
    names: Callable[[Collection[Any]], Mapping[Any, str]] | None = None
    plain: Callable[[Any], Any] | None = None
    unit: Callable[[Any], str] | None = None
    sort: InstrumentedAttribute[Any] | None = None

    @property
    def numeric(self) -> bool:
        return self.kind == "number"

    @property
    def is_badge(self) -> bool:
        return self.tone is not None

    @property
    def look(self) -> str:
        """How its cells are drawn: by its kind, or as a badge."""
        return "status" if self.is_badge else self.kind


@dataclass(frozen=True, slots=True)
class Detail:
    """Rows that belong to a list's rows, several to one: lines of a slip, readings of a check.

    `load(rows)` returns the detail rows of several rows in few queries. A detail is a sheet of the Excel file and a CSV
    file of its own.
    """

    code: str
    title: Any
    columns: Sequence[Column]
    load: Callable[[Sequence[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class PageOf:
    """The pages of a list's rows: the page at `endpoint`, with the id of a row as its `argument`."""

    endpoint: str
    argument: str
    id_of: Callable[[Any], UUID] = attrgetter("id")

    def __call__(self, row: Any) -> str:
        values: dict[str, Any] = {self.argument: self.id_of(row)}
        return url_for(self.endpoint, **values)

    def each(self, rows: Sequence[Any]) -> list[str]:
        """The addresses for many rows; only the first is built, the others differ in the id."""
        ids = [str(self.id_of(row)) for row in rows]
        before, after = self(rows[0]).split(ids[0]) if rows else ("", "")
        return [f"{before}{id_}{after}" for id_ in ids]


class Cell(NamedTuple):
    """The text of a value; `tone` if it is a badge."""

    text: str
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    url: str | None
    cells: Sequence[Cell]
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Axes:
    """By what the rows of a list are counted.

    `place` and `unit` are SQL expressions of a row's ids, either may be NULL; the filters `place` and `unit` select by
    the same. What no row has is None, and there is no filter by it. `on(day)` is the condition that a row belongs to a
    day, given the columns `day`, `begins` and `ends` of one; the filters `since` and `until` select by the same.
    """

    place: Any | None
    unit: Any | None
    on: Callable[[Any], ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's declaration.

    `filters(fields, reach=)` is the filter form; one with choices within a reach takes it as this argument, so that
    figures are counted without a request. `select(reach, filters)` is the scoped query, with its data. It selects
    one entity, or several entities, columns and aggregates; a row is then a named tuple that includes the keyset's
    columns or their entities, and a grouped query groups by them. `order` are the columns of the keyset, newest
    first, the last one unique. `reads` are the columns that the list shows and is ordered by: a row is then a named
    tuple of them, made four times as fast as an entity, and no sealed column is opened in vain. `url(row)` is the page
    of a row. `template` with its block `<id>` draws the list. `total` is a sum shown beside the number of rows. Figures
    of the list are counted by its `axes`.
    """

    id: str
    template: str
    title: Any
    columns: Sequence[Column]
    select: Callable[[Reach, dict[str, Any]], Select[Any]]
    order: Sequence[InstrumentedAttribute[Any]]
    filters: type[Form] = Form
    url: Callable[[Any], str | None] = lambda row: None
    status: Callable[[Any], str | None] = lambda row: None
    empty_title: Any = ""
    empty_text: Any = ""
    descending: bool = True
    extra: Callable[[], dict[str, Any]] = field(default=dict)
    details: Sequence[Detail] = ()
    total: Total | None = None
    reads: Sequence[Any] = ()
    axes: Axes | None = None
