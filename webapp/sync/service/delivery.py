"""Reception: every well-formed envelope is stored, then opened; one that cannot be applied goes to a person.

Each envelope has a transaction of its own for its row, its entry and the domain rows, so that a failing envelope does
not block the others.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import entries
from webapp.kernel.access import Actor
from webapp.kernel.database import insert_ignoring, locked, retried, transaction
from webapp.kernel.faultlog import log_fault
from webapp.kernel.kinds import find_late, kinds
from webapp.kernel.tombstones import PURGED, hold_entry, is_purged
from webapp.kernel.unavailable import cause_of
from webapp.sync import acts, keys
from webapp.sync.models import AuthorGrant, Device, EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import (
    ANSWERS,
    MOST_IN_REVIEW,
    Bounds,
    Doubt,
    Envelope,
    Occurrence,
    Outcome,
    State,
    Waiting,
    is_surpassed,
    moment,
    occurrence,
    parse,
)
from webapp.sync.service.contact import Contact, bounds_of
from webapp.sync.service.opening import conclude, doubt, fields_of, move
from webapp.sync.service.pictures import missing, photos_of, stored, using
from webapp.sync.service.proving import doubt_of
from webapp.sync.service.reading import Opened, read

log = logging.getLogger(__name__)


_UNBOUNDED = Bounds(datetime(2000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a device about one envelope; `code` if nothing is stored of it yet."""

    uuid: str
    sha256: str
    outcome: Outcome
    row: ReceivedEnvelope | None = None
    missing: tuple[str, ...] = ()
    code: str | None = None


def accept(raw: Any, contact: Contact, *, by: Actor, at: datetime) -> Answer:
    """Receive one envelope; the same envelope again gets the same answer."""
    envelope = parse(raw)
    if envelope is None:
        texts = {name: value for name, value in raw.items() if isinstance(value, str)} if isinstance(raw, dict) else {}
        return Answer(texts.get("uuid", "")[:36], texts.get("sha256", "")[:64], Outcome.MALFORMED)
    if not keys.is_here(envelope.key_id):
        return _not_yet(envelope, Waiting.KEY_MISSING)
    post = _Reception(envelope, read(envelope), contact, by, at)
    try:
        return _finished(retried(post.take), at=at)
    except Exception as error:
        if isinstance(error, OperationalError) or cause_of(error):
            raise  # the server cannot work at present, so the entry waits on its device
        return post.put_aside(error)


def _finished(taken: Answer, *, at: datetime) -> Answer:
    """Apply an envelope whose photos have all arrived before, and answer."""
    if taken.row is None or taken.outcome is not Outcome.PHOTOS or taken.missing:
        return taken
    is_new = finish(taken.row.id, at=at)
    return answer(db.session.get_one(ReceivedEnvelope, taken.row.id), is_new=is_new)


def answer(row: ReceivedEnvelope, *, is_new: bool) -> Answer:
    """The answer for an envelope: its missing photos if any, else the outcome of its state."""
    outcome = ANSWERS[row.state]
    if lacking := missing(row):
        outcome = Outcome.PHOTOS
    elif is_new and row.state is State.APPLIED:
        outcome = Outcome.DISCREPANCY if _contradicts(row) else Outcome.RECEIPT
    return Answer(str(row.uuid), row.sha256, outcome, row, tuple(lacking))


def _contradicts(row: ReceivedEnvelope) -> bool:
    late = find_late(row.kind)
    return late is not None and late.contradicts(row.uuid)


def gone(uuid: UUID, sha256: str) -> Answer:
    """The answer to what belongs to a purged entry: the device is to let go of its copy, and nothing is kept."""
    return Answer(str(uuid), sha256, Outcome.PURGED, code=PURGED)


