"""Removes what was closed long ago."""

from datetime import datetime

from sqlalchemy import delete, select

from webapp.alerts.models import Alert, AlertAttempt, AlertDelivery, AlertDevice, AlertRecipient
from webapp.alerts.rules import KEPT
from webapp.kernel.database import transaction


def sweep(at: datetime) -> int:
    """Delete alerts that were closed before the period for which they are kept; gives how many."""
    old = select(Alert.id).where(Alert.closed_at < at - KEPT)
    with transaction() as session:
        gone_with = select(AlertDelivery.id).where(AlertDelivery.alert_id.in_(old))
        session.execute(delete(AlertAttempt).where(AlertAttempt.delivery_id.in_(gone_with)))
        for model in (AlertDelivery, AlertRecipient):
            session.execute(delete(model).where(model.alert_id.in_(old)))
        session.execute(delete(AlertDevice).where(AlertDevice.ended_at < at - KEPT))
        gone = session.execute(delete(Alert).where(Alert.closed_at < at - KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]
