"""Sign-in, sign-out and sessions."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.exc import InternalError, OperationalError

from webapp.accounts import queries
from webapp.accounts.models import Attempt, Person, SignIn
from webapp.accounts.rules import ATTEMPT_WINDOW, is_noted, normal_username
from webapp.accounts.service import throttle
from webapp.accounts.service.reach import administered
from webapp.extensions import db
from webapp.kernel import access, journal, passwords
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal

_SEEN_EVERY_SECONDS = 600


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its token, its person, and whether the second step is still missing."""

    token: str
    person_id: UUID
    username: str
    owes_totp: bool = False


def sign_in(
    username: str, password: str, *, device: str, address: str, known: str | None = None, at: datetime
) -> SignedIn:
    """Check a password and begin a session. `known` is the mark of a device where this username has signed in before.

    Raises Refusal `sign-in-throttled` after too many failures for the username or the address, and `sign-in-failed`
    for a wrong username, a wrong password or a disabled person, without telling which.
    """
    name = normal_username(username)
    try:
        reserved = throttle.reserve(throttle.limits_of(name, address, known), at)
    except throttle.Throttled as refusal:
        _note_throttled(name, refusal.times, address, at)
        raise
    person = queries.find_by_username(name)
    is_right = passwords.is_right(person.password_hash if person else None, password)
    if person is None or not is_right or person.disabled_at:
        _note_failure(person, "disabled" if person and is_right else "password" if person else "username", address, at)
        raise Refusal("sign-in-failed", 422)
    throttle.forgive(reserved)
    return begin_session(person, device=device, at=at)


def begin_session(person: Person, *, device: str, at: datetime) -> SignedIn:
    """Begin a session for a person whose password was right."""
    token = secrets.token_urlsafe(32)
    person_id, username, owes_totp = person.id, person.username, person.totp_secret is not None
    actor = queries.actor_of(person)
    with transaction() as session:
        row = SignIn(
            id=uuid4(),
            person_id=person_id,
            digest=queries.digest_of(token),
            began_at=at,
            seen_at=at,
            device=device[:200],
            passed_totp=not owes_totp,
        )
        session.add(row)
        session.execute(delete(Attempt).where(Attempt.at <= at - ATTEMPT_WINDOW))
        journal.write("person.signed-in", "person", person_id, by=actor, at=at, sign_in=str(row.id))
    return SignedIn(token, person_id, username, owes_totp)


def touch(sign_in_id: UUID, seen_at: datetime, at: datetime) -> None:
    """Update the last use of a session, every ten minutes; skipped if the write lock is not free."""
    if (at - seen_at).total_seconds() < _SEEN_EVERY_SECONDS:
        return
    with suppress(OperationalError, InternalError), transaction(patience=0) as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def sign_out(*, by: Actor, at: datetime) -> None:
    """End the actor's own session."""
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == by.sign_in_id).values(ended_at=at))
        journal.write("person.signed-out", "person", by.id, by=by, at=at)


def end_sessions(person_id: UUID, at: datetime, *, but: UUID | None = None) -> None:
    """End all sessions of a person, except `but`, in the open transaction."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    db.session.execute((query.where(SignIn.id != but) if but else query).values(ended_at=at))
    access.standing_changed(person_id, at)


def end_session(sign_in_id: UUID, person_id: UUID, *, by: Actor, at: datetime) -> None:
    """End one session, the actor's own or, as an administrator, another person's."""
    with transaction() as session:
        ended = update(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        session.execute(ended.values(ended_at=at))
        journal.write("person.session-ended", "person", person_id, by=by, at=at)


def end_other_sessions(*, by: Actor, at: datetime) -> None:
    """End all of the actor's sessions except the present one."""
    with transaction():
        end_sessions(by.id, at, but=by.sign_in_id)
        journal.write("person.sessions-ended", "person", by.id, by=by, at=at)


def end_sessions_of(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """End all sessions of a person, as an administrator. Raises Refusal `person-beyond-reach`."""
    with transaction():
        administered(person_id, by)
        end_sessions(person_id, at)
        journal.write("person.sessions-ended", "person", person_id, by=by, at=at)


def _note_throttled(name: str, times: int, address: str, at: datetime) -> None:
    """Journal that sign-ins are refused because of too many failures, with how often they were on this day."""
    if not is_noted(times):
        return
    person = queries.find_by_username(name)
    subject, private = person.id if person else "-", {"address": address}
    with transaction():
        journal.write("person.sign-in-throttled", "person", subject, by=None, at=at, private=private, times=times)


def _note_failure(person: Person | None, what: str, address: str, at: datetime) -> None:
    """Journal a failed sign-in with the person, a code and the address; an unknown username is not stored."""
    subject = person.id if person else "-"
    with transaction():
        private = {"address": address}
        journal.write("person.sign-in-failed", "person", subject, by=None, at=at, private=private, wrong=what)
