"""Envelopes of purged entries: emptied where they lie, so that their numbers stay known and no gap is seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, not_, select, update

from webapp.extensions import db
from webapp.kernel.columns import emptied
from webapp.kernel.entries import Entry
from webapp.kernel.kinds import kinds
from webapp.kernel.retention import Held
from webapp.kernel.tombstones import PurgedEntry
from webapp.sync import acts
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.service.pictures import folder
from webapp.sync.service.sweeping import EMPTY, SWEPT


class Envelopes:
    """What the outbox's post office keeps of entries."""

    def due(self, names: Sequence[str] | None, before: datetime, most: int) -> Sequence[UUID]:
        """What arrived before a moment and became no entry, the oldest first: entries have a time of their own."""
        known = (select(of).where(of == ReceivedEnvelope.uuid).exists() for of in (PurgedEntry.uuid, Entry.uuid))
        kind = ReceivedEnvelope.kind
        of_kinds = kind.in_(names) if names is not None else kind.not_in(list(kinds()))
        query = select(ReceivedEnvelope.uuid).where(of_kinds, ReceivedEnvelope.received_at < before, *map(not_, known))
        return db.session.scalars(query.order_by(ReceivedEnvelope.received_at).limit(most)).all()

    def kinds_of(self, uuids: Sequence[UUID]) -> Mapping[UUID, tuple[str, datetime]]:
        """The kind and the first arrival of each; the entry's own kind counts where it was applied."""
        first = func.min(ReceivedEnvelope.received_at)
        columns = ReceivedEnvelope.uuid, func.min(ReceivedEnvelope.kind), first
        rows = db.session.execute(
            select(*columns).where(ReceivedEnvelope.uuid.in_(uuids)).group_by(ReceivedEnvelope.uuid)
        )
        return {uuid: (kind, received_at) for uuid, kind, received_at in rows}

    def empty(self, uuids: Sequence[UUID]) -> Held:
        """Take payloads, notes and photos out of every envelope of these entries, whatever its state."""
        locked = select(ReceivedEnvelope.id).where(ReceivedEnvelope.uuid.in_(uuids)).with_for_update()
        ids = db.session.scalars(locked).all()
        photos = EnvelopePhoto.envelope_id.in_(ids)
        named = db.session.scalars(select(EnvelopePhoto.key).where(photos, EnvelopePhoto.key.is_not(None))).all()
        files: list[Path] = [folder() / str(key) for key in named if key != SWEPT]
        values: dict[str, Any] = emptied(ReceivedEnvelope.__table__)
        values |= {"payload": EMPTY, "state": acts.PURGE.to, "reason": None}
        for statement in (
            delete(EnvelopePhoto).where(photos),
            update(ReceivedEnvelope).where(ReceivedEnvelope.id.in_(ids)).values(**values),
        ):
            db.session.execute(statement, execution_options={"synchronize_session": False})
        return Held(len(ids), files)
