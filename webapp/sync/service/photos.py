"""Photos that are sent separately: verified by length, seal and hash; the last one applies its entry."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.kernel import media
from webapp.kernel.access import Actor
from webapp.kernel.database import locked, retried, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.tombstones import is_purged
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.service.answers import Answer, answer, gone
from webapp.sync.service.delivery import finish
from webapp.sync.service.pictures import folder, missing, opened

_SEAL = 16  # bytes that AES-GCM adds


def accept_photo(uuid: UUID, sha256: str, sealed: bytes, announced: int, *, by: Actor, at: datetime) -> Answer:
    """Store one photo of an envelope; the last one applies the envelope.

    The file is verified and written before the transaction of its row. Raises Refusal `upload-cut` if bytes are missing
    or changed, `photo-not-asked` if no envelope waits for it, `photos-busy`.
    """
    if is_purged(uuid):
        return gone(uuid, sha256)
    row, photo = _meant(_named(uuid, sha256), sealed, announced)
    row_id = row.id
    if photo.key is None:
        [key] = media.keep_bytes(folder(), [sealed])
        if not retried(lambda: _name(row_id, sha256, key)):
            (folder() / key).unlink(missing_ok=True)
    is_new = finish(row_id, at=at)
    row = db.session.get_one(ReceivedEnvelope, row_id)
    return answer(row, missing(row), is_new=is_new)


def _name(row_id: UUID, sha256: str, key: str) -> bool:
    """Store the file's key in the photo's row, unless the photo has arrived otherwise in the meantime."""
    with transaction():
        photo = locked(EnvelopePhoto, (row_id, sha256))
        if photo is None or photo.key is not None:
            return False
        photo.key = key
        return True


def _named(uuid: UUID, sha256: str) -> Sequence[tuple[ReceivedEnvelope, EnvelopePhoto]]:
    """All envelopes with this photo, newest first; an entry may have arrived in two versions."""
    query = (
        select(ReceivedEnvelope, EnvelopePhoto)
        .join(EnvelopePhoto, EnvelopePhoto.envelope_id == ReceivedEnvelope.id)
        .where(ReceivedEnvelope.uuid == uuid, EnvelopePhoto.sha256 == sha256)
        .order_by(ReceivedEnvelope.received_at.desc(), ReceivedEnvelope.id)
    )
    return [(row, photo) for row, photo in db.session.execute(query)]


def _meant(
    named: Sequence[tuple[ReceivedEnvelope, EnvelopePhoto]], sealed: bytes, announced: int
) -> tuple[ReceivedEnvelope, EnvelopePhoto]:
    """The envelope whose key opens the photo. Raises Refusal `photo-not-asked`, `upload-cut`."""
    if not named:
        raise Refusal("photo-not-asked", 404)
    if len(sealed) == announced:
        for row, photo in named:
            if len(sealed) == photo.length + _SEAL and _is_its_own(row, photo, sealed):
                return row, photo
    raise Refusal("upload-cut", 400)


def _is_its_own(row: ReceivedEnvelope, photo: EnvelopePhoto, sealed: bytes) -> bool:
    payload = json.loads(row.payload)
    if "key" not in payload:  # swept, or the envelope could not be opened: the photo is stored unverified
        return True
    try:
        opened(row, photo, sealed, payload)
    except Refusal:
        return False
    return True
