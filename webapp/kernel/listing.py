"""The listing: one declaration of columns, filters and a scoped query; from it the page, the fragment, keyset pages,
the Excel file, CSV and the print view. Personal data is masked by its column's `value`, so in all of them alike.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.forms import Form
from webapp.kernel.htmx import respond
from webapp.kernel.spreadsheets import export

PAGE = 50
EXPORT_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """`value(row)` gives str, int, Decimal, date, datetime or None.

    `kind` is text, number, moment, day, verdict or status.

    For verdict and status, `words(value)` gives the label that stands beside the code.
    `priority` 1 columns stay on a phone, 2 on a tablet, 3 on a desktop.
    """

    code: str
    label: Any
    value: Callable[[Any], Any]
    kind: str = "text"
    words: Callable[[Any], Any] | None = None
    priority: int = 1

    @property
    def numeric(self) -> bool:
        return self.kind == "number"


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    kind: str
    value: Any
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    url: str | None
    cells: list[Cell]
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's declaration.

    `select(reach, filters)` is the scoped query of `filters.data`; `order` the columns of its keyset, newest first,
    the last one unique. `url(row)` is the page of a row. `template` and its block `<id>` show it.
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


@dataclass(frozen=True, slots=True)
class View:
    """What `ui/listing.html` draws."""

    id: str
    title: str
    columns: Sequence[Column]
    rows: list[Row]
    filters: Form
    is_filtered: bool
    next_url: str | None
    previous_url: str | None
    exports: list[tuple[str, str]]
    empty_title: str
    empty_text: str


def show(listing: Listing, reach: Reach, **context: Any) -> Response:
    """Answer a GET of a list: page or fragment, or the file or print view that `?format=` asks for.

    A filter that does not parse is shown with its error and filters nothing out of sight: 422 and no rows.
    """
    filters = listing.filters(MultiDict(request.args))
    is_good = filters.validate()
    wanted = request.args.get("format")
    if is_good and wanted:
        return _file(listing, reach, filters, wanted)
    view = _view(listing, reach, filters, is_good)
    return respond(
        listing.template,
        listing.id.replace("-", "_"),
        200 if is_good else 422,
        view=view,
        **listing.extra(),
        **context,
    )


def rows_of(listing: Listing, reach: Reach, filters: dict[str, Any], limit: int) -> list[Row]:
    """The first rows, for a panel beside a form."""
    found = _page(listing, reach, filters, None, False, limit)
    return [_row(listing, one) for one in found]


def _view(listing: Listing, reach: Reach, filters: Form, is_good: bool) -> View:
    cursor, backwards = _cursor(listing.order)
    found = _page(listing, reach, filters.data, cursor, backwards, PAGE + 1) if is_good else []
    has_more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
    has_next, has_previous = (cursor is not None, has_more) if backwards else (has_more, cursor is not None)
    return View(
        id=listing.id,
        title=str(listing.title),
        columns=listing.columns,
        rows=[_row(listing, one) for one in found],
        filters=filters,
        is_filtered=any(filters.data.values()),
        next_url=_turn("after", listing, found[-1]) if found and has_next else None,
        previous_url=_turn("before", listing, found[0]) if found and has_previous else None,
        exports=[(kind, _here(format=kind)) for kind in ("xlsx", "csv", "print")],
        empty_title=str(listing.empty_title),
        empty_text=str(listing.empty_text),
    )


def _page(
    listing: Listing, reach: Reach, filters: dict[str, Any], cursor: list[Any] | None, backwards: bool, limit: int
) -> list[Any]:
    descending = listing.descending != backwards
    query = listing.select(reach, filters)
    if cursor is not None:
        query = query.where(_beyond(listing.order, cursor, descending))
    ordered = query.order_by(None).order_by(*(c.desc() if descending else c.asc() for c in listing.order))
    return list(db.session.scalars(ordered.limit(limit)).unique())


def _beyond(order: Sequence[Any], cursor: list[Any], descending: bool) -> Any:
    """(a, b) beyond (x, y): a < x or (a = x and b < y). Spelt out: row values compare differently on the databases."""
    cases = []
    for place, column in enumerate(order):
        same = [earlier == value for earlier, value in zip(order[:place], cursor[:place], strict=True)]
        cases.append(and_(*same, column < cursor[place] if descending else column > cursor[place]))
    return or_(*cases)


def _row(listing: Listing, one: Any) -> Row:
    cells = [_cell(column, one) for column in listing.columns]
    return Row(str(getattr(one, "id", "")), listing.url(one), cells, listing.status(one))


def _cell(column: Column, one: Any) -> Cell:
    value = column.value(one)
    return Cell(_words(column, value), column.kind, value)


def _words(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.words:
        return str(column.words(value))
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _cursor(order: Sequence[Any]) -> tuple[list[Any] | None, bool]:
    backwards = "before" in request.args
    token = request.args.get("before" if backwards else "after")
    return (None, False) if token is None else (_open(token, order), backwards)


def _turn(direction: str, listing: Listing, one: Any) -> str:
    values = [_tagged(getattr(one, column.key)) for column in listing.order]
    token = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    return _here(**{direction: token})


def _tagged(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, UUID):
        return ["u", str(value)]
    return ["n" if isinstance(value, int) else "s", value if isinstance(value, int) else str(value)]


_TAGS = {datetime: "t", date: "d", UUID: "u", int: "n"}
_OPENERS: dict[str, Callable[[Any], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "n": int,
    "s": str,
}


def _open(token: str, order: Sequence[Any]) -> list[Any]:
    """A cursor made by hand, or of another list, is a bad request, not an error of ours."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        values = [_OPENERS[tag](value) for tag, value in parts]
    except (ValueError, TypeError, KeyError, RecursionError):
        abort(400)
    if [_tagged(value)[0] for value in values] != [_TAGS.get(column.type.python_type, "s") for column in order]:
        abort(400)
    if any(_is_beyond_storing(value) for value in values):
        abort(400)
    return values


def _is_beyond_storing(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None
    return abs(value) >= 2**63 if isinstance(value, int) else "\0" in str(value)


def _here(**changes: str) -> str:
    """This address with other paging or format; the filters stay."""
    kept = {k: v for k, v in request.args.to_dict(flat=False).items() if k not in ("after", "before", "format")}
    values: dict[str, Any] = {**(request.view_args or {}), **kept, **changes}
    return url_for(str(request.endpoint), **values)


def _file(listing: Listing, reach: Reach, filters: Form, wanted: str) -> Response:
    if wanted not in ("xlsx", "csv", "print"):
        abort(404)
    found = _page(listing, reach, filters.data, None, False, EXPORT_ROWS)
    headings = [str(column.label) for column in listing.columns]
    if wanted == "print":
        rows = [_row(listing, one) for one in found]
        paper = render_template("ui/print_listing.html", listing=listing, rows=rows, at=clock.now())
        return Response(paper, mimetype="text/html")
    table = [[_plain(column, column.value(one)) for column in listing.columns] for one in found]
    name = f"{listing.title}-{clock.local(clock.now()):%Y%m%d-%H%M}"
    return export.xlsx(name, headings, table) if wanted == "xlsx" else export.csv(name, headings, table)


def _plain(column: Column, value: Any) -> Any:
    """Numbers and days stay what they are in a spreadsheet; moments become district wall-clock times."""
    if column.words and value is not None:
        return str(column.words(value))
    return clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value
