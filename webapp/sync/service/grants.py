"""Leave to record on a device."""

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
    """What the device gets once: `key` (32 bytes) makes the author's proof and is not told again."""

    id: UUID
    key: bytes
    expires_at: datetime


def grant(contact: Contact, *, by: Actor, at: datetime) -> Granted:
    """Let the actor record on a device for 14 days. Raises Refusal `device-lost`, `device-strange` (409) to a device
    that is not the one whose name it bears: it takes another name.
    """
    key = secrets.token_bytes(32)
    expires_at = at + timedelta(days=GRANT_DAYS)
    with transaction() as session:
        device = session.get_one(Device, contact.device, with_for_update=True)
        if device.is_lost:
            raise Refusal("device-lost", 403)
        if contact.is_strange:
            raise Refusal("device-strange", 409)
        row = AuthorGrant(
            person_id=by.id,
            device_id=contact.device,
            key=key.hex(),
            grants=[[one.role.value, _text(one.unit_id), _text(one.place_id)] for one in by.grants],
            issued_at=at,
            expires_at=expires_at,
        )
        session.add(row)
        session.flush()
        journal.write("device.granted", "device", contact.device, by=by, at=at, grant=str(row.id))
        return Granted(row.id, key, expires_at)


@dataclass(frozen=True, slots=True)
class Author:
    """Whose roles an entry is judged by. `is_lessened`: they had more on the day of the grant, and nothing shows that
    the entry was made before they lost it.
    """

    actor: Actor
    is_lessened: bool = False


def author_of(row: ReceivedEnvelope) -> Author | None:
    """The author of an envelope; None for nobody.

    The roles of the day of the grant hold for what is known to have been made while they did: its number had been
    announced before they changed, or an administrator vouched for it. Whatever the device's clock says is no proof.
    """
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
    """Is it known that the entry was made before the grant's roles changed?"""
    is_vouched = row.settled_by is not None
    is_announced = row.announced_at is not None and granted.revoked_at and row.announced_at <= granted.revoked_at
    return is_vouched or granted.revoked_at is None or bool(is_announced)


def _held(granted: AuthorGrant) -> tuple[Grant, ...]:
    return tuple(
        Grant(Role(role), *(UUID(id_) if id_ else None for id_ in (unit, place)))
        for role, unit, place in granted.grants
    )


def standing_of(row: ReceivedEnvelope, by: Actor) -> Actor:
    """An author who is here: as they stand now, and as they stood when they recorded; they may have moved since."""
    then = author_of(row)
    return replace(by, grants=(*by.grants, *(then.actor.grants if then and not then.is_lessened else ())))


def is_live(grant_id: Any, *, by: Actor, at: datetime) -> bool:
    """May the actor still record with this grant? Anything that is no grant is none."""
    try:
        found = db.session.get(AuthorGrant, UUID(str(grant_id)))
    except ValueError:
        return False
    return bool(found and found.person_id == by.id and not found.revoked_at and at < found.expires_at)


def end_grants_of(person_id: UUID, at: datetime) -> None:
    """End a person's grants inside the open transaction: their roles, password or standing changed.

    What they recorded before still counts; the next contact gets a new grant, if they may have one. Of somebody who
    was disabled, only what a contact had announced before counts without review.
    """
    person = accounts.find_person(person_id)
    _end(AuthorGrant.person_id == person_id, at, is_barred=bool(person and person.disabled_at))


def _end(whose: ColumnElement[bool], at: datetime, *, is_barred: bool) -> None:
    ended = update(AuthorGrant).where(whose).execution_options(synchronize_session=False)
    db.session.execute(ended.where(AuthorGrant.revoked_at.is_(None)).values(revoked_at=at))
    if is_barred:
        db.session.execute(ended.where(AuthorGrant.barred_at.is_(None)).values(barred_at=at))


def revoke_grants(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """End every grant on a device: it is lost, or was handed over. What a contact had announced before still counts."""
    with transaction() as session:
        _end(AuthorGrant.device_id == device_id, at, is_barred=True)
        session.execute(update(Device).where(Device.id == device_id).values(is_lost=True))
        journal.write("device.revoked", "device", device_id, by=by, at=at)


def reinstate(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """A lost device was found: whoever signs in on it may record again."""
    with transaction() as session:
        session.execute(update(Device).where(Device.id == device_id).values(is_lost=False))
        journal.write("device.reinstated", "device", device_id, by=by, at=at)


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
