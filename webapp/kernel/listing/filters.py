"""Query conditions of filters that many lists share; those of places and units are in their features' queries."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_

from webapp.kernel import clock

NONE = "-"  # of the filters `place` and `unit`: rows without one


def period(column: Any, filters: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The conditions for a moment within the district days `since` to `until`, both included and both optional."""
    since, until = filters.get("since"), filters.get("until")
    begins = (column >= clock.day_bounds(since)[0],) if since else ()
    ends = (column < clock.day_bounds(until)[1],) if until else ()
    return (*begins, *ends)


def on_day(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    """The same condition for one day of a table of days (`listing.Axes`)."""
    return lambda day: and_(column >= day.begins, column < day.ends)
