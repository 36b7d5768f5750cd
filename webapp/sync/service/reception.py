"""The reception of one envelope in the open transaction: its row, its entry and the domain rows.

The row is written last, in its final state, so that nothing of the envelope precedes the savepoint of its entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, insert, select

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import entries
from webapp.kernel.access import Actor
from webapp.kernel.database import connection
from webapp.kernel.kinds import kinds
from webapp.kernel.tombstones import hold_entries, hold_entry, is_purged, look_up_purged
from webapp.sync import acts
from webapp.sync.models import AuthorGrant, Device, EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import (
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
)
from webapp.sync.service.answers import Answer, answer, gone, not_yet
from webapp.sync.service.contact import Contact, Contacts, contacts_of
from webapp.sync.service.opening import Bound, conclude, doubt, fields_of, move
from webapp.sync.service.pictures import missing, photos_of
from webapp.sync.service.proving import doubt_of
from webapp.sync.service.reading import Opened

_UNBOUNDED = Bounds(datetime(2000, 1, 1, tzinfo=UTC))
_table = ReceivedEnvelope.__table__
_NAMES = [column.name for column in _table.columns]
_INSERT = insert(_table)  # type: ignore[arg-type]
_SAME = _table.c.uuid == bindparam("uuid"), _table.c.sha256 == bindparam("sha256")
_IS_KNOWN = select(_table.c.id).where(*_SAME)


@dataclass(slots=True)
class Known:
    """What several envelopes of one transaction ask alike: grants, their locked authors, the contacts of devices, and
    which of them are stored (`stored`: their (uuid, sha256); None if each asks for itself). `rows` are to be written.

    It holds the rows, which the session alone would let go of and read again.
    """

    grants: dict[UUID, AuthorGrant | None] = field(default_factory=dict)
    authors: dict[UUID, accounts.Locked | None] = field(default_factory=dict)
    contacts: dict[tuple[UUID, UUID], Contacts] = field(default_factory=dict)
    stored: set[tuple[UUID, str]] | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)

    def look_up(self, envelopes: Sequence[Envelope]) -> None:
        """Lock their entries, and read at once which of the envelopes are stored and which entries are purged."""
        uuids = [envelope.uuid for envelope in envelopes]
        hold_entries(uuids)
        look_up_purged(uuids)
        rows = connection().execute(select(_table.c.uuid, _table.c.sha256).where(_table.c.uuid.in_(uuids)))
        self.stored = {(row.uuid, row.sha256) for row in rows}

    def is_stored(self, uuid: UUID, sha256: str) -> bool:
        if self.stored is not None:
            return (uuid, sha256) in self.stored
        return connection().execute(_IS_KNOWN, {"uuid": uuid, "sha256": sha256}).first() is not None

    def add(self, row: ReceivedEnvelope) -> None:
        """A row in its final state, to be written at the end, or at once without `stored`."""
        self.rows.append({name: getattr(row, name) for name in _NAMES})
        if self.stored is None:
            self.write()

    def write(self) -> None:
        """Write the rows; also before anything reads envelopes."""
        if self.rows:
            connection().execute(_INSERT, self.rows)
            self.rows.clear()

    def note(self, uuid: UUID, sha256: str) -> None:
        """Another envelope of this transaction is stored."""
        if self.stored is not None:
            self.stored.add((uuid, sha256))

    def grant(self, grant_id: UUID) -> AuthorGrant | None:
        if grant_id not in self.grants:
            self.grants[grant_id] = db.session.get(AuthorGrant, grant_id)
        return self.grants[grant_id]

    def author(self, person_id: UUID) -> accounts.Locked | None:
        """The person, locked until the transaction ends."""
        if person_id not in self.authors:
            self.authors[person_id] = accounts.find_locked(person_id)
        return self.authors[person_id]

    def bounds(self, device: UUID, seq: int, granted: AuthorGrant | None) -> Bounds | None:
        """The bounds of the entry with this number; None without a grant."""
        if granted is None:
            return None
        key = device, granted.id
        if key not in self.contacts:
            self.contacts[key] = contacts_of(device, granted.issued_at)
        return self.contacts[key].bounds(seq)


@dataclass(frozen=True, slots=True)
class Reception:
    """An envelope with everything that is known about it before the transaction; `bound` is its form, if bound."""

    envelope: Envelope
    opened: Opened
    contact: Contact
    by: Actor
    at: datetime
    bound: Bound | None = None

    def take(self, known: Known, fault: Doubt | None = None) -> Answer:
        """Store the envelope and apply it or route it to a person; with `fault` it is not applied."""
        hold_entry(self.envelope.uuid)
        if is_purged(self.envelope.uuid):
            return gone(self.envelope.uuid, self.envelope.sha256)
        granted = known.grant(self.envelope.grant)
        bounds = known.bounds(self.envelope.device, self.envelope.seq, granted)
        when = occurrence(moment(self.envelope.captured_at), self.contact.skew, bounds or _UNBOUNDED, self.at)
        is_readable = self.opened.payload is not None
        why = doubt_of(self.envelope, granted, bounds, when, known.author) if is_readable else Doubt.UNREADABLE
        why = why or fault
        is_known = known.is_stored(self.envelope.uuid, self.envelope.sha256)
        if why or is_known:
            known.write()  # envelopes are read
        if is_known:
            return self._take_again(why, self._values(bounds, when))
        if why and _is_tray_full(self.by):
            return not_yet(self.envelope, Waiting.TRAY_FULL)
        row = ReceivedEnvelope(**self._values(bounds, when))
        known.note(row.uuid, row.sha256)
        if self.opened.photos:
            db.session.add(row)
            return self._await(row, why, ())
        self._settle(row, why, known.author(self.envelope.author) if why is None else None)
        known.add(row)
        return answer(row, (), is_new=True)

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

    def _take_again(self, why: Doubt | None, values: dict[str, Any]) -> Answer:
        """Take another copy of a stored envelope, which replaces it if it proves more."""
        stored = select(ReceivedEnvelope).where(
            ReceivedEnvelope.uuid == self.envelope.uuid, ReceivedEnvelope.sha256 == self.envelope.sha256
        )
        row = db.session.scalars(stored).one()
        if not is_surpassed(row.state, row.reason, why):
            return self._again(row, why)
        self._replace(row, values)
        return self._await(row, why, {photo.sha256 for photo in photos_of(row)})

    def _again(self, row: ReceivedEnvelope, why: Doubt | None) -> Answer:
        """Answer another copy of a stored envelope: another author's is stored beside it; missing photos are expected
        from the newest copy.
        """
        if row.reason == Doubt.UNREADABLE and row.payload != self.opened.kept:
            return not_yet(self.envelope, Waiting.OTHER_COPY)
        if why is None and row.author_id != self.envelope.author:
            return self._beside(row)
        nonces = {photo.sha256: photo for photo in self.opened.photos}
        for photo in photos_of(row):
            if photo.key is None and photo.sha256 in nonces:
                photo.nonce, photo.length = nonces[photo.sha256].nonce, nonces[photo.sha256].bytes
        db.session.flush()
        return answer(row, missing(row), is_new=False)

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

    def _await(self, row: ReceivedEnvelope, why: Doubt | None, known: Any) -> Answer:
        """Write the rows of the photos that are not `known`, and decide on a row in the session."""
        db.session.flush()
        for photo in self.opened.photos:
            if photo.sha256 not in known:
                described = {"sha256": photo.sha256, "length": photo.bytes, "nonce": photo.nonce}
                db.session.add(EnvelopePhoto(envelope_id=row.id, **described))
        db.session.flush()
        self._settle(row, why)
        return answer(row, missing(row), is_new=True)

    def _settle(self, row: ReceivedEnvelope, why: Doubt | None, author: accounts.Locked | None = None) -> None:
        """Decide on the envelope: apply it, return it to its author, send it to review, or wait for its photos."""
        if row.is_outside and why is None:
            _mark(row)
        if why:
            doubt(row, why, by=self.by, at=self.at)
        elif self.opened.photos:
            move(row, acts.AWAIT, at=self.at)
        else:
            conclude(row, (), at=self.at, now=author.actor if author else None, bound=self.bound)


def _is_tray_full(by: Actor) -> bool:
    lying = select(func.count()).select_from(ReceivedEnvelope)
    mine = lying.where(ReceivedEnvelope.state == State.REVIEW, ReceivedEnvelope.relay_id == by.id)
    return (db.session.scalar(mine) or 0) >= MOST_IN_REVIEW


def _mark(row: ReceivedEnvelope) -> None:
    """Mark the device of an entry whose time cannot be right."""
    if device := db.session.get(Device, row.device_id):
        device.odd_time_at = row.received_at
