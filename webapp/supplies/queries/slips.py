"""Slips and their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.parse.codes import lot_key
from webapp.places.queries import visible_places
from webapp.supplies.models import Item, Lot, Move, Slip, StockCount
from webapp.supplies.queries.items import measures_of
from webapp.supplies.rules import Measure, SlipKind

SLIP_ORDER = (Slip.occurred_at, Slip.id)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A line as it stands on paper, quantities in steps. `sign` is -1 for what left the slip's warehouse.

    `difference` is of a count: what was found less the book.
    """

    item: Item
    lot: str
    made_on: date | None
    expires_on: date | None
    quantity: int
    measure: Measure
    sign: int = 1
    difference: int | None = None


def select_slips(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The slips of the warehouses in reach, incoming transfers included."""
    places = visible_places(reach)
    query = select(Slip).where(or_(Slip.place_id.in_(places), Slip.other_id.in_(places)))
    if kind := filters.get("kind"):
        query = query.where(Slip.kind == kind)
    if words := filters.get("q"):
        query = query.where(
            or_(
                Slip.number.contains(lot_key(words), autoescape=True),
                Slip.counterparty.icontains(words, autoescape=True),
                Slip.document.icontains(words, autoescape=True),
            )
        )
    if since := filters.get("since"):
        query = query.where(Slip.occurred_at >= clock.day_bounds(since)[0])
    if until := filters.get("until"):
        query = query.where(Slip.occurred_at < clock.day_bounds(until)[1])
    return query


def find_slip(slip_id: UUID | None, reach: Reach) -> Slip | None:
    """The slip, if it is in reach."""
    if slip_id is None:
        return None
    return db.session.scalars(select_slips(reach, {}).where(Slip.id == slip_id)).one_or_none()


def undone_by(slip_id: UUID) -> Slip | None:
    """The slip that reverses this one."""
    return db.session.scalars(select(Slip).where(Slip.reverses_id == slip_id)).one_or_none()


def moves_of(slip_id: UUID) -> Sequence[Any]:
    """The moves a slip says, with their lots and items, line by line; not the corrections it made necessary."""
    query = select(Move, Lot, Item).join(Lot, Lot.id == Move.lot_id).join(Item, Item.id == Move.item_id)
    return db.session.execute(query.where(Move.slip_id == slip_id, Move.is_fix.is_(False)).order_by(Move.line_no)).all()


def lines_of(slip: Slip) -> Sequence[SlipLine]:
    """The lines of a slip; of a count every lot that was counted, with its difference as it is known now."""
    if slip.kind is SlipKind.COUNT:
        return _counted_lines(slip)
    return [
        _line(item, lot, move.quantity, move.measure, sign=-1 if move.from_id == slip.place_id else 1)
        for move, lot, item in moves_of(slip.id)
    ]


def _counted_lines(slip: Slip) -> Sequence[SlipLine]:
    fixes = fixes_of(slip)
    query = select(StockCount, Lot, Item).join(Lot, Lot.id == StockCount.lot_id)
    query = query.join(Item, Item.id == StockCount.item_id).where(StockCount.slip_id == slip.id)
    rows = db.session.execute(query.order_by(Item.code, Lot.number))
    return [
        _line(item, lot, count.counted, count.measure, difference=fixes.get((lot.id, count.place_id), 0))
        for count, lot, item in rows
    ]


def fixes_of(slip: Slip) -> dict[tuple[UUID, UUID], int]:
    """The correction that stands with a slip on each shelf (lot, warehouse), in steps; 0 is left out."""
    query = select(Move.lot_id, Move.from_id, Move.to_id, Move.quantity)
    sums: dict[tuple[UUID, UUID], int] = {}
    for lot_id, from_id, to_id, quantity in db.session.execute(
        query.where(Move.event_id == slip.id, Move.is_fix.is_(True))
    ):
        for place_id, steps in ((from_id, -quantity), (to_id, quantity)):
            if place_id in (slip.place_id, slip.other_id):
                sums[lot_id, place_id] = sums.get((lot_id, place_id), 0) + steps
    return {shelf: steps for shelf, steps in sums.items() if steps}


def recent_slips(reach: Reach, place_id: UUID | None, limit: int = 6) -> Sequence[Slip]:
    """The last slips of a warehouse, newest first."""
    query = select_slips(reach, {}).where(or_(Slip.place_id == place_id, Slip.other_id == place_id))
    return db.session.scalars(query.order_by(Slip.occurred_at.desc(), Slip.id.desc()).limit(limit)).all()


def _line(item: Item, lot: Lot, steps: int, measure_key: str, **more: int) -> SlipLine:
    measures = {measure.key: measure for measure in measures_of(item)}
    measure = measures.get(measure_key, measures["base"])
    return SlipLine(item, lot.number, lot.made_on, lot.expires_on, steps, measure, **more)