def get_row(uuid: UUID, sha256: str) -> ReceivedEnvelope:
    """The row of an envelope. Raises NoResultFound."""
    query = select(ReceivedEnvelope).where(ReceivedEnvelope.uuid == uuid, ReceivedEnvelope.sha256 == sha256)
    return db.session.scalars(query).one()


def finish(row_id: UUID, *, at: datetime) -> bool:
    """Apply an envelope that waited for photos once all have arrived; True if this call did so.

    The photos are decoded and stored before the transaction. Raises Refusal `photos-busy`, and the envelope waits on.
    """
    row = db.session.get(ReceivedEnvelope, row_id)
    if row is None or row.state is not State.PHOTOS or missing(row):
        return False
    uuid, photos = row.uuid, stored(row)

    def apply() -> bool:
        with transaction():
            hold_entry(uuid)
            waiting = locked(ReceivedEnvelope, row_id)
            if waiting is None or waiting.state is not State.PHOTOS:
                return False
            conclude(waiting, photos, at=at)
            return True

    with using(photos, row_id):
        try:
            return retried(apply)
        except OperationalError:
            raise
        except Exception as error:
            log_fault(log, "an envelope with photos could not be applied", error)
            return retried(lambda: _fail(row_id))


def _fail(row_id: UUID) -> bool:
    with transaction():
        row = locked(ReceivedEnvelope, row_id)
        if row is not None and row.state is State.PHOTOS:
            move(row, acts.DOUBT, at=row.received_at, reason=Doubt.FAILED)
    return True


def _not_yet(envelope: Envelope, why: Waiting) -> Answer:
    return Answer(str(envelope.uuid), envelope.sha256, Outcome.WAIT, code=why)


