"""Why a count was far from the book, said after it was booked (it came from a device, or an older version)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.supplies.models import Slip


def explain_difference(slip_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Give a count its reason, once: what was said first stays."""
    wanting = (Slip.id == slip_id, Slip.has_large_difference.is_(True), Slip.difference_reason.is_(None))
    with transaction() as session:
        done = session.execute(update(Slip).where(*wanting).values(difference_reason=reason))
        if done.rowcount:  # type: ignore[attr-defined]
            journal.write("stock.difference-explained", "stock_slip", slip_id, by=by, at=at)
