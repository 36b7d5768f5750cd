"""Adding, changing, disabling persons; their passwords."""

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
from webapp.kernel import access, disclosure, journal, passwords
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.sealing import blind

# Letters and digits that nobody mistakes for one another when they are read from paper.
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
    """Add a person; gives the id. `details`: phone, unit_id, language, must_change_password.

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
    phone: str | None = None,
    unit_id: UUID | None = None,
    language: str | None = None,
    must_change_password: bool = False,
    is_demonstration: bool = False,
    password_hash: str | None = None,
) -> UUID:
    """The same inside a transaction that is open already (imports, demonstration)."""
    username = normal_username(username)
    check_password(password, username, name)
    person_id = uuid4()
    db.session.add(
        Person(
            id=person_id,
            username=username,
            name=name,
            phone=phone,
            phone_blind=blind(phone, "person.phone"),
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
    """What an administrator may set of somebody; `keeps_phone`: the number stays as it is, unseen."""

    name: str
    phone: str | None
    unit_id: UUID | None
    language: str | None
    grants: tuple[Grant, ...]
    keeps_phone: bool = False


def change_person(person_id: UUID, changes: Changes, *, by: Actor, at: datetime) -> None:
    """Change a person and what they may do; in force at their next request.

    Raises Refusal `last-administrator`, `person-beyond-reach`.
    """
    with transaction():
        person = administered(person_id, by)
        check_grants(changes.unit_id, changes.grants, by)
        if not any(grant.role is Role.ADMINISTRATOR for grant in changes.grants):
            _keep_an_administrator(person)
        person.name, person.unit_id, person.language = changes.name, changes.unit_id, changes.language
        if not changes.keeps_phone:
            person.phone, person.phone_blind = changes.phone, blind(changes.phone, "person.phone")
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
        journal.write("person.changed", "person", person_id, by=by, at=at, roles=roles)


def disable_person(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """End somebody's access at once. Raises Refusal `last-administrator`, `person-beyond-reach`."""
    with transaction():
        person = administered(person_id, by)
        _keep_an_administrator(person)
        person.disabled_at = at
        end_sessions(person_id, at)
        journal.write("person.disabled", "person", person_id, by=by, at=at)


def enable_person(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let somebody sign in again. Raises Refusal `person-beyond-reach`."""
    with transaction():
        administered(person_id, by).disabled_at = None
        journal.write("person.enabled", "person", person_id, by=by, at=at)


def reset_password(person_id: UUID, *, by: Actor, at: datetime) -> str:
    """Give somebody a new password to be changed at once; shown to the administrator this one time.

    Ends their sessions and forgets their failed attempts. Raises Refusal `person-beyond-reach`.
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
    """For a lost phone: forget the TOTP and its recovery codes, end all sessions."""
    with transaction() as session:
        person = administered(person_id, by)
        person.totp_secret = person.totp_last_step = None
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
        end_sessions(person_id, at)
        journal.write("person.second-factor-reset", "person", person_id, by=by, at=at)


def change_password(current: str, new: str, *, by: Actor, at: datetime) -> None:
    """Change one's own password; every other session of theirs ends.

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
    """Is it really they who sit there? Raises Refusal `password-wrong`, `sign-in-throttled`."""
    reserved = throttle.reserve([throttle.Limit(throttle.subject("confirm", str(by.id)), FREE_ATTEMPTS)], at)
    person = queries.find_person(by.id)
    if person is None or not passwords.is_right(person.password_hash, password):
        raise Refusal("password-wrong", 422, field="current")
    throttle.forgive(reserved)


def reveal_phone(person_id: UUID, reason: str, *, by: Actor, at: datetime) -> str | None:
    """The whole telephone number, for a reason that stays in the journal."""
    with transaction():
        phone = administered(person_id, by).phone
        disclosure.note_reveal("person.phone-revealed", "person", person_id, reason, by=by, at=at)
    return phone


def new_password() -> str:
    """Twelve readable characters: 59 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def _keep_an_administrator(person: Person) -> None:
    """Refuse what would leave nobody to administer; the rows are locked where the database can."""
    query = select(Person).join(PersonGrant).where(PersonGrant.role == Role.ADMINISTRATOR, Person.disabled_at.is_(None))
    live = {one.id for one in db.session.scalars(query.with_for_update(of=Person)).unique()}
    if live == {person.id}:
        raise Refusal("last-administrator", 409)
