"""The post office: every well-formed envelope is kept, then opened; what cannot be applied goes to a person.

One transaction for each envelope: the envelope's row, the entry and all it comes to, or nothing.
"""

import hashlib
import hmac
import json
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.columns import canonical
from webapp.kernel.database import insert_ignoring, transaction
from webapp.sync import keys
from webapp.sync.models import AuthorGrant, EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import ANSWERS, Doubt, Envelope, Outcome, State, corrected, moment, parse
from webapp.sync.service.contact import Contact
from webapp.sync.service.opening import conclude, missing, open_sealed


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device is told about one envelope."""

    uuid: str
    sha256: str
    outcome: Outcome
    row: ReceivedEnvelope | None = None
    missing: tuple[str, ...] = ()


def accept(raw: Any, contact: Contact, *, by: Actor, at: datetime) -> Answer:
    """Take one envelope; the same one again gets the same answer."""
    envelope = parse(raw)
    if envelope is None:
        said = raw if isinstance(raw, dict) else {}
        return Answer(str(said.get("uuid"))[:36], str(said.get("sha256"))[:64], Outcome.MALFORMED)
    with transaction():
        is_new = insert_ignoring(ReceivedEnvelope, _values(envelope, raw, contact, by, at), ["uuid", "sha256"])
        row = get_row(envelope.uuid, envelope.sha256)
        if is_new:
            _open(row, envelope, by=by, at=at)
        return answer(row, is_new=is_new)


def answer(row: ReceivedEnvelope, *, is_new: bool) -> Answer:
    """What the device is told: first the photos, then where the envelope stands."""
    outcome = ANSWERS[row.state]
    if lacking := missing(row):
        outcome = Outcome.PHOTOS
    elif is_new and row.state is State.APPLIED:
        outcome = Outcome.RECEIPT
    return Answer(str(row.uuid), row.sha256, outcome, row, tuple(lacking))


def get_row(uuid: UUID, sha256: str) -> ReceivedEnvelope:
    """Raises NoResultFound."""
    wanted = select(ReceivedEnvelope).where(ReceivedEnvelope.uuid == uuid, ReceivedEnvelope.sha256 == sha256)
    return db.session.scalars(wanted).one()


def _values(envelope: Envelope, raw: Any, contact: Contact, by: Actor, at: datetime) -> dict[str, Any]:
    captured_at = moment(envelope.captured_at)
    return {
        "id": uuid4(),
        "uuid": envelope.uuid,
        "sha256": envelope.sha256,
        "kind": envelope.kind,
        "author_id": envelope.author,
        "relay_id": by.id,
        "grant_id": envelope.grant,
        "device_id": envelope.device,
        "seq": envelope.seq,
        "captured_at": captured_at,
        "received_at": at,
        "occurred_at": corrected(captured_at, contact.skew, at),
        "skew_ms": contact.said["skew_ms"],
        "state": State.REVIEW,
        "payload": canonical(raw),
    }


def _open(row: ReceivedEnvelope, envelope: Envelope, *, by: Actor, at: datetime) -> None:
    """Decide where a new envelope goes: applied, back to its author, to the review tray, or on to wait for photos."""
    key, payload = _payload(envelope)
    wanted = {photo.sha256: photo for photo in envelope.photos}
    if payload is not None:
        wanted = {one["sha256"]: wanted[one["sha256"]] for one in payload["photos"]}
    for photo in wanted.values():
        kept = {"sha256": photo.sha256, "length": photo.bytes, "nonce": photo.nonce}
        db.session.add(EnvelopePhoto(envelope_id=row.id, **kept))
    db.session.flush()
    doubt = Doubt.UNREADABLE if payload is None or key is None else _doubt(row, envelope)
    if payload is not None and key is not None:
        row.payload = canonical({**payload, "key": key.hex()} if wanted else payload)
    if doubt:
        row.reason = doubt
        journal.write("envelope.review", "envelope", row.id, by=by, at=at, reason=str(doubt), uuid=str(row.uuid))
    elif wanted:
        row.state = State.PHOTOS
    else:
        conclude(row, at=at)


def _payload(envelope: Envelope) -> tuple[bytes | None, dict[str, Any] | None]:
    """The entry's key and what it says, if this server can open it and it is what its hash says."""
    try:
        wrapped, sealed = (b64decode(part, validate=True) for part in (envelope.wrapped_key, envelope.ciphertext))
    except (ValueError, NotBase64):
        return None, None
    key = keys.unwrap(envelope.key_id, wrapped)
    raw = open_sealed(key, envelope.nonce, sealed, str(envelope.uuid)) if key else None
    if raw is None or hashlib.sha256(raw).hexdigest() != envelope.sha256:
        return key, None
    return key, _plain(raw, envelope)


def _plain(raw: bytes, envelope: Envelope) -> dict[str, Any] | None:
    """The payload as plain data of the right shape, or None."""
    try:
        said = json.loads(raw)
        fields = [[str(name), str(value)] for name, value in said["fields"]]
        sealed = {photo.sha256: asdict(photo) for photo in envelope.photos}
        photos = [{"field": str(one["field"]), "sha256": str(one["sha256"])} for one in said["photos"]]
        canonical([fields, photos]).encode()  # lone surrogates cannot be kept
        is_whole = said["kind"] == envelope.kind and {one["sha256"] for one in photos} <= set(sealed)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return {"fields": fields, "photos": photos} if is_whole else None


def _doubt(row: ReceivedEnvelope, envelope: Envelope) -> Doubt | None:
    """Why the author's proof does not hold, if so."""
    granted = db.session.get(AuthorGrant, envelope.grant)
    if granted is None or (granted.person_id, granted.device_id) != (envelope.author, envelope.device):
        return Doubt.UNKNOWN_GRANT
    try:
        mac = b64decode(envelope.mac, validate=True)
    except (ValueError, NotBase64):
        return Doubt.WRONG_PROOF
    if not hmac.compare_digest(mac, hmac.digest(bytes.fromhex(granted.key), envelope.proof, "sha256")):
        return Doubt.WRONG_PROOF
    author = accounts.find_person(envelope.author)
    ends = min(granted.expires_at, granted.revoked_at or granted.expires_at)
    if author is None or author.disabled_at or row.occurred_at > ends:
        return Doubt.ENDED_GRANT
    return None
