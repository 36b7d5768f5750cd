"""The effect of a write on the counts of its shelves: their differences, and the mark for moves during a count."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.supplies.models import Move, Slip, StockCount
from webapp.supplies.queries.contradictions import moved_at, was_undone
from webapp.supplies.service.differences import LotOfCount
from webapp.supplies.service.shelves import Book, Shelf


def differences_of_counts(books: Mapping[Shelf, Book]) -> dict[LotOfCount, int]:
    """The lots of counts whose difference changes, with the new difference in steps."""
    return {
        (event.slip, shelf.lot_id): event.fix + change
        for shelf, book in books.items()
        for event, change in book.changes
        if event.counted is not None
    }


def mark_disturbed(shelves: Collection[Shelf]) -> None:
    """Mark the latest count of each shelf if a late slip moved goods during it.

    A count absorbs everything before it, so only the latest one that was not undone can be marked.
    """
    clear_disturbed(shelves)
    latest = _counts_from_latest(shelves).subquery()
    late = aliased(Slip)
    query = select(latest.c.slip_id, latest.c.lot_id).distinct().join(Move, Move.lot_id == latest.c.lot_id)
    query = query.join(late, late.id == Move.event_id).where(
        latest.c.rank == 1,
        moved_at(latest.c.place_id, late),
        Move.stands_at >= latest.c.begun_at,
        Move.stands_at < latest.c.stands_at,
        late.received_at > latest.c.received_at,
    )
    for slip_id, lot_id in db.session.execute(query).all():
        mine = (StockCount.slip_id == slip_id, StockCount.lot_id == lot_id)
        db.session.execute(update(StockCount).where(*mine).values(is_disturbed=True))


def clear_disturbed(shelves: Collection[Shelf]) -> None:
    """Remove the marks of all counts of these shelves."""
    mine = _mine(shelves)
    db.session.execute(update(StockCount).where(*mine, StockCount.is_disturbed).values(is_disturbed=False))


def _counts_from_latest(shelves: Collection[Shelf]) -> Any:
    shelf = (StockCount.lot_id, StockCount.place_id)
    rank = func.row_number().over(partition_by=shelf, order_by=(Slip.stands_at.desc(), Slip.id.desc()))
    query = select(
        *shelf, StockCount.slip_id, StockCount.begun_at, Slip.stands_at, Slip.received_at, rank.label("rank")
    )
    return query.join(Slip, Slip.id == StockCount.slip_id).where(*_mine(shelves), ~was_undone(Slip))


def _mine(shelves: Collection[Shelf]) -> tuple[Any, ...]:
    """The condition for the shelves of an act: all of its lots in all of its (one or two) warehouses."""
    lots, places = {shelf.lot_id for shelf in shelves}, {shelf.place_id for shelf in shelves}
    return StockCount.lot_id.in_(lots), StockCount.place_id.in_(places)
