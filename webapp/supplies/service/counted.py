"""Counted quantities by lot, and the check for moves during a count."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from webapp.extensions import db
from webapp.kernel.errors import Refusal
from webapp.supplies import queries
from webapp.supplies.models import Item, Lot, Move, Slip, StockCount
from webapp.supplies.queries import AnyItem, AnyLot, KnownLot
from webapp.supplies.rules import CountScope, Measure, SlipKind
from webapp.supplies.service.requested import RequestedLine
from webapp.supplies.service.terms import amount_term, item_term, lot_term


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted quantity of a lot, summed over the lines of the slip. The person saw `book` and `seen_seq`."""

    item: AnyItem
    lot: AnyLot
    measure: Measure
    steps: int
    book: int | None = None
    seen_seq: int | None = None
    begun_at: datetime | None = None


def add_up(requested: Sequence[RequestedLine], lots: Sequence[KnownLot]) -> list[Counted]:
    """One row for each lot with the sum of its lines: two boxes of 30 and 5 loose pieces are 65, not three counts."""
    by_lot: dict[UUID, list[RequestedLine]] = {}
    for line, lot in zip(requested, lots, strict=True):
        by_lot.setdefault(lot.id, []).append(line)
    known = {lot.id: lot for lot in lots}
    return [_added(known[lot_id], lines) for lot_id, lines in by_lot.items()]


def _added(lot: AnyLot, lines: Sequence[RequestedLine]) -> Counted:
    largest = max((line.measure for line in lines), key=lambda measure: measure.steps)
    books = [int(line.raw["book"]) for line in lines if line.raw.get("book") is not None]
    seen = [int(line.raw["seen_seq"]) for line in lines if line.raw.get("seen_seq") is not None]
    begun = [line.raw["begun_at"] for line in lines if line.raw.get("begun_at")]
    return Counted(
        lines[0].item,
        lot,
        largest,
        sum(line.steps for line in lines),
        book=books[0] if books else None,
        seen_seq=min(seen) if seen else None,
        begun_at=min(begun) if begun else None,
    )


def not_found(place_id: UUID, scope: CountScope, counted: Sequence[Counted], since: datetime | None) -> list[Counted]:
    """The lots that a full count does not list, as counts of 0."""
    items, lots = {count.item.id for count in counted}, {count.lot.id for count in counted}
    rest = queries.not_listed(place_id, scope, items, lots, since)
    return [Counted(item, lot, queries.measures_of(item)[0], 0) for item, lot, _on_hand in rest]


def counts_of(slip_id: UUID) -> list[Counted]:
    """The counts of a slip."""
    query = select(Item, Lot, StockCount.counted).select_from(StockCount)
    query = query.join(Item, Item.id == StockCount.item_id).join(Lot, Lot.id == StockCount.lot_id)
    rows = db.session.execute(query.where(StockCount.slip_id == slip_id))
    return [Counted(item, lot, queries.measures_of(item)[0], steps) for item, lot, steps in rows]


def refuse_changed(place_id: UUID, counts: Sequence[Counted], on_hand: Mapping[UUID, int]) -> None:
    """Raises Refusal `count-changed` with the present book if goods moved during the count.

    Late slips from before the opening of the line do not count, nor do other counts of the shelf. A line that has the
    book only as a number is compared with that number.
    """
    moved = _moved(place_id, [count for count in counts if count.seen_seq is not None])
    for count in counts:
        book = on_hand[count.lot.id]
        is_changed = count.lot.id in moved if count.seen_seq is not None else count.book not in (None, book)
        if is_changed:
            now = amount_term(book, count.item)
            raise Refusal("count-changed", item=item_term(count.item), lot=lot_term(count.lot.number), book=now)


def _moved(place_id: UUID, counts: Sequence[Counted]) -> Collection[UUID]:
    """The ids of the lots that moved after their line was opened."""
    if not counts:
        return ()
    seen = {count.lot.id: count for count in counts}
    oldest = min(count.seen_seq or 0 for count in counts)
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
    """Whether a move that was booked after the line was opened also happened after that; a late slip or an undo has an
    earlier position.

    A line whose lot had no move may have been opened before its lot was known; earlier moves were then already there.
    """
    is_of_now = not is_late and kind is not SlipKind.UNDO and bool(line.seen_seq)
    return is_of_now or line.begun_at is None or stands_at > line.begun_at
