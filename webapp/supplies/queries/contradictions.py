"""Shelves to be counted because a slip from the field contradicts the book or happened during a count."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, null, or_, select, true

from webapp.extensions import db
from webapp.kernel.access import Reach
from webapp.kernel.figures import Parts, added_up
from webapp.kernel.listing import Part
from webapp.places import queries as places
from webapp.places.queries import at_place, visible_places
from webapp.places.rules import PlaceKind
from webapp.supplies.models import Item, Lot, Move, Slip, StockCount
from webapp.supplies.rules import Reason

MOST = 200
Filters = Mapping[str, Any]
NOTHING: Filters = MappingProxyType({})
_UNDO = Slip.__table__.alias("undo")
_COUNT, _COUNTING = StockCount.__table__.alias("later_count"), Slip.__table__.alias("counting")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A shelf to be counted, with the slip that is the reason. `missing` steps left it beyond the book."""

    place_id: UUID
    place: str
    item: Item
    lot: str
    expires_on: date | None
    slip_id: UUID
    number: str
    happened_at: datetime
    missing: int | None  # None: it moved during the count


def to_count(reach: Reach, filters: Filters = NOTHING) -> list[Suspect]:
    """The shelves without a later count, of the warehouses within reach and of the actor's own slips, narrowed by the
    filters `place` and `unit`. Of each of the two reasons, the MOST oldest ones.
    """
    rows = [row for query in _queries(reach, filters) for row in db.session.execute(query.limit(MOST))]
    if not rows:
        return []
    names = places.names({row.place_id for row in rows})
    items = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_({r.item_id for r in rows})))}
    lots = {lot.id: lot for lot in db.session.scalars(select(Lot).where(Lot.id.in_({row.lot_id for row in rows})))}
    return [
        Suspect(
            row.place_id,
            names[row.place_id],
            items[row.item_id],
            lots[row.lot_id].number,
            lots[row.lot_id].expires_on,
            row.id,
            row.number,
            row.stands_at,
            row.missing,
        )
        for row in sorted(rows, key=lambda row: row.stands_at)
    ]


def count_to_count(reach: Reach, filters: Filters = NOTHING) -> int:
    """The number of all rows, including those that `to_count` omits."""
    queries = (query.order_by(None).subquery() for query in _queries(reach, filters))
    return sum(db.session.scalar(select(func.count()).select_from(query)) or 0 for query in queries)


def parts_to_count(reach: Reach, filters: Filters) -> Parts:
    """The same by warehouse and its unit."""
    rows = []
    for query in _queries(reach, filters):
        of = query.order_by(None).subquery().c
        unit_id = places.unit_of(of.place_id).label("unit_id")
        numbers = select(of.place_id, unit_id, func.count()).group_by(of.place_id)
        rows += [Part(*row) for row in db.session.execute(numbers)]
    return Parts(rows, added_up)


def listed_to_count(reach: Reach, filters: Filters) -> tuple[list[Suspect], int]:
    """The rows of `to_count` and the number of all, which is counted only where some may be omitted."""
    rows = to_count(reach, filters)
    return rows, len(rows) if len(rows) < MOST else count_to_count(reach, filters)


def _queries(reach: Reach, filters: Filters) -> list[Any]:
    """The queries of the two reasons. Without a disturbed count, of which there are few, the second has no rows; with
    the lots of those counts an index leads to their moves, whatever the database thinks of their number.
    """
    lots = db.session.scalars(select(StockCount.lot_id).where(StockCount.is_disturbed).distinct()).all()
    return [_short(reach, filters), *([_during(reach, lots, filters)] if lots else [])]


def contradicts(slip_id: UUID) -> bool:
    """Whether this slip took more than the book had, so that its shelves await a count."""
    return db.session.execute(_short(None).where(Slip.id == slip_id).limit(1)).first() is not None


