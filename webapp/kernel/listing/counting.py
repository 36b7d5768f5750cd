"""How many rows a list holds: exactly up to a bound, so that the cost does not grow with the list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select

from webapp.extensions import db

COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over all rows of a list: `words(sum)` says it, `column` is summed."""

    column: Any
    words: Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Count:
    """`rows` of a list, or COUNTED where there `is_more`; its `sum`, and that in words, where all of it was counted."""

    rows: int
    is_more: bool = False
    total: str = ""
    sum: int | None = None


def count(query: Select[Any], total: Total | None = None, most: int = COUNTED) -> Count:
    """Count the rows of a query up to `most`."""
    summed = literal(0) if total is None else total.column
    bounded = query.order_by(None).with_only_columns(summed.label("summed")).limit(most + 1).subquery()
    found = db.session.execute(select(func.count(), func.coalesce(func.sum(bounded.c.summed), 0)).select_from(bounded))
    rows, sum_ = found.one()
    if rows > most:
        return Count(most, is_more=True)
    return Count(rows, total=str(total.words(int(sum_))), sum=int(sum_)) if total and rows else Count(rows)


def exact(query: Select[Any]) -> int:
    """The number of rows of a query, however many: for figures of a day, and for what is done rarely."""
    rows = query.order_by(None).with_only_columns(literal(1).label("row")).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def summed(query: Select[Any], total: Total) -> int:
    """The sum that a list says of all rows of a query, however many."""
    rows = query.order_by(None).with_only_columns(total.column.label("summed")).subquery()
    return int(db.session.scalar(select(func.coalesce(func.sum(rows.c.summed), 0))) or 0)
