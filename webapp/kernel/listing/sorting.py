"""Another order of a list: by one of its columns, as `?sort=` says it: `code`, or `-code` for the largest first."""

from dataclasses import dataclass, replace

from flask import abort

from webapp.kernel.listing.declaration import Column, Listing


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: in which `direction` the list is sorted by it, and `sort` for the other one where it can be."""

    column: Column
    direction: str | None = None
    sort: str | None = None


def sorted_by(listing: Listing, wanted: str | None) -> Listing:
    """The list in the wanted order; its own order decides among equals. 400 for a column that is not sorted by."""
    if not wanted:
        return listing
    code = wanted.removeprefix("-")
    by = next((column.sort for column in listing.columns if column.code == code), None) or abort(400)
    rest = [column for column in listing.order if column.key != by.key or column.class_ is not by.class_]
    return replace(listing, order=(by, *rest), descending=wanted.startswith("-"))


def headings(listing: Listing) -> list[Heading]:
    """The heads of a list as it is sorted now."""
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
