"""Counting the rows of a list by day, place and unit, each in one statement, whatever the number of groups."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, cast, func, literal, null, select, union_all

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.listing.declaration import Axes


class Part(NamedTuple):
    """The number of the rows of one place and unit, and of one key, such as a day, if it was counted by such."""

    place_id: UUID | None
    unit_id: UUID | None
    number: int
    key: Any = None


def by_day(query: Select[Any], axes: Axes, amount: Any, days: Sequence[date]) -> dict[date, int]:
    """The sum of `amount` over the rows of each day, in the order of `days`; a row may belong to several days."""
    counted = dict(_sums(query, axes, amount, (), days))
    return {day: counted.get(day, 0) for day in days}


def parts(query: Select[Any], axes: Axes, amount: Any, days: Sequence[date] = ()) -> list[Part]:
    """The sums of `amount` by place and unit, and by day if there are `days`; without zeros."""
    place, unit = (cast(null(), Uuid) if axis is None else axis for axis in (axes.place, axes.unit))
    of_row = place.label("place_id"), unit.label("unit_id")
    rows = _sums(query, axes, amount, of_row, days)
    return [Part(row[0], row[1], row[-1], row[2] if days else None) for row in rows]


def _sums(
    query: Select[Any], axes: Axes, amount: Any, of_row: tuple[Any, ...], days: Sequence[date]
) -> list[tuple[Any, ...]]:
    """The sums by the values `of_row` and, if there are `days`, by day: (*values, [day], sum)."""
    query = query.order_by(None)
    if days:
        assert axes.on is not None
        calendar = _calendar(days)
        query, of_row = query.join(calendar, axes.on(calendar.c)), (*of_row, calendar.c.day)
    rows = query.with_only_columns(*of_row, amount.label("amount")).subquery()
    values = [column for column in rows.c if column.name != "amount"]
    sums = db.session.execute(select(*values, func.sum(rows.c.amount)).group_by(*values))
    return [(*row[:-1], int(row[-1])) for row in sums]


def _calendar(days: Sequence[date]) -> Any:
    """A table of days: `day`, its first moment `begins` and that of the next one, `ends`."""

    def row(day: date) -> Select[date, datetime, datetime]:
        begins, ends = (literal(moment, UtcDateTime()) for moment in clock.day_bounds(day))
        return select(literal(day, Date()).label("day"), begins.label("begins"), ends.label("ends"))

    return union_all(*map(row, days)).subquery("calendar")
