"""Applying what an envelope says, inside the post office's open transaction."""

import hashlib
import json
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
from webapp.kernel.entries import Delivery, Kind, Receipt, Travel
from webapp.kernel.errors import Refusal, refusal_of
from webapp.sync.labels import BAD_FORM
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import State
from webapp.sync.service.grants import actor_of


def conclude(row: ReceivedEnvelope, *, at: datetime) -> None:
    """Apply an envelope, or say on its row why it cannot be. `at` is now; the entry happened at `row.occurred_at`.

    Raises Refusal `author-unknown`.
    """
    author = actor_of(row.grant_id, row.author_id)
    if author is None:
        raise Refusal("author-unknown")
    payload = json.loads(row.payload)
    try:
        photos = photos_of(row, payload)
        delivery = enter(row, fields_of(payload), photos, travel_of(row), by=author)
        if delivery.receipt is None:
            raise Refusal(BAD_FORM, 422)
    except Refusal as refusal:
        send_back(row, refusal, by=author, at=at)
    else:
        close(row, delivery.receipt, State.APPLIED, at=at)


def enter(
    row: ReceivedEnvelope,
    fields: MultiDict[str, str],
    photos: Sequence[media.Prepared],
    travel: Travel,
    *,
    by: Actor,
    corrected_at: datetime | None = None,
) -> Delivery:
    """Record what an envelope says under its uuid and its time; a bad form records nothing and gives no receipt.

    A corrected observation happens when it is corrected (`corrected_at`).

    Raises Refusal `kind-unknown`, `kind-not-yours`, and whatever the kind refuses; then nothing is recorded either.
    """
    kind = _kind(row, by)
    said = MultiDict([*plain(fields), ("uuid", str(row.uuid))])
    form = kind.form(said)
    values = entries.values_of(kind, said, photos, travel, by)
    if known := entries.find_receipt(row.uuid, values["content_sha256"], by):
        return Delivery(form, known)
    if not form.validate():
        return Delivery(form, None)
    is_anew = corrected_at is not None and offline.kinds()[row.kind].is_observation
    at = corrected_at if corrected_at and is_anew else row.occurred_at
    try:
        with db.session.begin_nested():
            receipt = entries.apply(kind, values, form.data, photos, by=by, at=at, is_late=not is_anew)
            return Delivery(form, receipt)
    except IntegrityError as error:
        raise refusal_of(error) or error from error
    finally:
        db.session.expire_all()  # an entry that was rolled back must not be taken for the next with its number


def close(row: ReceivedEnvelope, receipt: Receipt, state: State, *, at: datetime) -> None:
    """It is recorded, unless another content was under its uuid: then both are kept."""
    row.state = State.CONFLICT if receipt.is_conflict else state
    row.reason, row.values, row.settled_at = None, None, at


def send_back(row: ReceivedEnvelope, refusal: Refusal, *, by: Actor, at: datetime) -> None:
    """To its author: to be counted when it is stock that is not there, else to be corrected."""
    row.state = State.DISCREPANCY if is_short(row, refusal) else State.RETURNED
    row.reason, row.values = refusal.code, refusal.values
    journal.write("envelope.returned", "envelope", row.id, by=by, at=at, reason=refusal.code, uuid=str(row.uuid))


def is_short(row: ReceivedEnvelope, refusal: Refusal) -> bool:
    """Is it refused for something that a count can put right?"""
    late = offline.kinds().get(row.kind)
    return bool(late and late.resolution and refusal.code in late.resolution.codes)


def fields_of(payload: dict[str, Any]) -> MultiDict[str, str]:
    """What was typed, as a form posts it."""
    return MultiDict([(name, value) for name, value in payload["fields"]])


def plain(fields: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What a form says, without how it travelled."""
    return [(name, value) for name, value in fields.items(multi=True) if name not in entries.ENVELOPE]


def travel_of(row: ReceivedEnvelope) -> Travel:
    """How an envelope came."""
    relay_id = row.relay_id if row.relay_id != row.author_id else None
    return Travel(row.received_at, str(row.device_id), row.captured_at, row.skew_ms, row.seq, relay_id)


def open_sealed(key: bytes, nonce: str, ciphertext: bytes, about: str) -> bytes | None:
    """The bytes inside, or None when they were changed or cut."""
    try:
        return AESGCM(key).decrypt(b64decode(nonce, validate=True), ciphertext, about.encode())
    except (InvalidTag, ValueError):
        return None


def missing(row: ReceivedEnvelope) -> list[str]:
    """The hashes of the photos that have not come."""
    return [photo.sha256 for photo in _photos(row) if photo.key is None]


def photos_of(row: ReceivedEnvelope, payload: dict[str, Any], *, leave_out: bool = False) -> list[media.Prepared]:
    """The photos that came, opened, checked and re-encoded; those that cannot be shown are left out when so told.

    Raises Refusal `photos-unreadable` otherwise.
    """
    kept = {photo.sha256: photo for photo in _photos(row) if photo.key} if payload["photos"] else {}
    found = []
    for one in payload["photos"]:
        if photo := kept.get(one["sha256"]):
            try:
                raw = opened(row, photo, (folder() / str(photo.key)).read_bytes(), payload)
                found.append(media.prepare_bytes(one["field"], raw))
            except Refusal as refusal:
                if not leave_out:
                    raise Refusal("photos-unreadable", 422) from refusal
    return found


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


def _kind(row: ReceivedEnvelope, by: Actor) -> Kind:
    kind, late = entries.kinds().get(row.kind), offline.kinds().get(row.kind)
    if kind is None or late is None:
        raise Refusal("kind-unknown", 422)
    if not by.has(*late.roles):
        raise Refusal("kind-not-yours", 403)
    return kind
