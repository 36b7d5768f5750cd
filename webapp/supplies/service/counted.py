"""What was counted, lot by lot, and whether the shelf moved while it was counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from webapp.extensions import db
from webapp.kernel.errors import Refusal
from webapp.supplies import queries
from webapp.supplies.models import Item, Lot, Move, Slip, StockCount
from webapp.supplies.rules import CountScope, Measure, SlipKind
from webapp.supplies.service.asked import Asked
from webapp.supplies.service.terms import amount_term, item_term, lot_term


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a lot, all lines of the slip added up. `book` and `seen_seq` are what the person saw."""

    item: Item
    lot: Lot
    measure: Measure
    steps: int
    book: int | None = None
    seen_seq: int | None = None
    begun_at: datetime | None = None


def add_up(asked: Sequence[Asked], lots: Sequence[Lot]) -> list[Counted]:
    """One row for each lot, its lines added up: two boxes of 30 and 5 loose are 65, not three counts."""
    by_lot: dict[UUID, list[Asked]] = {}
    for one, lot in zip(asked, lots, strict=True):
        by_lot.setdefault(lot.id, []).append(one)
    known = {lot.id: lot for lot in lots}
    return [_added(known[lot_id], lines) for lot_id, lines in by_lot.items()]


def _added(lot: Lot, lines: Sequence[Asked]) -> Counted:
    largest = max((one.measure for one in lines), key=lambda measure: measure.steps)
    books = [int(one.raw["book"]) for one in lines if one.raw.get("book") is not None]
    seen = [int(one.raw["seen_seq"]) for one in lines if one.raw.get("seen_seq") is not None]
    begun = [one.raw["begun_at"] for one in lines if one.raw.get("begun_at")]
    return Counted(
        lines[0].item,
        lot,
        largest,
        sum(one.steps for one in lines),
        book=books[0] if books else None,
        seen_seq=min(seen) if seen else None,
        begun_at=min(begun) if begun else None,
    )


def not_found(place_id: UUID, scope: CountScope, counted: Sequence[Counted], since: datetime | None) -> list[Counted]:
    """What a full count says of the lots it does not name: nothing is left of them."""
    items, lots = {one.item.id for one in counted}, {one.lot.id for one in counted}
    rest = queries.not_listed(place_id, scope, items, lots, since)
    return [Counted(item, lot, queries.measures_of(item)[0], 0) for item, lot, _on_hand in rest]


def counts_of(slip_id: UUID) -> list[Counted]:
    """What a slip counted."""
    query = select(Item, Lot, StockCount.counted).select_from(StockCount)
    query = query.join(Item, Item.id == StockCount.item_id).join(Lot, Lot.id == StockCount.lot_id)
    rows = db.session.execute(query.where(StockCount.slip_id == slip_id))
    return [Counted(item, lot, queries.measures_of(item)[0], steps) for item, lot, steps in rows]


def refuse_changed(place_id: UUID, counts: Sequence[Counted], on_hand: Mapping[UUID, int]) -> None:
    """Goods moved while they were counted. Raises Refusal `count-changed` with what the book says now.

    What came late but happened before the line was opened does not disturb, nor does another count of the shelf.
    A line that knows the book only as a number is held against that number.
    """
    moved = _moved(place_id, [one for one in counts if one.seen_seq is not None])
    for one in counts:
        book = on_hand[one.lot.id]
        is_changed = one.lot.id in moved if one.seen_seq is not None else one.book not in (None, book)
        if is_changed:
            now = amount_term(book, one.item)
            raise Refusal("count-changed", item=item_term(one.item), lot=lot_term(one.lot.number), book=now)


def _moved(place_id: UUID, counts: Sequence[Counted]) -> Collection[UUID]:
    """The lots that moved after their line was opened."""
    if not counts:
        return ()
    seen = {one.lot.id: one for one in counts}
    oldest = min(one.seen_seq or 0 for one in counts)
    query = select(Move.lot_id, Move.seq, Move.stands_at, Slip.is_late, Slip.kind)
    query = query.join(Slip, Slip.id == Move.slip_id).where(
        Move.lot_id.in_(seen), Move.seq > oldest, Move.is_fix.is_(False)
    )
    rows = db.session.execute(query.where(or_(Move.from_id == place_id, Move.to_id == place_id)))
    return {
        lot_id
        for lot_id, seq, stands_at, is_late, kind in rows
        if seq > (seen[lot_id].seen_seq or 0) and _is_movement(stands_at, is_late, kind, seen[lot_id])
    }


def _is_movement(stands_at: datetime, is_late: bool, kind: SlipKind, line: Counted) -> bool:
    """Did a move booked since then happen since then? A late slip or an undo stands where it happened.

    A line whose lot had no move may have been opened before the lot was named: its moves of before were there already.
    """
    is_of_now = not is_late and kind is not SlipKind.UNDO and bool(line.seen_seq)
    return is_of_now or line.begun_at is None or stands_at > line.begun_at
