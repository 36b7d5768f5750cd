"""How a feature declares a list: its columns, and the query that gives its rows."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.kernel.access import Reach
from webapp.kernel.forms import Form
from webapp.kernel.listing.counting import Total


@dataclass(frozen=True, slots=True)
class Column:
    """`value(row)` gives str, int, Decimal, date, datetime or None.

    `kind` is text, number, moment or day. `words(value)` says the value; `enum` does where it is one of a few (the
    member of an enum, a yes or no), each with its label, and `tone` makes a badge of it: ok, waiting, warning, refused
    or critical. `names(values)` looks up the words of all rows' values in one query. `priority` 1 columns stay on a
    phone, 2 on a tablet, 3 on a desktop. In a file stands `plain(row)` where it differs from `value`, and `unit(row)`
    in a column of its own. `sort` is what the list may be sorted by at this column: text, a whole number, a day or a
    moment that an index serves, or of a table that stays short; empty ones come last either way.
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
        """How its cells are drawn: its kind, or as a status."""
        return "status" if self.is_badge else self.kind


@dataclass(frozen=True, slots=True)
class Detail:
    """What belongs to a list's rows and has several rows for one of them: lines of a slip, readings of a check.

    `load(rows)` gives the detail rows of some rows, in few queries. It is a sheet of the Excel file and a CSV file.
    """

    code: str
    title: Any
    columns: Sequence[Column]
    load: Callable[[Sequence[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in words; `tone` where it is a badge."""

    text: str
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    url: str | None
    cells: list[Cell]
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's declaration.

    `select(reach, filters)` is the scoped query of `filters.data`: of one entity, or of several, of columns and of
    aggregates (then a row is a tuple with names; the keyset's columns are among them or of its entities, and of those
    it is grouped by). `order` are the columns of its keyset, newest first, the last one unique. `url(row)` is the page
    of a row.
    `template` and its block `<id>` show it. `total` is summed beside the number of rows.
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
