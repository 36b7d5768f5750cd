"""Conditions of filters that many lists have, from what their forms hold. Places and units: their features' queries."""

from typing import Any

from sqlalchemy import ColumnElement

from webapp.kernel import clock


def period(column: Any, filters: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """A moment within the district days from `since` to `until`, both included; either may be left open."""
    since, until = filters.get("since"), filters.get("until")
    begins = (column >= clock.day_bounds(since)[0],) if since else ()
    ends = (column < clock.day_bounds(until)[1],) if until else ()
    return (*begins, *ends)
