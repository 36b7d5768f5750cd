"""Applying what an envelope says, inside the post office's open transaction."""

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import entries, journal, media, offline
from webapp.kernel.access import Actor
from webapp.kernel.entries import Kind, Receipt, Travel
from webapp.kernel.errors import Refusal, refusal_of
from webapp.sync.labels import BAD_FORM
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import Doubt, State
from webapp.sync.service.grants import actor_of


def apply_payload(
    row: ReceivedEnvelope, payload: dict[str, Any], photos: Sequence[media.Prepared], *, at: datetime
) -> None:
    """Apply an envelope, or say on its row why it cannot be. `at` is now; the entry happened at `row.occurred_at`."""
    author = actor_of(row.grant_id, row.author_id)
    if author is None:
        row.state, row.reason = State.REVIEW, Doubt.UNKNOWN_GRANT
        return
    fields = fields_of(row, payload)
    fields["uuid"] = str(row.uuid)
    try:
        receipt = _apply(row, fields, photos, by=author)
    except Refusal as refusal:
        _return(row, refusal, by=author, at=at)
        return
    row.state = State.CONFLICT if receipt.is_conflict else State.APPLIED
    row.reason, row.values, row.settled_at = None, None, at


def fields_of(row: ReceivedEnvelope, payload: dict[str, Any]) -> MultiDict[str, str]:
    """What was typed, as a form posts it."""
    return MultiDict([(name, value) for name, value in payload["fields"] if name not in entries.ENVELOPE])


def open_sealed(key: bytes, nonce: str, ciphertext: bytes, about: str) -> bytes | None:
    """The bytes inside, or None when they were changed or cut."""
    try:
        return AESGCM(key).decrypt(b64decode(nonce, validate=True), ciphertext, about.encode())
    except (InvalidTag, ValueError):
        return None


def missing(row: ReceivedEnvelope) -> list[str]:
    """The hashes of the photos that have not come."""
    return [photo.sha256 for photo in _photos(row) if photo.key is None]


def photos_of(row: ReceivedEnvelope, payload: dict[str, Any]) -> list[media.Prepared]:
    """The photos that came, opened, checked and re-encoded. Raises Refusal `photo-unreadable`, `photo-cut`."""
    kept = {photo.sha256: photo for photo in _photos(row)}
    found = ((one["field"], kept.get(one["sha256"])) for one in payload["photos"])
    return [
        media.prepare_bytes(field, opened(row, photo, (folder() / photo.key).read_bytes(), payload))
        for field, photo in found
        if photo and photo.key
    ]


def opened(row: ReceivedEnvelope, photo: EnvelopePhoto, sealed: bytes, payload: dict[str, Any]) -> bytes:
    """The bytes of a photo. Raises Refusal `photo-cut` when they are not what was announced."""
    raw = open_sealed(bytes.fromhex(payload["key"]), photo.nonce, sealed, f"{row.uuid}/{photo.sha256}")
    if raw is None or hashlib.sha256(raw).hexdigest() != photo.sha256:
        raise Refusal("photo-cut", 400)
    return raw


def folder() -> Path:
    """Where sealed photos are kept."""
    path = Path(current_app.config["INSTANCE"]) / "uploads" / "sealed"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _photos(row: ReceivedEnvelope) -> Sequence[EnvelopePhoto]:
    return db.session.scalars(select(EnvelopePhoto).where(EnvelopePhoto.envelope_id == row.id)).all()


def _apply(row: ReceivedEnvelope, fields: MultiDict[str, str], photos: Sequence[Any], *, by: Actor) -> Receipt:
    kind = _kind(row, by)
    form = kind.form(fields)
    values = entries.values_of(kind, fields, photos, _travel(row), by)
    if known := entries.find_receipt(row.uuid, values["content_sha256"], by):
        return known
    if not form.validate():
        raise Refusal(BAD_FORM, 422)
    try:
        with db.session.begin_nested():
            return entries.apply(kind, values, form.data, photos, by=by, at=row.occurred_at)
    except IntegrityError as error:
        raise refusal_of(error) or error from error


def _kind(row: ReceivedEnvelope, by: Actor) -> Kind:
    kind, late = entries.kinds().get(row.kind), offline.kinds().get(row.kind)
    if kind is None or late is None:
        raise Refusal("kind-unknown", 422)
    if not by.has(*late.roles):
        raise Refusal("kind-not-yours", 403)
    return kind


def _travel(row: ReceivedEnvelope) -> Travel:
    relay_id = row.relay_id if row.relay_id != row.author_id else None
    return Travel(row.received_at, str(row.device_id), row.captured_at, row.skew_ms, row.seq, relay_id)


def _return(row: ReceivedEnvelope, refusal: Refusal, *, by: Actor, at: datetime) -> None:
    late = offline.kinds().get(row.kind)
    is_discrepancy = bool(late and late.resolution and refusal.code in late.resolution.codes)
    row.state = State.DISCREPANCY if is_discrepancy else State.RETURNED
    row.reason, row.values = refusal.code, {name: str(value) for name, value in refusal.values.items()}
    journal.write("envelope.returned", "envelope", row.id, by=by, at=at, reason=refusal.code, uuid=str(row.uuid))
