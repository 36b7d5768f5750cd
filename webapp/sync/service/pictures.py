"""The photos of an envelope: stored sealed, opened and re-encoded before the transaction that uses them."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from webapp.extensions import db
from webapp.kernel import media
from webapp.kernel.errors import Refusal
from webapp.kernel.pictures import MAX_DECODED_OF_ENTRY
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.service.reading import open_sealed

Pictures = Sequence[media.Stored] | Refusal  # a refusal if one cannot be decoded, for the author


def folder() -> Path:
    """The folder of sealed photos."""
    path = Path(current_app.config["INSTANCE"]) / "uploads" / "sealed"
    path.mkdir(parents=True, exist_ok=True)
    return path


def photos_of(row: ReceivedEnvelope) -> Sequence[EnvelopePhoto]:
    return db.session.scalars(select(EnvelopePhoto).where(EnvelopePhoto.envelope_id == row.id)).all()


def missing(row: ReceivedEnvelope) -> list[str]:
    """The hashes of the missing photos."""
    return [photo.sha256 for photo in photos_of(row) if photo.key is None]


def stored(row: ReceivedEnvelope) -> Pictures:
    """The received photos, re-encoded and written to disk.

    Returns the Refusal `photos-unreadable` if one cannot be decoded. Raises Refusal `photos-busy`.
    """
    photos = prepared(row)
    return photos if isinstance(photos, Refusal) else media.store(photos)


def prepared(row: ReceivedEnvelope, *, leave_out: bool = False) -> list[media.Prepared] | Refusal:
    """The received photos, re-encoded; with `leave_out` without those that cannot be decoded.

    Otherwise returns the Refusal `photos-unreadable` if one cannot be decoded. Raises Refusal `photos-busy`.
    """
    payload = json.loads(row.payload)
    raws, lost = _opened_all(row, payload)
    if lost and not leave_out:
        return Refusal("photos-unreadable", 422)
    photos: list[media.Prepared] = []
    left = MAX_DECODED_OF_ENTRY
    for field, raw in raws:
        try:
            [photo] = media.prepare_all([(field, raw)], left)
        except Refusal as refusal:
            if refusal.code == "photos-busy":
                raise
            if not leave_out:
                return Refusal("photos-unreadable", 422)
        else:
            photos.append(photo)
            left -= photo.decoded
    return photos


@contextmanager
def using(photos: Pictures, row_id: UUID) -> Iterator[None]:
    """Delete the files of photos afterwards if no record refers to them."""
    try:
        yield
    finally:
        if not isinstance(photos, Refusal) and photos:
            row = db.session.get_one(ReceivedEnvelope, row_id)
            named = {photo.key for photo in media.photos_of(row.uuid)}
            media.discard(photo for photo in photos if photo.key not in named)


def opened(row: ReceivedEnvelope, photo: EnvelopePhoto, sealed: bytes, payload: dict[str, Any]) -> bytes:
    """The bytes of a photo. Raises Refusal `upload-cut` if they differ from the announced ones."""
    raw = open_sealed(bytes.fromhex(payload["key"]), photo.nonce, sealed, f"{row.uuid}/{photo.sha256}")
    if raw is None or hashlib.sha256(raw).hexdigest() != photo.sha256:
        raise Refusal("upload-cut", 400)
    return raw


def _opened_all(row: ReceivedEnvelope, payload: dict[str, Any]) -> tuple[list[tuple[str, bytes]], int]:
    """(field, bytes) of each received photo that can be opened, and the number of those that cannot."""
    kept = {photo.sha256: photo for photo in photos_of(row) if photo.key} if payload.get("photos") else {}
    raws, lost = [], 0
    for named in payload.get("photos", ()):
        if photo := kept.get(named["sha256"]):
            try:
                raws.append((named["field"], opened(row, photo, (folder() / str(photo.key)).read_bytes(), payload)))
            except (Refusal, FileNotFoundError):
                lost += 1
    return raws, lost
