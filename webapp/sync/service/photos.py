"""Photos that travel by themselves: verified by length, seal and hash; the entry is applied when all are there."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.kernel import media
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import State
from webapp.sync.service.delivery import Answer, answer
from webapp.sync.service.opening import apply_payload, folder, missing, opened, photos_of

_SEAL = 16  # bytes that AES-GCM adds


def accept_photo(uuid: UUID, sha256: str, sealed: bytes, announced: int, *, by: Actor, at: datetime) -> Answer:
    """Keep one photo of an envelope; the last one applies it.

    Raises Refusal `photo-cut` when bytes are missing or changed, `photo-not-asked` when no envelope waits for it.
    """
    with transaction():
        row, photo = _waiting(uuid, sha256)
        if len(sealed) != announced or len(sealed) != photo.length + _SEAL:
            raise Refusal("photo-cut", 400)
        is_new = photo.key is None
        if is_new:
            payload = json.loads(row.payload)
            if "key" in payload:  # else this server could not open the envelope: it keeps what it got
                opened(row, photo, sealed, payload)
            photo.key = media.keep_bytes(folder(), sealed)
            db.session.flush()
            if row.state is State.PHOTOS and not missing(row):
                _conclude(row, at=at)
        return answer(row, is_new=is_new)


def _waiting(uuid: UUID, sha256: str) -> tuple[ReceivedEnvelope, EnvelopePhoto]:
    wanted = (
        select(ReceivedEnvelope, EnvelopePhoto)
        .join(EnvelopePhoto, EnvelopePhoto.envelope_id == ReceivedEnvelope.id)
        .where(ReceivedEnvelope.uuid == uuid, EnvelopePhoto.sha256 == sha256)
        .order_by(ReceivedEnvelope.received_at.desc())
        .limit(1)
        .with_for_update(of=ReceivedEnvelope)
    )
    found = db.session.execute(wanted).first()
    if found is None:
        raise Refusal("photo-not-asked", 404)
    return found[0], found[1]


def _conclude(row: ReceivedEnvelope, *, at: datetime) -> None:
    payload = json.loads(row.payload)
    try:
        photos = photos_of(row, payload)
    except Refusal as refusal:  # whole, but no photo that can be shown: its author must take another
        row.state, row.reason = State.RETURNED, refusal.code
        return
    apply_payload(row, payload, photos, at=at)
