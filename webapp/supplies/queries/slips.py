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
from webapp.supplies.models import Item, Lot, Move, Slip
from webapp.supplies.queries.items import measures_of
from webapp.supplies.rules import Measure

SLIP_ORDER = (Slip.occurred_at, Slip.id)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A move as it stands on paper. `sign` is -1 for what left the slip's warehouse."""

    line_no: int
    item: Item
    lot: str
    made_on: date | None
    expires_on: date | None
    quantity: int
    measure: Measure
    sign: int


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
    """The moves of a slip with their lots and items, line by line."""
    query = select(Move, Lot, Item).join(Lot, Lot.id == Move.lot_id).join(Item, Item.id == Move.item_id)
    return db.session.execute(query.where(Move.slip_id == slip_id).order_by(Move.line_no)).all()


def lines_of(slip: Slip) -> Sequence[SlipLine]:
    return [_line(slip, move, lot, item) for move, lot, item in moves_of(slip.id)]


def recent_slips(reach: Reach, place_id: UUID | None, limit: int = 6) -> Sequence[Slip]:
    """The last slips of a warehouse, newest first."""
    query = select_slips(reach, {}).where(or_(Slip.place_id == place_id, Slip.other_id == place_id))
    return db.session.scalars(query.order_by(Slip.occurred_at.desc(), Slip.id.desc()).limit(limit)).all()


def _line(slip: Slip, move: Move, lot: Lot, item: Item) -> SlipLine:
    measures = {measure.key: measure for measure in measures_of(item)}
    measure = measures.get(move.measure, measures["base"])
    sign = -1 if move.from_id == slip.place_id else 1
    return SlipLine(move.line_no, item, lot.number, lot.made_on, lot.expires_on, move.quantity, measure, sign)
