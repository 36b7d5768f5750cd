"""Sorting a list by one of its columns, with `?sort=code` or, largest first, `?sort=-code`."""

from dataclasses import dataclass, replace

from flask import abort

from webapp.kernel.listing.declaration import Column, Listing


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: the `direction` if the list is sorted by it, and the `sort` parameter of the next click."""

    column: Column
    direction: str | None = None
    sort: str | None = None


def sorted_by(listing: Listing, sort: str | None) -> Listing:
    """The list with another order, its own order as tie-breaker. Aborts with 400 for a column that cannot be sorted."""
    if not sort:
        return listing
    code = sort.removeprefix("-")
    by = next((column.sort for column in listing.columns if column.code == code), None) or abort(400)
    rest = [column for column in listing.order if column.key != by.key or column.class_ is not by.class_]
    return replace(listing, order=(by, *rest), descending=sort.startswith("-"))


def headings(listing: Listing) -> list[Heading]:
    """The headings of a list in its present order."""
    return [_heading(listing, column) for column in listing.columns]


def _heading(listing: Listing, column: Column) -> Heading:
    if column.sort is None:
        return Heading(column)
    first = listing.order[0]
    if (first.class_, first.key) != (column.sort.class_, column.sort.key):
        return Heading(column, None, column.code)
    if listing.descending:
        return Heading(column, "descending", column.code)
    return Heading(column, "ascending", f"-{column.code}")
