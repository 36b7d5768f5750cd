"""Rows of sign-ins that nobody needs any more."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from webapp.accounts.models import SignIn
from webapp.accounts.rules import LONGEST_SIGN_IN
from webapp.kernel.database import transaction

_KEPT = timedelta(days=90)  # after its end a sign-in still answers "from where?"


def sweep(at: datetime) -> int:
    """Remove sign-ins that ended long ago, by themselves or by somebody; gives how many."""
    with transaction() as session:
        over = delete(SignIn).where(SignIn.began_at <= at - LONGEST_SIGN_IN - _KEPT)
        return int(session.execute(over).rowcount)  # type: ignore[attr-defined]
