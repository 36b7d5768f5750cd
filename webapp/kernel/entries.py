"""The entry: the single write path of everything recorded in the field.

A kind names its form and its apply function once; online posts and the outbox both use that pair. The same uuid with
the same content returns the first receipt again; with other content it is a conflict, and both versions are stored.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import g
from sqlalchemy import BigInteger, ForeignKey, Index, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.extensions import Model, db
from webapp.kernel import access, journal, media
from webapp.kernel.access import PERSON, Actor
from webapp.kernel.columns import Sealed, UtcDateTime, canonical
from webapp.kernel.database import retried, transaction
from webapp.kernel.errors import Refusal, refusal_of
from webapp.kernel.insertions import Ready, insert_ignoring_statement, ready
from webapp.kernel.kinds import ENVELOPE, Kind
from webapp.kernel.sealing import keyed_hash, new_salt
from webapp.kernel.sharing import in_shared_transaction
from webapp.kernel.tombstones import hold_entry, refuse_purged
from webapp.kernel.unknown import refuse_unknown

_CONTENT = ("content", "content_salt", "content_hash")
CLOCK_OFF_MS = 2 * 24 * 3600 * 1000
NOISE_MS = 5000


class Entry(Model):
    """A record from the field. `seq` is the receipt number.

    `captured_at` is the device's time: shown, never trusted. `skew_ms` is server time minus device time at the last
    contact, in milliseconds. `relay_id` is the person who delivered it for its author. `device_seq` numbers the entries
    of one device. With `is_time_uncertain` the device's time cannot be right; the latest possible time is used.
    """

    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_device_seq", "device", "device_seq"),)

    seq: Mapped[int] = mapped_column(journal.Serial, primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), index=True)
    device: Mapped[str | None] = mapped_column(String(80))
    device_seq: Mapped[int | None]
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    relay_id: Mapped[UUID | None]
    is_time_uncertain: Mapped[bool] = mapped_column(default=False)
    content: Mapped[str] = mapped_column(Sealed("entry.content"))
    content_hash: Mapped[str] = mapped_column(String(64))
    content_salt: Mapped[str] = mapped_column(Sealed("entry.content_salt"))

    is_late = False  # True while an entry from a device's outbox is applied: its event is in the past

    @property
    def is_clock_off(self) -> bool:
        """Whether the device's clock differs notably from the server's."""
        return self.skew_ms is not None and abs(self.skew_ms) > CLOCK_OFF_MS


class EntryConflict(Model):
    """Another version of an entry under the same uuid, stored whole for review."""

    __tablename__ = "entry_conflict"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    uuid: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[str] = mapped_column(Sealed("entry_conflict.content"))
    content_hash: Mapped[str] = mapped_column(String(64))
    content_salt: Mapped[str] = mapped_column(Sealed("entry_conflict.content_salt"))


AnyPhoto = media.Prepared | media.Stored


@dataclass(frozen=True, slots=True)
class Receipt:
    """Issued only after commit. `replayed`: the same entry had arrived before."""

    uuid: UUID
    seq: int
    replayed: bool = False
    is_conflict: bool = False
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Travel:
    """How an entry was delivered: times, device and relay, apart from its content."""

    received_at: datetime
    device: str | None = None
    captured_at: datetime | None = None
    skew_ms: int | None = None
    device_seq: int | None = None
    relay_id: UUID | None = None
    is_time_uncertain: bool = False


_TRAVEL = tuple(Travel.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The bound form, and the receipt, which is None for an invalid form."""

    form: Any
    receipt: Receipt | None


def new_uuid() -> UUID:
    """The uuid of a form that no device has given one."""
    return uuid4()


