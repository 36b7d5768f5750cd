"""Photos that travel by themselves: verified by length, seal and hash; the entry is applied when all are there."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.kernel import media
from webapp.kernel.access import Actor
from webapp.kernel.database import retried, transaction
from webapp.kernel.errors import Refusal
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.service.delivery import Answer, answer, finish
from webapp.sync.service.pictures import folder, opened

_SEAL = 16  # bytes that AES-GCM adds


def accept_photo(uuid: UUID, sha256: str, sealed: bytes, announced: int, *, by: Actor, at: datetime) -> Answer:
    """Keep one photo of an envelope; the last one applies it.

    Its file is verified and on the disk before the transaction that names it. Raises Refusal `photo-cut` when bytes
    are missing or changed, `photo-not-asked` when no envelope waits for it, `photos-busy`.
    """
    row, photo = _meant(_named(uuid, sha256), sealed, announced)
    row_id = row.id
    if photo.key is None:
        [key] = media.keep_bytes(folder(), [sealed])
        if not retried(lambda: _name(row_id, sha256, key)):
            (folder() / key).unlink(missing_ok=True)
    is_new = finish(row_id, at=at)
    return answer(db.session.get_one(ReceivedEnvelope, row_id), is_new=is_new)


def _name(row_id: UUID, sha256: str, key: str) -> bool:
    """Name the file of a photo, unless it came another way meanwhile."""
    with transaction() as session:
        photo = session.get(EnvelopePhoto, (row_id, sha256), with_for_update=True)
        if photo is None or photo.key is not None:
            return False
        photo.key = key
        return True


def _named(uuid: UUID, sha256: str) -> Sequence[tuple[ReceivedEnvelope, EnvelopePhoto]]:
    """Every envelope that names this photo, the newest first: an entry may have come in two versions."""
    wanted = (
        select(ReceivedEnvelope, EnvelopePhoto)
        .join(EnvelopePhoto, EnvelopePhoto.envelope_id == ReceivedEnvelope.id)
        .where(ReceivedEnvelope.uuid == uuid, EnvelopePhoto.sha256 == sha256)
        .order_by(ReceivedEnvelope.received_at.desc(), ReceivedEnvelope.id)
    )
    return [(row, photo) for row, photo in db.session.execute(wanted)]


def _meant(
    named: Sequence[tuple[ReceivedEnvelope, EnvelopePhoto]], sealed: bytes, announced: int
) -> tuple[ReceivedEnvelope, EnvelopePhoto]:
    """The envelope under whose key the photo is sealed. Raises Refusal `photo-not-asked`, `photo-cut`."""
    if not named:
        raise Refusal("photo-not-asked", 404)
    if len(sealed) == announced:
        for row, photo in named:
            if len(sealed) == photo.length + _SEAL and _is_its_own(row, photo, sealed):
                return row, photo
    raise Refusal("upload-cut", 400)


def _is_its_own(row: ReceivedEnvelope, photo: EnvelopePhoto, sealed: bytes) -> bool:
    payload = json.loads(row.payload)
    if "key" not in payload:  # swept, or this server could not open the envelope: it keeps what it gets
        return True
    try:
        opened(row, photo, sealed, payload)
    except Refusal:
        return False
    return True
