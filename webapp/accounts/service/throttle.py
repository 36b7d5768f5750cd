"""Counting wrong guesses. An attempt is booked before its password is hashed and struck out when it was right, so that
twenty guesses at once are twenty attempts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from webapp.accounts.models import Attempt
from webapp.accounts.rules import ATTEMPT_WINDOW, FREE_ATTEMPTS, FREE_ATTEMPTS_ADDRESS, FREE_ATTEMPTS_NAME
from webapp.extensions import db
from webapp.kernel.database import hold, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.sealing import keyring

_HALF = 32  # characters of a subject: the name's, then where the guess came from


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts within the window; of a prefix, over all subjects that begin with it."""

    subject: str
    most: int
    is_prefix: bool = False


def subject(kind: str, value: str) -> str:
    """What is counted by: a keyed digest, so that neither names nor addresses are kept."""
    return keyring().blind(value, f"attempt.{kind}")


def limits_of(name: str, address: str, device: str | None) -> list[Limit]:
    """What bounds a guess at a name. A device known for this name has a count of its own, which nobody else's guesses
    fill; for all others the name is bounded from one address, and from everywhere.
    """
    of_name = subject("name", name)[:_HALF]
    if device:
        return [Limit(of_name + subject("device", device)[:_HALF], FREE_ATTEMPTS)]
    return [
        Limit(of_name + subject("address", address)[:_HALF], FREE_ATTEMPTS),
        Limit(of_name, FREE_ATTEMPTS_NAME, is_prefix=True),
        Limit(subject("address", address), FREE_ATTEMPTS_ADDRESS),
    ]


def reserve(limits: Sequence[Limit], at: datetime) -> list[UUID]:
    """Book an attempt under every limit; gives the rows, to be forgiven when it was right.

    Raises Refusal `sign-in-throttled`; then nothing is booked.
    """
    with transaction() as session:
        for limit in sorted(limits, key=lambda one: one.subject):
            hold(f"attempt {limit.subject}")
        if any(_count(limit, at) >= limit.most for limit in limits):
            raise Refusal("sign-in-throttled", 429)
        rows = [Attempt(id=uuid4(), subject=limit.subject, at=at) for limit in limits if not limit.is_prefix]
        ids = [row.id for row in rows]
        session.add_all(rows)
    return ids


def forgive(ids: Sequence[UUID]) -> None:
    """Strike out an attempt that was right."""
    with transaction() as session:
        session.execute(delete(Attempt).where(Attempt.id.in_(ids)))


def forget_name(name: str) -> None:
    """Forget all guesses at a name, inside the open transaction: an administrator gave it a new password."""
    db.session.execute(delete(Attempt).where(Attempt.subject.startswith(subject("name", name)[:_HALF])))


def _count(limit: Limit, at: datetime) -> int:
    same = Attempt.subject.startswith(limit.subject) if limit.is_prefix else Attempt.subject == limit.subject
    query = select(func.count()).select_from(Attempt).where(same, Attempt.at > at - ATTEMPT_WINDOW)
    return db.session.scalar(query) or 0