def deliver(
    kind: Kind,
    fields: MultiDict[str, str],
    files: MultiDict[str, FileStorage] | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Delivery:
    """Validate and record exactly once. An invalid form records nothing and gives no receipt.

    Raises Refusal `fields-unknown`; `entry-conflict` or `entry-other-author` for other content under the same uuid,
    which is stored beside it; and any refusal of the kind's apply function, in which case nothing is stored.
    """
    form = kind.form(fields)
    photos = media.prepare(files or MultiDict())
    media.verify_declared(photos, fields)
    values = values_of(kind, fields, photos, posted(fields, at), by)
    if form.validate():
        receipt: Receipt | None = _record(kind, values, form, fields, photos, by=by, at=at)
    else:  # a replay gets its receipt even if the form would no longer be valid
        receipt = find_receipt(values, by)
    g.receipt = receipt
    return Delivery(form, receipt)


def deliver_together(batch: Iterable[tuple[Kind, MultiDict[str, str], Actor, datetime]]) -> list[Receipt]:
    """Record several entries without files in one transaction, all or none.

    Raises ValueError for an invalid form, and any refusal of an apply function.
    """
    receipts = []
    with transaction():
        for kind, fields, by, at in batch:
            form = kind.form(fields)
            if not form.validate():
                raise ValueError(f"{kind.name}: {dict(form.errors)}")
            values = values_of(kind, fields, (), posted(fields, at), by)
            receipts.append(apply(kind, values, kind.prepared(form), (), by=by, at=at))
    return receipts


def find_receipt(values: dict[str, Any], by: Actor) -> Receipt | None:
    """The receipt of an entry with this content from this author that arrived before; None if none did.

    Raises Refusal `record-purged`.
    """
    refuse_purged(values["uuid"])
    entry = db.session.scalars(select(Entry).where(Entry.uuid == values["uuid"])).one_or_none()
    if entry is None or entry.author_id != by.id or not _is_same(entry, values):
        return None
    return Receipt(entry.uuid, entry.seq, replayed=True)


def _is_same(entry: Entry, values: dict[str, Any]) -> bool:
    return keyed_hash(f"{values['kind']}\n{values['content']}", entry.content_salt) == entry.content_hash


def get_entry(uuid: UUID) -> Entry:
    """The entry of a record; raises NoResultFound."""
    return db.session.scalars(select(Entry).where(Entry.uuid == uuid)).one()


def fields_of(uuid: UUID) -> list[tuple[str, str]]:
    """The fields of an entry's form and what stood in them, in no order; raises NoResultFound."""
    content = json.loads(get_entry(uuid).content)
    return [(name, text) for name, texts in content.items() for text in texts if isinstance(text, str)]


def _record(
    kind: Kind,
    values: dict[str, Any],
    form: Any,
    fields: MultiDict[str, str],
    photos: Sequence[media.Prepared],
    *,
    by: Actor,
    at: datetime,
) -> Receipt:
    """Store the files, then run the transaction; delete the files again if it fails."""
    files, data, row = media.store(photos), kind.prepared(form), insertion(values)

    def record() -> Receipt:
        receipt = apply(kind, values, data, files, by=access.standing(by), at=at, row=row)
        if not receipt.replayed:
            refuse_unknown(form, fields, kind.beside)
        return receipt

    receipt = None
    try:
        receipt = retried(lambda: in_shared_transaction(record, contends=kind.contends))
    except IntegrityError as error:
        raise refusal_of(error) or error from error
    finally:
        if receipt is None or receipt.replayed:
            media.discard(files)
    if receipt.is_conflict:
        raise Refusal("entry-conflict" if receipt.is_own else "entry-other-author")
    return receipt


def apply(
    kind: Kind,
    values: dict[str, Any],
    data: dict[str, Any] | Refusal,
    photos: Sequence[media.Stored],
    *,
    by: Actor,
    at: datetime,
    is_late: bool = False,
    row: Ready | None = None,
) -> Receipt:
    """Write an entry and its domain rows in the open transaction; `at` is the time of the event, `data` comes from
    `Kind.prepared`, `row` from `insertion` if it was called before the lock.

    An entry that had arrived before gets its first receipt; other content, or another author, under its uuid is stored
    beside it (`is_conflict`). Raises Refusal `record-purged`, and any refusal of the kind's apply function.
    """
    hold_entry(values["uuid"])
    refuse_purged(values["uuid"])
    seq = (row or insertion(values)).run().scalar_one_or_none()
    if seq is None:
        return _answer_again(get_entry(values["uuid"]), values, by=by)
    if isinstance(data, Refusal):
        raise data
    entry = Entry(**values, seq=seq)  # outside the session, since nothing of it changes
    media.keep(photos, entry.uuid, by=by, at=entry.received_at)
    entry.is_late = is_late
    kind.apply(entry, data, photos, by=by, at=at)
    journal.write("entry.recorded", kind.name, entry.uuid, by=by, at=entry.received_at, seq=entry.seq)
    return Receipt(entry.uuid, entry.seq)


def insertion(values: dict[str, Any]) -> Ready:
    """The insertion of an entry unless there is one with its uuid; returns its `seq`."""
    return ready(insert_ignoring_statement(Entry, ("uuid",), "seq"), values)


def _answer_again(entry: Entry, values: dict[str, Any], *, by: Actor) -> Receipt:
    is_own = entry.author_id == by.id
    is_same = is_own and _is_same(entry, values)
    if not is_same:
        _keep_beside(entry, values, by=by)
    return Receipt(entry.uuid, entry.seq, replayed=True, is_conflict=not is_same, is_own=is_own)


def keep_second(kind: Kind, uuid: UUID, fields: MultiDict[str, str], *, by: Actor, at: datetime) -> None:
    """Store another author's version beside an entry, in the open transaction."""
    _keep_beside(get_entry(uuid), values_of(kind, fields, (), Travel(at), by), by=by)


def _keep_beside(entry: Entry, values: dict[str, Any], *, by: Actor) -> None:
    """Store another version, once: a version that is sent again is stored already."""
    known = select(EntryConflict).where(EntryConflict.uuid == entry.uuid, EntryConflict.author_id == by.id)
    if any(version.content == values["content"] for version in db.session.scalars(known)):
        return
    kept = {name: values[name] for name in ("uuid", "author_id", "received_at", *_CONTENT)}
    db.session.add(EntryConflict(**kept))
    at, digest = values["received_at"], values["content_hash"]
    journal.write("entry.conflict", entry.kind, entry.uuid, by=by, at=at, hash=digest)


def posted(fields: MultiDict[str, str], at: datetime) -> Travel:
    """The travel of a form that a browser posts itself. The event time is the arrival; the rest is informational."""
    captured_at = _moment(fields.get("captured_at"))
    device = "".join(filter(str.isprintable, fields.get("device") or ""))
    device = f"{device[:79]}…" if len(device) > 80 else device
    seq = fields.get("device_seq", "")
    device_seq = int(seq) if seq.isascii() and seq.isdecimal() and len(seq) < 10 else None
    return Travel(at, device or None, captured_at, _skew_ms(fields.get("clock_skew"), captured_at, at), device_seq)


def _skew_ms(claimed: str | None, captured_at: datetime | None, at: datetime) -> int | None:
    """Server time minus device time in milliseconds; None when unknown.

    The device's own measurement is preferred. Otherwise transit time is unknown, so only a capture time after the
    arrival, or days before it, is attributed to the clock.
    """
    if claimed and re.fullmatch(r"-?[0-9]{1,13}", claimed, re.ASCII):
        return int(claimed)
    way_ms = int((at - captured_at).total_seconds() * 1000) if captured_at else 0
    return way_ms if way_ms < -NOISE_MS or way_ms > CLOCK_OFF_MS else None


def values_of(
    kind: Kind, fields: MultiDict[str, str], photos: Sequence[AnyPhoto], travel: Travel, by: Actor
) -> dict[str, Any]:
    """The columns of an entry; the hash covers its kind and content, not its travel."""
    content: dict[str, Any] = {name: values for name, values in fields.lists() if name not in ENVELOPE}
    if photos:
        content["photos"] = [[photo.field, photo.original_sha256] for photo in photos]
    return {
        "uuid": _uuid(fields.get("uuid")),
        "kind": kind.name,
        "author_id": by.id,
        **hashed(kind.name, canonical(content)),
        **{name: getattr(travel, name) for name in _TRAVEL},
    }


def hashed(kind: str, content: str) -> dict[str, str]:
    """The columns for an entry's content, its own salt and its keyed hash."""
    salt = new_salt()
    return {"content": content, "content_salt": salt, "content_hash": keyed_hash(f"{kind}\n{content}", salt)}


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return new_uuid()  # a form without JavaScript and without the hidden field


def _moment(text: str | None) -> datetime | None:
    """The device time of a form; None if it is missing or unreadable, which is no reason to refuse the form."""
    try:
        moment = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo and 2000 <= moment.year <= 2200 else None
