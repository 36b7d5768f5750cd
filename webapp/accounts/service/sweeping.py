"""Deletion of old sign-ins, and of the counts of refused ones."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from webapp.accounts.models import SignIn, Throttling
from webapp.accounts.rules import LONGEST_SIGN_IN
from webapp.kernel import clock
from webapp.kernel.database import transaction

_KEPT = timedelta(days=90)  # after its end, for questions about past sign-ins


def sweep(at: datetime) -> int:
    """Delete sign-ins that ended or expired long ago; returns their number."""
    with transaction() as session:
        session.execute(delete(Throttling).where(Throttling.day < clock.district_day(at)))
        over = delete(SignIn).where(SignIn.began_at <= at - LONGEST_SIGN_IN - _KEPT)
        return int(session.execute(over).rowcount)  # type: ignore[attr-defined]