def settled_by(slip: Slip) -> Sequence[Slip]:
    """The counts that absorb a slip: the first one after it on each of its shelves."""
    touched = select(Move.lot_id).where(Move.event_id == slip.id)
    ends = [place_id for place_id in (slip.place_id, slip.other_id) if place_id]
    query = select(StockCount.lot_id, StockCount.place_id, Slip).join(Slip, Slip.id == StockCount.slip_id)
    query = query.where(StockCount.lot_id.in_(touched), StockCount.place_id.in_(ends), ~was_undone(Slip))
    query = query.where(_stands_after(Slip, slip.stands_at, slip.id)).order_by(Slip.stands_at, Slip.id)
    first: dict[tuple[UUID, UUID], Slip] = {}
    for lot_id, place_id, count in db.session.execute(query):
        first.setdefault((lot_id, place_id), count)
    return list({count.id: count for count in first.values()}.values())


def _short(reach: Reach | None, filters: Filters = NOTHING) -> Any:
    """Slips that took more than the book had, as far as the present slips show."""
    difference = places.find_counterpart(PlaceKind.DIFFERENCE)
    place_id = func.coalesce(func.nullif(Move.from_id, difference), Move.to_id)
    missing = func.sum(case((Move.from_id == difference, Move.quantity), else_=-Move.quantity))
    parts = (Slip.id, Slip.number, Slip.stands_at, Move.item_id, Move.lot_id)
    query = select(*parts, place_id.label("place_id"), cast(missing, BigInteger).label("missing"))
    query = query.join(Slip, Slip.id == Move.event_id).where(
        Move.reason == Reason.SHORTFALL,
        _is_mine(place_id, reach) if reach else true(),
        *at_place(place_id, filters),
        ~_is_counted_after(Move.lot_id, place_id, Slip.stands_at, Slip.id),
    )
    return query.group_by(*parts, place_id).having(missing > 0).order_by(Slip.stands_at)


def _during(reach: Reach, lot_ids: Collection[UUID], filters: Filters) -> Any:
    """Late slips that happened between the opening of a count's line and the count, of marked counts of these lots."""
    counting = _COUNTING.c
    parts = (Slip.id, Slip.number, Slip.stands_at, Move.item_id, Move.lot_id)
    query = select(*parts, StockCount.place_id, null().label("missing")).distinct().select_from(StockCount)
    query = query.join(_COUNTING, counting.id == StockCount.slip_id).join(Move, Move.lot_id == StockCount.lot_id)
    query = query.join(Slip, Slip.id == Move.event_id).where(
        StockCount.is_disturbed,
        Move.lot_id.in_(lot_ids),
        moved_at(StockCount.place_id, Slip),
        Move.stands_at >= StockCount.begun_at,
        Move.stands_at < counting.stands_at,
        Slip.received_at > counting.received_at,
        _is_mine(StockCount.place_id, reach),
        *at_place(StockCount.place_id, filters),
    )
    return query.order_by(Slip.stands_at)


def moved_at(place_id: Any, slip: Any) -> ColumnElement[bool]:
    """The condition that a slip from the field moved goods into or out of this warehouse."""
    ends = or_(Move.from_id == place_id, Move.to_id == place_id)
    return and_(slip.is_late, Move.is_fix.is_(False), ends, ~was_undone(slip))


def _is_mine(place_id: Any, reach: Reach) -> ColumnElement[bool]:
    return or_(place_id.in_(visible_places(reach)), Slip.person_id == reach.actor.id)


def _is_counted_after(lot_id: Any, place_id: Any, at: Any, slip_id: Any) -> ColumnElement[bool]:
    """The condition that the shelf has a later count."""
    count, slip = _COUNT.c, _COUNTING.c
    query = exists().where(count.lot_id == lot_id, count.place_id == place_id, slip.id == count.slip_id)
    return query.where(_stands_after(slip, at, slip_id), ~was_undone(slip))


def _stands_after(slip: Any, at: Any, slip_id: Any) -> ColumnElement[bool]:
    return or_(slip.stands_at > at, and_(slip.stands_at == at, slip.id > slip_id))


def was_undone(slip: Any) -> ColumnElement[bool]:
    """The condition that the slip was undone at its own position (older undos have a time of their own)."""
    undo = _UNDO.c
    is_of_slip = undo.reverses_id == slip.id, undo.stands_at == slip.stands_at
    return exists().where(*is_of_slip).correlate_except(_UNDO)
