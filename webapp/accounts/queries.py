"""Reads of persons and sign-ins."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from webapp.accounts.models import Attempt, Person, SignIn
from webapp.accounts.rules import ATTEMPT_WINDOW, has_ended
from webapp.extensions import db
from webapp.kernel.access import Actor, Grant


def digest_of(token: str) -> str:
    """How a random token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_username(username: str) -> Person | None:
    return db.session.scalars(select(Person).where(Person.username == username)).one_or_none()


def find_person(person_id: UUID) -> Person | None:
    return db.session.get(Person, person_id)


def find_live_sign_in(token: str, at: datetime) -> tuple[SignIn, Person] | None:
    """The session of a token and its person, unless it ended, ran out, or the person was disabled."""
    query = select(SignIn, Person).join(Person, Person.id == SignIn.person_id)
    found = db.session.execute(query.where(SignIn.digest == digest_of(token))).one_or_none()
    if found is None:
        return None
    sign_in, person = found
    if sign_in.ended_at or person.disabled_at or has_ended(sign_in.began_at, sign_in.seen_at, at):
        return None
    return sign_in, person


def actor_of(person: Person, sign_in: SignIn | None = None) -> Actor:
    """The plain value services know a person by."""
    grants = tuple(Grant(g.role, g.unit_id, g.place_id) for g in person.grants)
    return Actor(person.id, person.username, person.name, grants, person.language, sign_in.id if sign_in else None)


def failures(subject: str, at: datetime) -> int:
    """Failed attempts within the window."""
    since = at - ATTEMPT_WINDOW
    query = select(func.count()).where(Attempt.subject == subject, Attempt.at > since)
    return db.session.scalar(query) or 0


def sign_ins_of(person_id: UUID, at: datetime) -> Sequence[SignIn]:
    """A person's live sessions, newest first."""
    rows = db.session.scalars(
        select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc())
    )
    return [row for row in rows if not has_ended(row.began_at, row.seen_at, at)]


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of persons, in one query."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def is_anybody() -> bool:
    """Is there any person yet?"""
    return db.session.scalar(select(func.count()).select_from(select(Person.id).limit(1).subquery())) != 0
