"""Contacts of devices: their report about themselves, and the bounds that contacts give for the time of an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select, update

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import connection, retried, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.insertions import insert_ignoring
from webapp.sync.models import AuthorGrant, Device, DeviceContact
from webapp.sync.rules import MOST_WITHDRAWN, STEADY, Bounds, composed, measured, moment, skew_of
from webapp.sync.service.signatures import Signed

_MOST = 2**53
_LARGEST_SKEW_MS = 400 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of a device. `skew` is server time minus device time; None if the device did not report its time.

    `is_verified`: the device's own signature is valid. `is_impostor`: the key in the call is not the device's, or is
    missing although the device has one.
    """

    device: UUID
    skew: timedelta | None
    report: dict[str, Any]
    is_verified: bool = False
    is_impostor: bool = False

    @property
    def skew_ms(self) -> int | None:
        return None if self.skew is None else int(self.skew / timedelta(milliseconds=1))


def greet(
    raw: Any, agent: str, *, by: Actor, at: datetime, signed: Signed | None = None, enrols: bool = False
) -> Contact:
    """Store a device and its report about itself. Raises Refusal `sync-malformed`.

    A report is stored only with the device's own signature. The first key in a call with `enrols` becomes the device's
    key; for a known device this needs a person with a grant on it.
    """
    device = device_of(raw)
    return retried(lambda: _greet(device, raw, agent, by=by, at=at, signed=signed, enrols=enrols))


def _greet(
    device: UUID, raw: dict[str, Any], agent: str, *, by: Actor, at: datetime, signed: Signed | None, enrols: bool
) -> Contact:
    with transaction() as session:
        new = {"id": device, "first_seen_at": at, "seen_at": at, "person_id": by.id, "agent": shortened(agent)}
        is_new = insert_ignoring(Device, new | {"waiting": 0, "last_seq": 0, "withdrawn": [], "is_lost": False}, ["id"])
        if is_new:
            journal.write("device.first-seen", "device", device, by=by, at=at)
        kept = session.get_one(Device, device, with_for_update=True, populate_existing=True)
        if enrols and kept.public_key is None and (is_new or _has_grant(device, by)):
            _enrol(kept, raw.get("key"), signed, by=by, at=at)
        is_verified = bool(signed and kept.public_key and signed.is_by(kept.public_key))
        is_impostor = not is_verified and (kept.public_key is not None or "key" in raw)
        skew = skew_of(kept.skew_ms) if is_impostor else _skew(raw, kept, is_new=is_new, at=at)
        contact = Contact(device, skew, _report(raw), is_verified, is_impostor)
        if is_verified:
            report = contact.report | {
                "seen_at": at,
                "person_id": by.id,
                "agent": new["agent"],
                "skew_ms": contact.skew_ms,
            }
            session.execute(update(Device).where(Device.id == device).values(report))
            if (last_seq := _announced(raw, device)) is not None:
                _note(device, last_seq, at, composed(moment(raw.get("now")), at, skew))
    return contact


def _enrol(kept: Device, key: Any, signed: Signed | None, *, by: Actor, at: datetime) -> None:
    if signed and signed.is_by(key):
        kept.public_key = key
        db.session.flush()
        journal.write("device.enrolled", "device", kept.id, by=by, at=at)


