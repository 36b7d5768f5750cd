"""Slips and their lines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.queries import name_of as person_name
from webapp.extensions import db
from webapp.kernel.access import Reach
from webapp.kernel.database import connection
from webapp.kernel.listing.filters import period
from webapp.kernel.parse.codes import lot_key
from webapp.places.queries import at_place, visible_places
from webapp.places.queries import name_of as place_name
from webapp.supplies.models import Item, Lot, Move, Slip, StockCount
from webapp.supplies.queries.articles import AnyItem, find_items
from webapp.supplies.queries.items import measures_of
from webapp.supplies.rules import Measure, SlipKind

SLIP_ORDER = (Slip.occurred_at, Slip.id)
_NAMED = aliased(Slip)  # apart from the slips that a query asks for


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A line of a document, quantities in steps. `sign` is -1 for goods that left the slip's warehouse.

    `difference` is the counted quantity minus the book, for a count.
    """

    item: AnyItem
    lot: str
    made_on: date | None
    expires_on: date | None
    quantity: int
    measure: Measure
    sign: int = 1
    difference: int | None = None


UNEXPLAINED = "unexplained"  # counts far from the book without a reason


def select_slips(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The slips of the warehouses within reach, including incoming transfers; the filters `place` and `unit` are of the
    warehouse that wrote the slip.
    """
    places = visible_places(reach)
    query = select(Slip).where(or_(Slip.place_id.in_(places), Slip.other_id.in_(places)))
    if kind := filters.get("kind"):
        query = query.where(Slip.kind == kind)
    if words := filters.get("q"):
        query = query.where(
            or_(
                Slip.number.contains(lot_key(words), autoescape=True),
                Slip.document.icontains(words, autoescape=True),
            )
        )
    if filters.get("difference") == UNEXPLAINED:
        query = query.where(Slip.id.in_(select(StockCount.slip_id).where(StockCount.wants_reason)))
    return query.where(*period(Slip.occurred_at, filters), *at_place(Slip.place_id, filters))


# What the list and its files show of a slip.
OF_SLIP: tuple[Any, ...] = (
    Slip.id,
    Slip.number,
    Slip.kind,
    Slip.occurred_at,
    Slip.place_id,
    Slip.other_id,
    place_name(Slip.place_id).label("place_name"),
    place_name(Slip.other_id).label("other_name"),
    Slip.counterparty,
    Slip.reason,
    Slip.document,
    person_name(Slip.person_id).label("person_name"),
)


def newest_slips(words: str, reach: Reach, most: int) -> Sequence[Slip]:
    """The newest slips within reach whose number or document contains the words."""
    query = select_slips(reach, {"q": words}).order_by(Slip.occurred_at.desc(), Slip.id).limit(most)
    return db.session.scalars(query).all()


def find_slip(slip_id: UUID | None, reach: Reach) -> Slip | None:
    """The slip, if it is within reach."""
    if slip_id is None:
        return None
    return db.session.scalars(select_slips(reach, {}).where(Slip.id == slip_id)).one_or_none()


def find_by_number(number: str) -> Slip | None:
    """The slip with this number, regardless of reach."""
    return db.session.scalars(select(Slip).where(Slip.number == number.upper())).one_or_none()


def number_of(column: Any) -> ScalarSelect[str]:
    """The number of a row's slip, for the rows of a list; `column` holds the slip's id."""
    return select(_NAMED.number).where(_NAMED.id == column).scalar_subquery()


def unexplained() -> Select[UUID]:
    """The counts whose large differences nobody has explained yet."""
    return select(StockCount.slip_id).where(StockCount.wants_reason)


def wants_reason(slip_id: UUID) -> bool:
    """Whether a lot of this count is far from the book without a reason."""
    wanting = exists().where(StockCount.slip_id == slip_id, StockCount.wants_reason)
    return bool(db.session.scalar(select(wanting)))


def undone_by(slip_id: UUID) -> Slip | None:
    """The slip that reverses this one."""
    return db.session.scalars(select(Slip).where(Slip.reverses_id == slip_id)).one_or_none()


def moves_of(slip_id: UUID) -> Sequence[Any]:
    """The moves of a slip with their lots and items, line by line, without corrections."""
    return db.session.execute(_moves([slip_id])).all()


def lines_of(slip: Slip) -> Sequence[SlipLine]:
    """The lines of a slip; for a count all counted lots with their present differences."""
    return [line for _slip, line in lines_of_each([slip])]


def lines_of_each(slips: Sequence[Any]) -> list[tuple[Any, SlipLine]]:
    """The lines of these slips, in the same order, with a fixed number of queries."""
    by_id: dict[UUID, list[SlipLine]] = {slip.id: [] for slip in slips}
    counts = [slip for slip in slips if slip.kind is SlipKind.COUNT]
    sources = {slip.id: slip.place_id for slip in slips if slip.kind is not SlipKind.COUNT}
    moves = db.session.execute(_moved(sources)).all() if sources else ()
    shelves = db.session.execute(_counts(counts)).all() if counts else ()
    items = find_items(row.item_id for row in (*moves, *shelves))
    measures = {item.id: _measures(item) for item in items.values()}
    for row in moves:
        sign = -1 if row.from_id == sources[row.slip_id] else 1
        by_id[row.slip_id].append(_line(items[row.item_id], row, row.quantity, measures[row.item_id], sign=sign))
    fixes = _fixes(counts)
    for row in shelves:
        difference = fixes.get((row.slip_id, row.lot_id, row.place_id), 0)
        by_id[row.slip_id].append(
            _line(items[row.item_id], row, row.counted, measures[row.item_id], difference=difference)
        )
    return [(slip, line) for slip in slips for line in by_id[slip.id]]


def differences_of(count: Slip) -> dict[UUID, int]:
    """The counted quantity minus the book, in steps, by lot, without zeros."""
    return {lot_id: steps for (_slip_id, lot_id, _place_id), steps in _fixes([count]).items()}


def missing_of(slip: Slip) -> Sequence[SlipLine]:
    """The quantities that a slip took beyond the book, by lot."""
    fixes = {} if slip.kind is SlipKind.COUNT else _fixes([slip])
    lots = {lot_id for _slip_id, lot_id, _place_id in fixes}
    query = select(Lot, Item).join(Item, Item.id == Lot.item_id).where(Lot.id.in_(lots)).order_by(Item.code, Lot.number)
    rows = db.session.execute(query).all() if lots else ()
    sums = {lot_id: sum(steps for key, steps in fixes.items() if key[1] == lot_id) for lot_id in lots}
    lines = ((item, lot, sums[lot.id], _measures(item)["base"]) for lot, item in rows)
    return [SlipLine(item, lot.number, lot.made_on, lot.expires_on, steps, base) for item, lot, steps, base in lines]


def _fixes(slips: Sequence[Any]) -> dict[tuple[UUID, UUID, UUID], int]:
    """The corrections at the positions of these slips, in steps, by (slip, lot, warehouse), without zeros."""
    ends = {slip.id: (slip.place_id, slip.other_id) for slip in slips}
    query = select(Move.event_id, Move.lot_id, Move.from_id, Move.to_id, Move.quantity)
    query = query.where(Move.event_id.in_(ends), Move.is_fix.is_(True))
    sums: dict[tuple[UUID, UUID, UUID], int] = {}
    for slip_id, lot_id, from_id, to_id, quantity in db.session.execute(query) if ends else ():
        for place_id, steps in ((from_id, -quantity), (to_id, quantity)):
            if place_id in ends[slip_id]:
                key = (slip_id, lot_id, place_id)
                sums[key] = sums.get(key, 0) + steps
    return {key: steps for key, steps in sums.items() if steps}


def _moves(slip_ids: Collection[UUID]) -> Select[Any]:
    query: Any = select(Move, Lot, Item).join(Lot, Lot.id == Move.lot_id).join(Item, Item.id == Move.item_id)
    moves: Select[Any] = query.where(Move.slip_id.in_(slip_ids), Move.is_fix.is_(False)).order_by(Move.line_no)
    return moves


_OF_LOT: tuple[Any, ...] = (Lot.number, Lot.made_on, Lot.expires_on)


def _moved(slip_ids: Collection[UUID]) -> Select[Any]:
    """What the lines show of the moves of these slips, line by line, without corrections."""
    query: Any = select(Move.slip_id, Move.item_id, Move.from_id, Move.quantity, Move.measure, *_OF_LOT)
    moves: Select[Any] = query.join(Lot, Lot.id == Move.lot_id).where(Move.slip_id.in_(slip_ids))
    return moves.where(Move.is_fix.is_(False)).order_by(Move.line_no)


def _counts(slips: Sequence[Any]) -> Select[Any]:
    """What the lines show of the lots that these counts counted."""
    of_count = StockCount.slip_id, StockCount.item_id, StockCount.lot_id, StockCount.place_id
    query: Any = select(*of_count, StockCount.counted, StockCount.measure, *_OF_LOT)
    query = query.join(Lot, Lot.id == StockCount.lot_id).join(Item, Item.id == StockCount.item_id)
    counts: Select[Any] = query.where(StockCount.slip_id.in_([slip.id for slip in slips]))
    return counts.order_by(Item.code, Lot.number)


def recent_slips(place_id: UUID | None, limit: int = 6) -> Sequence[Any]:
    """The last slips of an own warehouse, newest first: rows of id, kind, number, occurred_at, counterparty, other."""
    slip = Slip.__table__.c
    here = or_(slip.place_id == place_id, slip.other_id == place_id)
    shown = (
        slip.id,
        slip.kind,
        slip.number,
        slip.occurred_at,
        slip.counterparty,
        place_name(slip.other_id).label("other"),
    )
    query = select(*shown).where(here).order_by(slip.occurred_at.desc(), slip.id.desc()).limit(limit)
    return connection().execute(query).all() if place_id else ()


def _measures(item: AnyItem) -> dict[str, Measure]:
    return {measure.key: measure for measure in measures_of(item)}


def _line(item: AnyItem, row: Any, steps: int, measures: dict[str, Measure], **more: int) -> SlipLine:
    """A line of a row of a move or count with its lot."""
    measure = measures.get(row.measure, measures["base"])
    return SlipLine(item, row.number, row.made_on, row.expires_on, steps, measure, **more)
