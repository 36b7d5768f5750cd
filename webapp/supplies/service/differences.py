"""Large differences of counts: the lots that need a reason by the present state of their shelves, and the reason."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from webapp.district.queries import preferences
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.tombstones import hold_entry, is_purged
from webapp.supplies import queries
from webapp.supplies.models import Slip, StockCount
from webapp.supplies.rules import is_explained, is_large_difference

LotOfCount = tuple[UUID, UUID]  # slip, lot


def far_off() -> Callable[[int, int, int], bool]:
    """A function that tells whether a count (counted, difference, steps of a base unit) needs a reason."""
    chosen = preferences()
    limits = {"share": chosen.count_share, "amount": chosen.count_amount}
    return lambda counted, difference, scale: is_large_difference(counted - difference, counted, scale, **limits)


def judge_again(differences: Mapping[LotOfCount, int], scales: Mapping[UUID, int]) -> None:
    """Update the marks of those lots of counts whose difference (steps) has changed.

    `scales` are the steps of a base unit, by lot. A given reason remains valid unless the difference grows.
    """
    is_far = far_off()
    for row in _rows({slip_id for slip_id, _lot_id in differences}, {lot_id for _slip_id, lot_id in differences}):
        if (row.slip_id, row.lot_id) in differences:
            difference = differences[row.slip_id, row.lot_id]
            is_explained_already = is_explained(difference, row.explained)
            row.wants_reason = is_far(row.counted, difference, scales[row.lot_id]) and not is_explained_already


def _rows(slip_ids: Collection[UUID], lot_ids: Collection[UUID]) -> Collection[StockCount]:
    query = select(StockCount).where(StockCount.slip_id.in_(slip_ids), StockCount.lot_id.in_(lot_ids))
    query = query.order_by(StockCount.slip_id, StockCount.lot_id)
    return db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all()


def explain_difference(slip_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Add a reason to a count that needs one, after any earlier reason. Of a purged slip only the journal keeps it."""
    with transaction() as session:
        hold_entry(slip_id)
        slip = session.get_one(Slip, slip_id, with_for_update={"of": Slip}, populate_existing=True)
        wanting = select(StockCount.lot_id).where(StockCount.slip_id == slip_id, StockCount.wants_reason)
        rows = [row for row in _rows([slip_id], session.scalars(wanting).all()) if row.wants_reason]
        if not rows:
            return
        differences = queries.differences_of(slip)
        for row in rows:
            row.explained, row.wants_reason = differences.get(row.lot_id, 0), False
        is_gone = is_purged(slip_id)
        if not is_gone:
            slip.difference_reason = "；".join(filter(None, (slip.difference_reason, reason)))
        journalled = reason if is_gone else None
        journal.write("stock.difference-explained", "stock_slip", slip_id, by=by, at=at, reason=journalled)