@dataclass(frozen=True, slots=True)
class _Reception:
    """The reception of one envelope, with everything known about it before the transaction."""

    envelope: Envelope
    opened: Opened
    contact: Contact
    by: Actor
    at: datetime

    def take(self, fault: Doubt | None = None) -> Answer:
        """Store the envelope and apply it or route it to a person; with `fault` it is not applied."""
        with transaction():
            return self._taken(fault)

    def put_aside(self, error: Exception) -> Answer:
        """Store an envelope whose application raised an unexpected error; if that fails too, its device keeps it."""
        log_fault(log, "an envelope could not be applied", error)
        try:
            return retried(lambda: self.take(Doubt.FAILED))
        except Exception as second:
            log_fault(log, "an envelope could not be kept for review", second)
            return _not_yet(self.envelope, Waiting.BUSY)

    def _taken(self, fault: Doubt | None) -> Answer:
        hold_entry(self.envelope.uuid)
        if is_purged(self.envelope.uuid):
            return gone(self.envelope.uuid, self.envelope.sha256)
        granted = db.session.get(AuthorGrant, self.envelope.grant)
        bounds = bounds_of(self.envelope.device, self.envelope.seq, granted)
        when = occurrence(moment(self.envelope.captured_at), self.contact.skew, bounds or _UNBOUNDED, self.at)
        why = Doubt.UNREADABLE if self.opened.payload is None else doubt_of(self.envelope, granted, bounds, when)
        why = why or fault
        values = self._values(bounds, when)
        if why and not _is_known(self.envelope) and _is_tray_full(self.by):
            return _not_yet(self.envelope, Waiting.TRAY_FULL)
        is_new = insert_ignoring(ReceivedEnvelope, values, ["uuid", "sha256"])
        row = get_row(self.envelope.uuid, self.envelope.sha256)
        if not is_new and not is_surpassed(row.state, row.reason, why):
            return self._again(row, why)
        if not is_new:
            self._replace(row, values)
        self._open(row, why)
        return answer(row, is_new=True)

    def _values(self, bounds: Bounds | None, when: Occurrence) -> dict[str, Any]:
        return {
            "id": uuid4(),
            "uuid": self.envelope.uuid,
            "sha256": self.envelope.sha256,
            "kind": self.envelope.kind,
            "author_id": self.envelope.author,
            "relay_id": self.by.id,
            "grant_id": self.envelope.grant,
            "device_id": self.envelope.device,
            "seq": self.envelope.seq,
            "captured_at": moment(self.envelope.captured_at),
            "received_at": self.at,
            "occurred_at": when.at,
            "is_outside": when.is_outside,
            "announced_at": bounds.announced_at if bounds else None,
            "skew_ms": self.contact.skew_ms,
            "state": State.REVIEW,
            "payload": self.opened.kept,
        }

    def _again(self, row: ReceivedEnvelope, why: Doubt | None) -> Answer:
        """Answer another copy of a stored envelope: another author's is stored beside it; missing photos are expected
        from the newest copy.
        """
        if row.reason == Doubt.UNREADABLE and row.payload != self.opened.kept:
            return _not_yet(self.envelope, Waiting.OTHER_COPY)
        if why is None and row.author_id != self.envelope.author:
            return self._beside(row)
        nonces = {photo.sha256: photo for photo in self.opened.photos}
        for photo in photos_of(row):
            if photo.key is None and photo.sha256 in nonces:
                photo.nonce, photo.length = nonces[photo.sha256].nonce, nonces[photo.sha256].bytes
        db.session.flush()
        return answer(row, is_new=False)

    def _beside(self, row: ReceivedEnvelope) -> Answer:
        """Store the genuine envelope as a second version after a copy with another author was released."""
        author, kind = accounts.find_person(self.envelope.author), kinds().get(row.kind)
        if author and kind and self.opened.payload:
            entries.keep_second(
                kind, row.uuid, fields_of(self.opened.payload), by=accounts.actor_of(author), at=self.at
            )
        return Answer(str(row.uuid), row.sha256, Outcome.CONFLICT)

    def _replace(self, row: ReceivedEnvelope, values: dict[str, Any]) -> None:
        """Replace the stored envelope by a copy that proves more."""
        newer = {name: value for name, value in values.items() if name not in {"id", "uuid", "sha256", "state"}}
        blank = dict.fromkeys(("reason", "values", "settled_at", "settled_by", "note"))
        move(row, acts.REPLACE, by=self.by, at=self.at, **newer, **blank)
        for photo in photos_of(row):
            if photo.key is None:
                db.session.delete(photo)
        db.session.flush()

    def _open(self, row: ReceivedEnvelope, why: Doubt | None) -> None:
        """Decide on the envelope: apply it, return it to its author, send it to review, or wait for its photos."""
        known = {photo.sha256 for photo in photos_of(row)}
        for photo in self.opened.photos:
            if photo.sha256 not in known:
                kept = {"sha256": photo.sha256, "length": photo.bytes, "nonce": photo.nonce}
                db.session.add(EnvelopePhoto(envelope_id=row.id, **kept))
        db.session.flush()
        if row.is_outside and why is None:
            _mark(row)
        if why:
            doubt(row, why, by=self.by, at=self.at)
        elif self.opened.photos:
            move(row, acts.AWAIT, at=self.at)
        else:
            conclude(row, (), at=self.at)


def _is_known(envelope: Envelope) -> bool:
    known = select(ReceivedEnvelope.id).where(
        ReceivedEnvelope.uuid == envelope.uuid, ReceivedEnvelope.sha256 == envelope.sha256
    )
    return db.session.scalar(known) is not None


def _is_tray_full(by: Actor) -> bool:
    lying = select(func.count()).select_from(ReceivedEnvelope)
    mine = lying.where(ReceivedEnvelope.state == State.REVIEW, ReceivedEnvelope.relay_id == by.id)
    return (db.session.scalar(mine) or 0) >= MOST_IN_REVIEW


def _mark(row: ReceivedEnvelope) -> None:
    """Mark the device of an entry whose time cannot be right."""
    if device := db.session.get(Device, row.device_id):
        device.odd_time_at = row.received_at
