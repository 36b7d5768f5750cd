"""Requests for a list: its page or fragment, or the file or print view of `?format=`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel.access import Reach
from webapp.kernel.forms import Form
from webapp.kernel.htmx import respond
from webapp.kernel.listing import cursors, files, rows
from webapp.kernel.listing.counting import Count, count
from webapp.kernel.listing.declaration import Column, Listing, Row
from webapp.kernel.listing.sorting import Heading, headings, sorted_by

PAGE = 50


@dataclass(frozen=True, slots=True)
class View:
    """The data that `ui/listing.html` draws."""

    id: str
    title: str
    columns: Sequence[Column]
    headings: list[tuple[Heading, str | None]]
    sort: str | None
    rows: list[Row]
    count: Count
    filters: Form
    is_filtered: bool
    next_url: str | None
    previous_url: str | None
    exports: list[tuple[str, str, str]]
    empty_title: str
    empty_text: str


@dataclass(frozen=True, slots=True)
class _Page:
    rows: list[Any]
    has_previous: bool
    has_next: bool


def show(listing: Listing, reach: Reach, **context: Any) -> Response:
    """Answer a GET of a list: page or fragment, or the file or print view of `?format=`.

    An invalid filter is shown with its error: 422 and no rows.
    """
    filters = listing.filters(MultiDict(request.args), reach=reach)
    listing = sorted_by(listing, request.args.get("sort"))
    is_good = filters.validate()
    format_ = request.args.get("format")
    if is_good and format_:
        return files.answer(listing, listing.select(reach, filters.data), format_)
    view = _view(listing, reach, filters, is_good)
    block = listing.id.replace("-", "_")
    return respond(listing.template, block, 200 if is_good else 422, view=view, **listing.extra(), **context)


def rows_of(listing: Listing, reach: Reach, filters: dict[str, Any], limit: int) -> list[Row]:
    """The first rows, for a panel beside a form."""
    return rows.written(listing, rows.page(listing, listing.select(reach, filters), None, False, limit))


def _view(listing: Listing, reach: Reach, filters: Form, is_good: bool) -> View:
    query = listing.select(reach, filters.data) if is_good else None
    page = _page(listing, query) if query is not None else _Page([], False, False)
    return View(
        id=listing.id,
        title=str(listing.title),
        columns=listing.columns,
        headings=[(head, _here(sort=head.sort) if head.sort else None) for head in headings(listing)],
        sort=request.args.get("sort"),
        rows=rows.written(listing, page.rows),
        count=_count(listing, query, page),
        filters=filters,
        is_filtered=any(filters.data.values()),
        next_url=_turn("after", listing, page.rows[-1]) if page.rows and page.has_next else None,
        previous_url=_turn("before", listing, page.rows[0]) if page.rows and page.has_previous else None,
        exports=[(kind, words, _here(format=kind)) for kind, words in files.offered(listing)],
        empty_title=str(listing.empty_title),
        empty_text=str(listing.empty_text),
    )


def _page(listing: Listing, query: Select[Any]) -> _Page:
    backwards = "before" in request.args
    token = request.args.get("before" if backwards else "after")
    key = None if token is None else cursors.opened(token, listing.order)
    backwards = backwards and key is not None
    page = rows.page(listing, query, key, backwards, PAGE + 1)
    has_more, page = len(page) > PAGE, page[:PAGE]
    if backwards:
        return _Page(page[::-1], has_previous=has_more, has_next=True)
    return _Page(page, has_previous=key is not None, has_next=has_more)


def _count(listing: Listing, query: Select[Any] | None, page: _Page) -> Count:
    """The count of a list. A list of one page is counted by its rows, unless it has a total to sum."""
    if query is None or not page.rows:
        return Count(0)
    if listing.total is None and not page.has_previous and not page.has_next:
        return Count(len(page.rows))
    return count(query, listing.total)


def _turn(direction: str, listing: Listing, row: Any) -> str:
    return _here(**{direction: cursors.written(cursors.key_of(row, listing.order))})


def _here(**changes: str) -> str:
    """The present address with other paging or format and the same filters."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] not in ("after", "before", "format", *changes)]
    return f"{request.path}?{urlencode([*kept, *changes.items()])}"
