"""Removes what was closed long ago."""

from datetime import datetime

from sqlalchemy import delete, select

from webapp.alerts.models import Alert, AlertDelivery, AlertRecipient
from webapp.alerts.rules import KEPT
from webapp.kernel.database import transaction


def sweep(at: datetime) -> int:
    """Delete alerts that were closed before the period for which they are kept; gives how many."""
    old = select(Alert.id).where(Alert.closed_at < at - KEPT)
    with transaction() as session:
        for model in (AlertDelivery, AlertRecipient):
            session.execute(delete(model).where(model.alert_id.in_(old)))
        gone = session.execute(delete(Alert).where(Alert.closed_at < at - KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]
