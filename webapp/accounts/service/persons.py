"""Adding, changing and disabling persons; their passwords."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from webapp.accounts import queries
from webapp.accounts.models import Person, PersonGrant, RecoveryCode
from webapp.accounts.rules import FREE_ATTEMPTS, LONGEST_NAME, is_username, normal_username, password_fault
from webapp.accounts.service import throttle
from webapp.accounts.service.reach import administered, check_grants
from webapp.accounts.service.sessions import end_sessions
from webapp.extensions import db
from webapp.kernel import access, journal, passwords
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.columns import digest
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal

# Letters and digits that are not confused with one another on paper.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def create_person(
    username: str,
    name: str,
    password: str,
    grants: Sequence[Grant],
    *,
    by: Actor | None,
    at: datetime,
    **details: Any,
) -> UUID:
    """Add a person; returns the id. `details`: post, phone, unit_id, language, must_change_password.

    Raises Refusal `username-taken`, `username-invalid`, `name-missing`, `password-…` or `person-beyond-reach`.
    """
    if not is_username(normal_username(username)):
        raise Refusal("username-invalid", 422, field="username")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Refusal("name-missing", 422, field="name")
    with transaction():
        if by is not None:
            check_grants(details.get("unit_id"), grants, by)
        return put_person(username, name, password, grants, by=by, at=at, **details)


def put_person(
    username: str,
    name: str,
    password: str,
    grants: Sequence[Grant],
    *,
    by: Actor | None,
    at: datetime,
    post: str | None = None,
    phone: str | None = None,
    unit_id: UUID | None = None,
    language: str | None = None,
    must_change_password: bool = False,
    is_demonstration: bool = False,
    password_hash: str | None = None,
) -> UUID:
    """As `create_person`, in the open transaction (imports, demonstration)."""
    username = normal_username(username)
    check_password(password, username, name)
    person_id = uuid4()
    db.session.add(
        Person(
            id=person_id,
            username=username,
            name=name,
            post=post,
            phone=phone,
            phone_blind=digest(Person.phone_blind, phone),
            unit_id=unit_id,
            password_hash=password_hash or passwords.hashed(password),
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


def check_password(password: str, username: str, name: str = "", field: str = "password") -> None:
    """Raises Refusal `password-<fault>` unless the password is acceptable."""
    if fault := password_fault(password, username, name):
        raise Refusal(f"password-{fault.replace('_', '-')}", 422, field=field)


@dataclass(frozen=True, slots=True)
class Changes:
    """The data that an administrator may change; with `keeps_phone` the stored number stays."""

    name: str
    post: str | None
    phone: str | None
    unit_id: UUID | None
    language: str | None
    grants: tuple[Grant, ...]
    keeps_phone: bool = False


def change_person(person_id: UUID, changes: Changes, *, by: Actor, at: datetime) -> None:
    """Change a person and their grants, with effect from their next request.

    Raises Refusal `last-administrator`, `person-beyond-reach`.
    """
    with transaction():
        person = administered(person_id, by)
        check_grants(changes.unit_id, changes.grants, by)
        if not any(grant.role is Role.ADMINISTRATOR for grant in changes.grants):
            _keep_an_administrator(person)
        before = sorted({grant.role.value for grant in person.grants})
        person.name, person.post = changes.name, changes.post
        person.unit_id, person.language = changes.unit_id, changes.language
        if not changes.keeps_phone:
            person.phone, person.phone_blind = changes.phone, digest(Person.phone_blind, changes.phone)
        db.session.execute(delete(PersonGrant).where(PersonGrant.person_id == person_id))
        db.session.expire(person, ["grants"])
        db.session.add_all(
            [
                PersonGrant(person_id=person_id, role=g.role, unit_id=g.unit_id, place_id=g.place_id)
                for g in changes.grants
            ]
        )
        roles = sorted({grant.role.value for grant in changes.grants})
        access.standing_changed(person_id, at)
        journal.write("person.changed", "person", person_id, by=by, at=at, before=before, roles=roles)


def disable_person(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """Disable a person at once. Raises Refusal `last-administrator`, `person-beyond-reach`."""
    with transaction():
        person = administered(person_id, by)
        _keep_an_administrator(person)
        person.disabled_at = at
        end_sessions(person_id, at)
        journal.write("person.disabled", "person", person_id, by=by, at=at)


def enable_person(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """Enable a disabled person. Raises Refusal `person-beyond-reach`."""
    with transaction():
        administered(person_id, by).disabled_at = None
        journal.write("person.enabled", "person", person_id, by=by, at=at)


def reset_password(person_id: UUID, *, by: Actor, at: datetime) -> str:
    """Set a new password that must be changed at the next sign-in; returns it, to be shown once.

    Ends the person's sessions and deletes their failed attempts. Raises Refusal `person-beyond-reach`.
    """
    password = new_password()
    hashed = passwords.hashed(password)
    with transaction():
        person = administered(person_id, by)
        person.password_hash, person.must_change_password = hashed, True
        end_sessions(person_id, at)
        throttle.forget_name(person.username)
        journal.write("person.password-reset", "person", person_id, by=by, at=at)
    return password


def reset_second_factor(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """Delete the TOTP secret and the recovery codes of a person with a lost phone, and end all their sessions."""
    with transaction() as session:
        person = administered(person_id, by)
        person.totp_secret = person.totp_last_step = None
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
        end_sessions(person_id, at)
        journal.write("person.second-factor-reset", "person", person_id, by=by, at=at)


def change_password(current: str, new: str, *, by: Actor, at: datetime) -> None:
    """Change the actor's own password and end their other sessions.

    Raises Refusal `password-wrong`, `sign-in-throttled`, `password-…`.
    """
    confirm_password(current, by=by, at=at)
    check_password(new, by.username, by.name, field="new")
    if current == new:
        raise Refusal("password-same", 422, field="new")
    hashed = passwords.hashed(new)
    with transaction() as session:
        chosen = update(Person).where(Person.id == by.id)
        session.execute(chosen.values(password_hash=hashed, must_change_password=False))
        end_sessions(by.id, at, but=by.sign_in_id)
        journal.write("person.password-changed", "person", by.id, by=by, at=at)


def confirm_password(password: str, *, by: Actor, at: datetime) -> None:
    """Check the actor's own password again. Raises Refusal `password-wrong`, `sign-in-throttled`."""
    reserved = throttle.reserve([throttle.Limit(throttle.subject("confirm", str(by.id)), FREE_ATTEMPTS)], at)
    person = queries.find_person(by.id)
    if person is None or not passwords.is_right(person.password_hash, password):
        raise Refusal("password-wrong", 422, field="current")
    throttle.forgive(reserved)


def new_password() -> str:
    """Twelve readable characters: 59 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def _keep_an_administrator(person: Person) -> None:
    """Raises Refusal `last-administrator` if nobody else administers the district; locks the rows on PostgreSQL."""
    query = select(Person).join(PersonGrant).where(PersonGrant.role == Role.ADMINISTRATOR, Person.disabled_at.is_(None))
    live = {administrator.id for administrator in db.session.scalars(query.with_for_update(of=Person)).unique()}
    if live == {person.id}:
        raise Refusal("last-administrator", 409)
