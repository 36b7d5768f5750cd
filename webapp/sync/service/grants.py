"""Grants: permissions to record on a device."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.sync.models import AuthorGrant, Device, ReceivedEnvelope
from webapp.sync.rules import GRANT_DAYS
from webapp.sync.service.contact import Contact


@dataclass(frozen=True, slots=True)
class Granted:
    """A new grant. The device receives `key` (32 bytes), for the author's proof, only once."""

    id: UUID
    key: bytes
    expires_at: datetime


def grant(contact: Contact, *, by: Actor, at: datetime) -> Granted:
    """Permit the actor to record on a device for 14 days. Raises Refusal `device-lost`, and `device-strange` (409) to a
    device that uses the id of another; it then chooses a new id.
    """
    key = secrets.token_bytes(32)
    expires_at = at + timedelta(days=GRANT_DAYS)
    with transaction() as session:
        device = session.get_one(Device, contact.device, with_for_update=True, populate_existing=True)
        if device.is_lost:
            raise Refusal("device-lost", 403)
        if contact.is_impostor:
            raise Refusal("device-strange", 409)
        row = AuthorGrant(
            person_id=by.id,
            device_id=contact.device,
            key=key.hex(),
            grants=[[held.role.value, _text(held.unit_id), _text(held.place_id)] for held in by.grants],
            issued_at=at,
            expires_at=expires_at,
        )
        session.add(row)
        session.flush()
        journal.write("device.granted", "device", contact.device, by=by, at=at, grant=str(row.id))
        return Granted(row.id, key, expires_at)


@dataclass(frozen=True, slots=True)
class Author:
    """The author by whose roles an entry is checked. `is_lessened`: the author had more roles when the grant was
    issued, and it is unproven that the entry was made before they lost them.
    """

    actor: Actor
    is_lessened: bool = False


def author_of(row: ReceivedEnvelope, now: Actor | None = None) -> Author | None:
    """The author of an envelope, read unless it is given as of `now`; None for an unknown person.

    The roles at the issue of the grant apply if it is proven that the entry was made before they changed: its number
    had been announced before, or an administrator released it. The device's clock is no proof.
    """
    if now is None:
        person = accounts.find_person(row.author_id)
        if person is None:
            return None
        now = accounts.actor_of(person)
    granted = db.session.get(AuthorGrant, row.grant_id)
    if granted is None or granted.person_id != row.author_id:
        return Author(now)
    then = _held(granted)
    has_lost = not set(then) <= set(now.grants)
    if has_lost and not _is_made_under(granted, row):
        return Author(now, is_lessened=True)
    return Author(replace(now, grants=then))


def _is_made_under(granted: AuthorGrant, row: ReceivedEnvelope) -> bool:
    """Whether it is proven that the entry was made before the grant's roles changed."""
    is_vouched = row.settled_by is not None
    is_announced = row.announced_at is not None and granted.revoked_at and row.announced_at <= granted.revoked_at
    return is_vouched or granted.revoked_at is None or bool(is_announced)


def _held(granted: AuthorGrant) -> tuple[Grant, ...]:
    return tuple(
        Grant(Role(role), *(UUID(id_) if id_ else None for id_ in (unit, place)))
        for role, unit, place in granted.grants
    )


def standing_of(row: ReceivedEnvelope, by: Actor) -> Actor:
    """The signed-in author with their present roles and those at the time of recording, which may differ."""
    then = author_of(row)
    return replace(by, grants=(*by.grants, *(then.actor.grants if then and not then.is_lessened else ())))


def is_live(grant_id: Any, *, by: Actor, at: datetime) -> bool:
    """Whether the actor may still record with this grant; False for a malformed id."""
    try:
        granted = db.session.get(AuthorGrant, UUID(str(grant_id)))
    except ValueError:
        return False
    return bool(granted and granted.person_id == by.id and not granted.revoked_at and at < granted.expires_at)


def end_grants_of(person_id: UUID, at: datetime) -> None:
    """End a person's grants in the open transaction, after a change of their roles, password or status.

    Earlier entries remain valid; the next contact issues a new grant if they may have one. Entries of a disabled person
    need a review unless a contact had announced them before.
    """
    person = accounts.find_person(person_id)
    _end(AuthorGrant.person_id == person_id, at, is_barred=bool(person and person.disabled_at))


def _end(whose: ColumnElement[bool], at: datetime, *, is_barred: bool) -> None:
    ended = update(AuthorGrant).where(whose).execution_options(synchronize_session=False)
    db.session.execute(ended.where(AuthorGrant.revoked_at.is_(None)).values(revoked_at=at))
    if is_barred:
        db.session.execute(ended.where(AuthorGrant.barred_at.is_(None)).values(barred_at=at))


def revoke_grants(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """End all grants on a lost or returned device. Entries that a contact had announced before remain valid."""
    with transaction() as session:
        _end(AuthorGrant.device_id == device_id, at, is_barred=True)
        session.execute(update(Device).where(Device.id == device_id).values(is_lost=True))
        journal.write("device.revoked", "device", device_id, by=by, at=at)


def reinstate(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """Permit recording on a device again that was marked as lost."""
    with transaction() as session:
        session.execute(update(Device).where(Device.id == device_id).values(is_lost=False))
        journal.write("device.reinstated", "device", device_id, by=by, at=at)


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
