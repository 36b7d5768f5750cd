"""Counting the rows of a list: exact up to a limit, so that the cost does not grow with the list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select

from webapp.extensions import db

COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of `column` over all rows of a list; `words(sum)` gives its text."""

    column: Any
    words: Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Count:
    """The number of `rows`; COUNTED if there `is_more`. `sum` and its text `total` are set if all rows were counted."""

    rows: int
    is_more: bool = False
    total: str = ""
    sum: int | None = None


def count(query: Select[Any], total: Total | None = None, most: int = COUNTED) -> Count:
    """Count the rows of a query up to `most`."""
    summed = literal(0) if total is None else total.column
    bounded = _only(query, summed.label("summed")).limit(most + 1).subquery()
    counts = db.session.execute(select(func.count(), func.coalesce(func.sum(bounded.c.summed), 0)).select_from(bounded))
    rows, sum_ = counts.one()
    if rows > most:
        return Count(most, is_more=True)
    return Count(rows, total=str(total.words(int(sum_))), sum=int(sum_)) if total and rows else Count(rows)


def exact(query: Select[Any]) -> int:
    """The exact number of rows of a query: for figures of a day and for rare actions."""
    rows = _only(query, literal(1).label("row")).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def summed(query: Select[Any], total: Total) -> int:
    """The exact sum of a list's total over all rows of a query."""
    rows = _only(query, total.column.label("summed")).subquery()
    return int(db.session.scalar(select(func.coalesce(func.sum(rows.c.summed), 0))) or 0)


def _only(query: Select[Any], column: Any) -> Select[Any]:
    """The query with one column, of its own tables also where no condition names one of them."""
    return query.order_by(None).with_only_columns(column, maintain_column_froms=True)
