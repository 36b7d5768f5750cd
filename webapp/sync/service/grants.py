"""Leave to record on a device."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.sync.models import AuthorGrant, Device
from webapp.sync.rules import GRANT_DAYS
from webapp.sync.service.contact import Contact


@dataclass(frozen=True, slots=True)
class Granted:
    """What the device gets once: `key` (32 bytes) makes the author's proof and is not told again."""

    id: UUID
    key: bytes
    expires_at: datetime


def grant(contact: Contact, *, by: Actor, at: datetime) -> Granted:
    """Let the actor record on a device for 14 days. Raises Refusal `device-lost`."""
    key = secrets.token_bytes(32)
    expires_at = at + timedelta(days=GRANT_DAYS)
    with transaction() as session:
        if session.get_one(Device, contact.device).is_lost:
            raise Refusal("device-lost", 403)
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


def actor_of(grant_id: UUID, author_id: UUID) -> Actor | None:
    """The author as they stood when the grant was given; without a grant, as they stand now; None for nobody."""
    person = accounts.find_person(author_id)
    if person is None:
        return None
    now = accounts.actor_of(person)
    granted = db.session.get(AuthorGrant, grant_id)
    if granted is None or granted.person_id != author_id:
        return now
    held = tuple(
        Grant(Role(role), *(UUID(id_) if id_ else None for id_ in (unit, place)))
        for role, unit, place in granted.grants
    )
    return replace(now, grants=held)


def standing_of(grant_id: UUID, by: Actor) -> Actor:
    """An author who is here: as they stand now, and as they stood when they recorded; they may have moved since."""
    then = actor_of(grant_id, by.id)
    return replace(by, grants=(*by.grants, *(then.grants if then else ())))


def is_live(grant_id: Any, *, by: Actor, at: datetime) -> bool:
    """May the actor still record with this grant? Anything that is no grant is none."""
    try:
        found = db.session.get(AuthorGrant, UUID(str(grant_id)))
    except ValueError:
        return False
    return bool(found and found.person_id == by.id and not found.revoked_at and at < found.expires_at)


def end_grants_of(person_id: UUID, at: datetime) -> None:
    """End a person's grants inside the open transaction: their roles, password or standing changed.

    What they recorded before still counts; the next contact gets a new grant, if they may have one.
    """
    live = update(AuthorGrant).where(AuthorGrant.person_id == person_id, AuthorGrant.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=at), execution_options={"synchronize_session": False})


def revoke_grants(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """End every grant on a device: it is lost, or was handed over. What was recorded before still counts."""
    with transaction() as session:
        live = update(AuthorGrant).where(AuthorGrant.device_id == device_id, AuthorGrant.revoked_at.is_(None))
        session.execute(live.values(revoked_at=at))
        session.execute(update(Device).where(Device.id == device_id).values(is_lost=True))
        journal.write("device.revoked", "device", device_id, by=by, at=at)


def reinstate(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """A lost device was found: whoever signs in on it may record again."""
    with transaction() as session:
        session.execute(update(Device).where(Device.id == device_id).values(is_lost=False))
        journal.write("device.reinstated", "device", device_id, by=by, at=at)


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
