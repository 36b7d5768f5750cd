"""Signing in and out, and making persons."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from werkzeug.security import check_password_hash, generate_password_hash

from webapp.accounts import queries
from webapp.accounts.models import Attempt, Person, PersonGrant, SignIn
from webapp.accounts.rules import (
    ATTEMPT_WINDOW,
    FREE_ATTEMPTS,
    FREE_ATTEMPTS_ADDRESS,
    normal_username,
    password_fault,
)
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor, Grant
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.sealing import blind

# Compared against when nobody has the username, so that both answers take the same time.
_NOBODY = generate_password_hash(secrets.token_hex(16))
_SEEN_EVERY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser gets: the token of its session, and whether a second factor is still owed."""

    token: str
    person_id: UUID
    owes_totp: bool


def sign_in(username: str, password: str, *, device: str, address: str, at: datetime) -> SignedIn:
    """Check a password and begin a session.

    Raises Refusal `sign-in-throttled` after too many failures for the name or the address, `sign-in-failed` for any
    other reason (wrong name, wrong password, disabled): the answer does not tell which.
    """
    name = normal_username(username)
    by_name, by_address = _subject("name", name), _subject("address", address)
    has_tried = queries.failures(by_name, at) >= FREE_ATTEMPTS
    if has_tried or queries.failures(by_address, at) >= FREE_ATTEMPTS_ADDRESS:
        raise Refusal("sign-in-throttled", 429)
    person = queries.find_by_username(name)
    is_right = check_password_hash(person.password_hash if person else _NOBODY, password)
    if person is None or not is_right or person.disabled_at:
        _remember_failure(by_name, by_address, at)
        raise Refusal("sign-in-failed", 422)
    return begin_session(person, device=device, at=at)


def begin_session(person: Person, *, device: str, at: datetime) -> SignedIn:
    """A new session for somebody whose password was right."""
    token = secrets.token_urlsafe(32)
    person_id, owes_totp = person.id, person.totp_secret is not None
    actor = queries.actor_of(person)
    with transaction() as session:
        row = SignIn(
            person_id=person_id,
            digest=queries.digest_of(token),
            began_at=at,
            seen_at=at,
            device=device[:200],
            passed_totp=not owes_totp,
        )
        session.add(row)
        session.execute(delete(Attempt).where(Attempt.at <= at - ATTEMPT_WINDOW))
        journal.write("person.signed-in", "person", person_id, by=actor, at=at)
    return SignedIn(token, person_id, owes_totp)


def touch(sign_in_id: UUID, seen_at: datetime, at: datetime) -> None:
    """Remember that a session is in use, at most once a minute."""
    if (at - seen_at).total_seconds() < _SEEN_EVERY_SECONDS:
        return
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def sign_out(*, by: Actor, at: datetime) -> None:
    """End the actor's own session."""
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == by.sign_in_id).values(ended_at=at))
        journal.write("person.signed-out", "person", by.id, by=by, at=at)


def end_sessions(person_id: UUID, at: datetime, *, but: UUID | None = None) -> None:
    """End a person's sessions inside the open transaction, all or all but one."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    db.session.execute((query.where(SignIn.id != but) if but else query).values(ended_at=at))


def create_person(
    username: str,
    name: str,
    password: str,
    grants: Iterable[Grant],
    *,
    by: Actor | None,
    at: datetime,
    **details: Any,
) -> UUID:
    """Add a person; gives the id. `details`: phone, unit_id, language, must_change_password.

    Raises Refusal `username-taken` or `password-…`.
    """
    with transaction():
        return put_person(username, name, password, grants, by=by, at=at, **details)


def put_person(
    username: str,
    name: str,
    password: str,
    grants: Iterable[Grant],
    *,
    by: Actor | None,
    at: datetime,
    phone: str | None = None,
    unit_id: UUID | None = None,
    language: str | None = None,
    must_change_password: bool = False,
    is_demonstration: bool = False,
) -> UUID:
    """The same inside a transaction that is open already (imports, demonstration)."""
    username = normal_username(username)
    check_password(password, username)
    person_id = uuid4()
    db.session.add(
        Person(
            id=person_id,
            username=username,
            name=name,
            phone=phone,
            phone_blind=blind(phone, "person.phone"),
            unit_id=unit_id,
            password_hash=generate_password_hash(password),
            must_change_password=must_change_password,
            is_demonstration=is_demonstration,
            language=language,
            added_at=at,
            grants=[PersonGrant(role=g.role, unit_id=g.unit_id, place_id=g.place_id) for g in grants],
        )
    )
    db.session.flush()
    journal.write("person.added", "person", person_id, by=by, at=at, username=username)
    return person_id


def check_password(password: str, username: str, field: str = "password") -> None:
    """Raises Refusal `password-<fault>` unless the password is acceptable."""
    if fault := password_fault(password, username):
        raise Refusal(f"password-{fault.replace('_', '-')}", 422, field=field)


def _remember_failure(by_name: str, by_address: str, at: datetime) -> None:
    with transaction() as session:
        session.add_all([Attempt(subject=by_name, at=at), Attempt(subject=by_address, at=at)])
        journal.write("person.sign-in-failed", "person", "-", by=None, at=at)


def _subject(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
