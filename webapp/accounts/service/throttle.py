"""Throttling of sign-in. An attempt is counted before its password is hashed and deleted if it was right, so that
twenty concurrent guesses count as twenty attempts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from webapp.accounts.models import Attempt, Throttling
from webapp.accounts.rules import ATTEMPT_WINDOW, FREE_ATTEMPTS, FREE_ATTEMPTS_ADDRESS, FREE_ATTEMPTS_NAME
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import hold, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.sealing import keyring

_HALF = 32  # characters of each half of a subject: of the username, and of the address or device


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts within the window; with `is_prefix` over all subjects with this prefix."""

    subject: str
    most: int
    is_prefix: bool = False


def subject(kind: str, value: str) -> str:
    """The subject of a count: a keyed digest, so that neither usernames nor addresses are stored."""
    return keyring().blind(value, f"attempt.{kind}")


def limits_of(name: str, address: str, device: str | None) -> list[Limit]:
    """The limits of an attempt. A device known for this username has a limit of its own, unaffected by the guesses of
    others; all other attempts are limited by username and address, and by username alone.
    """
    of_name = subject("name", name)[:_HALF]
    if device:
        return [Limit(of_name + subject("device", device)[:_HALF], FREE_ATTEMPTS)]
    return [
        Limit(of_name + subject("address", address)[:_HALF], FREE_ATTEMPTS),
        Limit(of_name, FREE_ATTEMPTS_NAME, is_prefix=True),
        Limit(subject("address", address), FREE_ATTEMPTS_ADDRESS),
    ]


class Throttled(Refusal):
    """Raised as `sign-in-throttled` (429); `times`: how often that limit refused somebody on this day."""

    def __init__(self, times: int) -> None:
        super().__init__("sign-in-throttled", 429)
        self.times = times


def reserve(limits: Sequence[Limit], at: datetime) -> list[UUID]:
    """Count an attempt under every limit; returns the ids of the rows, for `forgive` after a right password.

    Raises Throttled, and then counts the refusal only.
    """
    with transaction() as session:
        for limit in sorted(limits, key=lambda limit: limit.subject):
            hold(f"attempt {limit.subject}")
        exceeded = next((limit for limit in limits if _count(limit, at) >= limit.most), None)
        times = count_refusal(exceeded.subject, at) if exceeded else 0
        rows = [Attempt(id=uuid4(), subject=limit.subject, at=at) for limit in limits if not limit.is_prefix]
        ids = [row.id for row in rows]
        if not exceeded:
            session.add_all(rows)
    if exceeded:
        raise Throttled(times)
    return ids


def count_refusal(subject: str, at: datetime) -> int:
    """Count a refusal in the open transaction, which holds the subject; returns the number of this day."""
    day = clock.district_day(at)
    row = db.session.get(Throttling, subject)
    if row is None:
        row = Throttling(subject=subject, day=day, times=0)
        db.session.add(row)
    if row.day != day:
        row.day, row.times = day, 0
    row.times += 1
    return row.times


def forgive(ids: Sequence[UUID]) -> None:
    """Delete the counts of a successful attempt."""
    with transaction() as session:
        session.execute(delete(Attempt).where(Attempt.id.in_(ids)))


def forget_name(name: str) -> None:
    """Delete all counts of a username in the open transaction, after an administrator has set a new password."""
    db.session.execute(delete(Attempt).where(Attempt.subject.startswith(subject("name", name)[:_HALF])))


def _count(limit: Limit, at: datetime) -> int:
    same = Attempt.subject.startswith(limit.subject) if limit.is_prefix else Attempt.subject == limit.subject
    query = select(func.count()).select_from(Attempt).where(same, Attempt.at > at - ATTEMPT_WINDOW)
    return db.session.scalar(query) or 0
