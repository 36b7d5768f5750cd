"""Acknowledging alerts: whoever of its recipients is first answers for all of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from webapp.alerts import queries
from webapp.alerts.acts import ACKNOWLEDGE, ALERT
from webapp.alerts.models import Alert
from webapp.alerts.rules import AlertState
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal


def acknowledge(alert_id: UUID, *, by: Actor, at: datetime) -> None:
    """Acknowledge an alert; a second press of the same person changes nothing.

    Raises Refusal `alert-not-yours` (404), and `state-moved` when somebody else was first or it is closed.
    """
    with transaction():
        if not queries.is_recipient(alert_id, by.id):
            raise Refusal("alert-not-yours", 404)
        if queries.acknowledged_by(alert_id) != by.id:
            ALERT.move(Alert, alert_id, ACKNOWLEDGE, by=by, at=at, acknowledged_by=by.id, acknowledged_at=at)


def acknowledge_all(*, by: Actor, at: datetime) -> int:
    """Acknowledge all open alerts of this person; gives how many."""
    with transaction():
        mine = select(Alert.id).where(Alert.id.in_(queries.ids_of(by.id)), Alert.state == AlertState.OPEN)
        ids = db.session.scalars(mine).all()
        still = Alert.id.in_(ids), Alert.state == AlertState.OPEN
        values = {"state": AlertState.ACKNOWLEDGED, "acknowledged_by": by.id, "acknowledged_at": at}
        db.session.execute(update(Alert).where(*still).values(values))
        if ids:
            journal.write("alert.acknowledge-all", "alert", "-", by=by, at=at, count=len(ids))
        return len(ids)
