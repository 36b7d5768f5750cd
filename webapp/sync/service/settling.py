"""What people do with an envelope that could not be applied by itself."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import entries, journal, offline
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.entries import Delivery, Travel
from webapp.kernel.errors import Refusal
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import OPEN, State
from webapp.sync.service.opening import apply_payload, fields_of, photos_of


def correct(envelope_id: UUID, fields: MultiDict[str, str], *, by: Actor, at: datetime) -> Delivery:
    """The author's corrected version of a returned entry: the same uuid, the same photos, the time it happened.

    A bad form changes nothing. Raises Refusal `returned-closed`, and whatever the kind refuses.
    """
    with transaction():
        row = _open_row(envelope_id, OPEN)
        kind = entries.kinds()[row.kind]
        fields = MultiDict([*((n, v) for n, v in fields.items(multi=True) if n != "uuid"), ("uuid", str(row.uuid))])
        form = kind.form(fields)
        if not form.validate():
            return Delivery(form, None)
        photos = photos_of(row, json.loads(row.payload))
        values = entries.values_of(kind, fields, photos, _travel(row, at), by)
        receipt = entries.apply(kind, values, form.data, photos, by=by, at=row.occurred_at)
        _settle(row, State.CORRECTED, by=by, at=at)
    return Delivery(form, receipt)


def resolve(envelope_id: UUID, answers: Mapping[str, Decimal], *, by: Actor, at: datetime) -> ReceivedEnvelope:
    """End a discrepancy: correct the stock by what was counted, then apply the entry as it was recorded.

    Raises Refusal `returned-closed`, and what the entry is refused for even now.
    """
    with transaction():
        row = _open_row(envelope_id, (State.DISCREPANCY,))
        payload, resolution = json.loads(row.payload), offline.kinds()[row.kind].resolution
        if resolution is None:
            raise Refusal("returned-closed")
        resolution.correct(fields_of(row, payload), answers, by=by, at=at)
        apply_payload(row, payload, photos_of(row, payload), at=at)
        if row.state is not State.APPLIED:
            raise Refusal(row.reason or "returned-closed", **(row.values or {}))
        _settle(row, State.APPLIED, by=by, at=at)
        return row


def release(envelope_id: UUID, note: str, *, by: Actor, at: datetime) -> ReceivedEnvelope:
    """An administrator vouches for an entry whose proof does not hold: it is applied as its author's, for a reason.

    Raises Refusal `returned-closed`, or `envelope-unreadable` when this server cannot open it.
    """
    with transaction():
        row = _open_row(envelope_id, (State.REVIEW,))
        payload = json.loads(row.payload)
        if "fields" not in payload:
            raise Refusal("envelope-unreadable")
        apply_payload(row, payload, photos_of(row, payload), at=at)
        journal.write("envelope.released", "envelope", row.id, by=by, at=at, uuid=str(row.uuid))
        row.note, row.settled_by = note, by.id
        return row


def set_aside(envelope_id: UUID, note: str, *, by: Actor, at: datetime) -> None:
    """Close an envelope without applying it, for a reason. It is kept. Raises Refusal `returned-closed`."""
    with transaction():
        row = _open_row(envelope_id, (*OPEN, State.REVIEW, State.PHOTOS))
        row.note = note
        _settle(row, State.SET_ASIDE, by=by, at=at)


def _open_row(envelope_id: UUID, states: tuple[State, ...]) -> ReceivedEnvelope:
    """The row, locked. Raises Refusal `returned-closed` when somebody was quicker."""
    row = db.session.get(ReceivedEnvelope, envelope_id, with_for_update=True)
    if row is None or row.state not in states:
        raise Refusal("returned-closed")
    return row


def _settle(row: ReceivedEnvelope, state: State, *, by: Actor, at: datetime) -> None:
    db.session.execute(
        update(ReceivedEnvelope)
        .where(ReceivedEnvelope.id == row.id)
        .values(state=state, settled_at=at, settled_by=by.id, reason=None if state is State.APPLIED else row.reason)
    )
    journal.write(f"envelope.{state}", "envelope", row.id, by=by, at=at, uuid=str(row.uuid))


def _travel(row: ReceivedEnvelope, at: datetime) -> Travel:
    return Travel(at, str(row.device_id), row.captured_at, row.skew_ms, row.seq, None)