def device_of(raw: Any) -> UUID:
    """The id of the calling device. Raises Refusal `sync-malformed` if it is missing."""
    try:
        return UUID(raw["device"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal("sync-malformed", 400) from None


def remembered(device: UUID) -> Contact:
    """The contact of a device that is not the caller, with the skew of its last contact."""
    row = db.session.get(Device, device)
    return Contact(device, skew_of(row.skew_ms) if row else None, {})


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of a device since the issue of a grant, as rows of `last_seq`, `first_at`, `last_at`."""

    issued_at: datetime
    rows: Sequence[Any]

    def bounds(self, seq: int) -> Bounds:
        """The bounds of the entry with this number.

        A device whose storage was wiped counts from 1 again with a new grant; earlier contacts are about other entries.
        """
        before = [row for row in self.rows if row.last_seq < seq and row.last_at >= self.issued_at]
        announcing = [row for row in self.rows if row.last_seq >= seq and row.first_at >= self.issued_at]
        earlier = max(before, key=lambda row: row.last_at, default=None)
        earliest, ahead = (earlier.last_at, seq - earlier.last_seq) if earlier else (self.issued_at, seq)
        first = min(announcing, key=lambda row: row.first_at, default=None)
        if first is None:
            return Bounds(earliest, ahead)
        return Bounds(earliest, ahead, first.first_at, first.last_seq - seq)


_contact = DeviceContact.__table__.c
_CONTACTS = select(_contact.last_seq, _contact.first_at, _contact.last_at).where(
    _contact.device_id == bindparam("device"),
    or_(_contact.first_at >= bindparam("since"), _contact.last_at >= bindparam("since")),
)


def contacts_of(device: UUID, issued_at: datetime) -> Contacts:
    """The contacts of a device since the issue of a grant; `sweep` leaves few of them."""
    return Contacts(issued_at, connection().execute(_CONTACTS, {"device": device, "since": issued_at}).all())


def shortened(text: str, most: int = 200) -> str:
    """The text cut to the length of its column, marked with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _skew(raw: dict[str, Any], kept: Device, *, is_new: bool, at: datetime) -> timedelta | None:
    is_fresh = not is_new and at - kept.seen_at < STEADY
    before = skew_of(kept.skew_ms) if is_fresh else None
    return measured(moment(raw.get("now")), at, claimed=_claimed(raw.get("clock")), before=before)


def _claimed(clock: Any) -> timedelta | None:
    """The skew that a device measured itself on small exchanges, from `{"skew_ms", "way_ms"}`."""
    skew_ms = clock.get("skew_ms") if isinstance(clock, dict) else None
    if not isinstance(skew_ms, (int, float)) or isinstance(skew_ms, bool) or not abs(skew_ms) < _LARGEST_SKEW_MS:
        return None
    return timedelta(milliseconds=skew_ms)


def _report(raw: dict[str, Any]) -> dict[str, Any]:
    app, withdrawn = raw.get("app"), raw.get("withdrawn")
    listed = withdrawn[-MOST_WITHDRAWN:] if isinstance(withdrawn, list) else []
    return {
        "app_version": shortened("".join(filter(str.isprintable, app)), 40) or None if isinstance(app, str) else None,
        "waiting": min(_number(raw.get("waiting")) or 0, 2**31 - 1),
        "oldest_at": moment(raw.get("oldest")),
        "is_persisted": raw.get("persisted") if isinstance(raw.get("persisted"), bool) else None,
        "usage": _number(raw.get("usage")),
        "quota": _number(raw.get("quota")),
        "withdrawn": sorted(filter(None, map(_number, listed))),
    }


def _has_grant(device: UUID, by: Actor) -> bool:
    mine = exists().where(AuthorGrant.device_id == device, AuthorGrant.person_id == by.id)
    return bool(db.session.scalar(select(mine)))


def _announced(raw: dict[str, Any], device: UUID) -> int | None:
    """The highest number in a call: the reported one, or that of the envelopes it delivers."""
    sent = raw.get("envelopes")
    own = (
        [envelope for envelope in sent if isinstance(envelope, dict) and envelope.get("device") == str(device)]
        if isinstance(sent, list)
        else []
    )
    brought = [envelope.get("seq") for envelope in own]
    if "last_seq" not in raw and not brought:
        return None
    return max(filter(None, map(_number, [raw.get("last_seq"), *brought])), default=0)


def _note(device: UUID, last_seq: int, at: datetime, composed_at: datetime) -> None:
    """Log a contact; consecutive contacts with the same number share a row."""
    newest = select(DeviceContact).where(DeviceContact.device_id == device).order_by(DeviceContact.last_at.desc())
    row = db.session.scalars(newest.limit(1)).first()
    if row and row.last_seq == last_seq:
        row.last_at = max(row.last_at, composed_at)
    else:
        new = {"device_id": device, "last_seq": last_seq, "first_at": at, "last_at": composed_at}
        db.session.add(DeviceContact(**new))
    db.session.execute(update(Device).where(Device.id == device, Device.last_seq < last_seq).values(last_seq=last_seq))


def _number(value: Any) -> int | None:
    is_count = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _MOST
    return int(value) if is_count else None
