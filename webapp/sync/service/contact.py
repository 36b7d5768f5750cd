"""What a device says of itself at each contact."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import insert_ignoring, transaction
from webapp.kernel.errors import Refusal
from webapp.sync.models import Device
from webapp.sync.rules import MOST_WITHDRAWN, moment, skew_of

_MOST = 2**53


@dataclass(frozen=True, slots=True)
class Contact:
    """A device and its clock. `skew` is server time less device time; None when it did not tell its time."""

    device: UUID
    skew: timedelta | None
    said: dict[str, Any]


def contact_of(raw: Any, at: datetime) -> Contact:
    """Read what a device says. Raises Refusal `sync-malformed` when it does not even say which it is."""
    try:
        device = UUID(raw["device"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal("sync-malformed", 400) from None
    now = moment(raw.get("now"))
    skew = at - now if now else None
    said = {
        "app_version": "".join(filter(str.isprintable, str(raw.get("app") or "")))[:40] or None,
        "waiting": _number(raw.get("waiting")) or 0,
        "oldest_at": moment(raw.get("oldest")),
        "is_persisted": raw.get("persisted") if isinstance(raw.get("persisted"), bool) else None,
        "usage": _number(raw.get("usage")),
        "quota": _number(raw.get("quota")),
        "skew_ms": int(skew.total_seconds() * 1000) if skew is not None else None,
    }
    withdrawn = raw["withdrawn"][:MOST_WITHDRAWN] if isinstance(raw.get("withdrawn"), list) else []
    said["withdrawn"] = sorted(filter(None, map(_number, withdrawn)))
    return Contact(device, skew, {**said, "last_seq": _number(raw.get("last_seq")) or 0})


def greet(raw: Any, agent: str, *, by: Actor, at: datetime) -> Contact:
    """Remember a device, and what it says. Raises Refusal `sync-malformed`."""
    contact = contact_of(raw, at)
    with transaction() as session:
        new = {"id": contact.device, "first_seen_at": at, "seen_at": at, "person_id": by.id}
        fresh = {"agent": agent[:200], "waiting": 0, "last_seq": 0, "withdrawn": [], "is_lost": False}
        if insert_ignoring(Device, new | fresh, ["id"]):
            journal.write("device.first-seen", "device", contact.device, by=by, at=at)
        said = dict(contact.said)
        last_seq = said.pop("last_seq")
        mine = update(Device).where(Device.id == contact.device)
        session.execute(mine.values(seen_at=at, person_id=by.id, agent=agent[:200], **said))
        session.execute(mine.where(Device.last_seq < last_seq).values(last_seq=last_seq))
    return contact


def remembered(device: UUID) -> Contact:
    """A device that is not here itself: its clock as it was when it was last heard of."""
    found = db.session.get(Device, device)
    skew_ms = found.skew_ms if found else None
    return Contact(device, skew_of(skew_ms), {"skew_ms": skew_ms})


def _number(value: Any) -> int | None:
    is_count = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _MOST
    return int(value) if is_count else None
