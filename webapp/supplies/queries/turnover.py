"""What came in and went out over days, and what is on hand, by item."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.kernel.access import Reach
from webapp.kernel.listing.filters import period
from webapp.places.queries import places_at, visible_places
from webapp.supplies.models import Balance, Lot, Move
from webapp.supplies.queries.stock import is_expired
from webapp.supplies.rules import Reason

# The reasons of goods that the district raised, and of goods that were used.
RAISED = (Reason.PURCHASE, Reason.ALLOCATION, Reason.DONATION)
USED = (Reason.ISSUE,)
_UNDONE = aliased(Move)
_undone_seq, _undone_reason = _UNDONE.seq, _UNDONE.reason


@dataclass(frozen=True, slots=True)
class Turnover:
    """Steps of an item: raised from outside, and issued to those who use it."""

    received: int = 0
    issued: int = 0


def turnover(reach: Reach, since: date, until: date, filters: dict[str, Any] | None = None) -> dict[UUID, Turnover]:
    """The turnover of the warehouses within reach, narrowed by `place` and `unit`, over district days, both included,
    by item.

    An undone slip counts on neither side: its reversal, which has the position of the slip, is taken off.
    """
    places = places_at(reach, filters or {})
    is_undo = Move.reverses.is_not(None)
    reason = func.coalesce(_undone_reason, Move.reason)
    steps = case((is_undo, -Move.quantity), else_=Move.quantity)
    comes = or_(and_(~is_undo, Move.to_id.in_(places)), and_(is_undo, Move.from_id.in_(places)))
    goes = or_(and_(~is_undo, Move.from_id.in_(places)), and_(is_undo, Move.to_id.in_(places)))
    received, issued = (
        cast(func.coalesce(func.sum(case((and_(reason.in_(reasons), side), steps), else_=0)), 0), BigInteger)
        for reasons, side in ((RAISED, comes), (USED, goes))
    )
    query = select(Move.item_id, received, issued).outerjoin(_UNDONE, _undone_seq == Move.reverses)
    rows = db.session.execute(
        query.where(*period(Move.stands_at, {"since": since, "until": until})).group_by(Move.item_id)
    )
    return {row[0]: Turnover(row[1], row[2]) for row in rows}


def usable(reach: Reach, today: date) -> dict[UUID, int]:
    """The steps on hand in the warehouses within reach, without expired goods, by item."""
    total = cast(func.sum(Balance.on_hand), BigInteger)
    query = select(Balance.item_id, total).join(Lot, Lot.id == Balance.lot_id)
    query = query.where(Balance.place_id.in_(visible_places(reach)), ~is_expired(today)).group_by(Balance.item_id)
    return {row[0]: row[1] for row in db.session.execute(query)}
