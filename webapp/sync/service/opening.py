"""Applying what an envelope says, inside the post office's open transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import entries, journal, media
from webapp.kernel.access import Actor
from webapp.kernel.entries import Delivery, Receipt, Travel
from webapp.kernel.errors import Refusal, refusal_of
from webapp.kernel.kinds import ENVELOPE, Kind, find_late, kinds
from webapp.kernel.states import Act
from webapp.kernel.unknown import refuse_unknown
from webapp.sync import acts
from webapp.sync.labels import BAD_FORM
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import Doubt, State
from webapp.sync.service.grants import author_of
from webapp.sync.service.pictures import Pictures


def conclude(row: ReceivedEnvelope, photos: Pictures, *, at: datetime) -> None:
    """Apply an envelope, or say on its row why it cannot be. `at` is now; the entry happened at `row.occurred_at`.

    Raises Refusal `author-unknown`.
    """
    author = author_of(row)
    if author is None:
        raise Refusal("author-unknown")
    try:
        if isinstance(photos, Refusal):
            raise photos
        delivery = enter(row, fields_of(json.loads(row.payload)), photos, travel_of(row), by=author.actor)
        if delivery.receipt is None:
            raise Refusal(BAD_FORM, 422)
    except Refusal as refusal:
        if author.is_lessened:
            doubt(row, Doubt.LOST_ROLE, by=author.actor, at=at)
        else:
            move(row, acts.RETURN, by=author.actor, at=at, reason=refusal.code, values=refusal.values)
    else:
        close(row, delivery.receipt, acts.APPLY, at=at)


def enter(
    row: ReceivedEnvelope,
    fields: MultiDict[str, str],
    photos: Sequence[media.Stored],
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
    if known := entries.find_receipt(values, by):
        return Delivery(form, known)
    if not form.validate():
        return Delivery(form, None)
    is_anew = corrected_at is not None and kinds()[row.kind].is_observation
    at = corrected_at if corrected_at and is_anew else row.occurred_at
    try:
        with db.session.begin_nested():
            receipt = entries.apply(kind, values, form.data, photos, by=by, at=at, is_late=not is_anew)
            refuse_unknown(form, said, kind.beside)
            return Delivery(form, receipt)
    except IntegrityError as error:
        raise refusal_of(error) or error from error
    finally:
        db.session.expire_all()  # an entry that was rolled back must not be taken for the next with its number


def move(row: ReceivedEnvelope, act: Act, *, by: Actor | None = None, at: datetime, **values: Any) -> None:
    """Take a locked envelope through a line of the table, with other columns' `values`; what `by` does is journalled.

    Raises Refusal `returned-closed` when its state is none that the act starts from: somebody was quicker.
    """
    if row.state not in act.from_:
        raise Refusal("returned-closed")
    row.state = State(act.to)
    for name, value in values.items():
        setattr(row, name, value)
    if by:
        told = {"code": str(values["reason"])} if values.get("reason") else {}
        journal.write(f"envelope.{act.name}", "envelope", row.id, by=by, at=at, uuid=str(row.uuid), **told)


def close(row: ReceivedEnvelope, receipt: Receipt, act: Act, *, at: datetime, by: Actor | None = None) -> None:
    """Move a recorded envelope by `act`, unless another content was under its uuid: then both are kept."""
    settled = {"settled_by": by.id} if by else {}
    act = acts.CLASH if receipt.is_conflict else act
    move(row, act, by=by, at=at, reason=None, values=None, settled_at=at, **settled)


def doubt(row: ReceivedEnvelope, why: Doubt, *, by: Actor, at: datetime) -> None:
    """Send an envelope to the review tray: an administrator has to vouch for it."""
    move(row, acts.DOUBT, by=by, at=at, reason=why, values=None)


def fields_of(payload: dict[str, Any]) -> MultiDict[str, str]:
    """What was typed, as a form posts it."""
    return MultiDict([(name, value) for name, value in payload["fields"]])


def plain(fields: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What a form says, without how it travelled."""
    return [(name, value) for name, value in fields.items(multi=True) if name not in ENVELOPE]


def travel_of(row: ReceivedEnvelope) -> Travel:
    """How an envelope came."""
    relay_id = row.relay_id if row.relay_id != row.author_id else None
    device = str(row.device_id)
    return Travel(row.received_at, device, row.captured_at, row.skew_ms, row.seq, relay_id, row.is_outside)


def _kind(row: ReceivedEnvelope, by: Actor) -> Kind:
    kind, late = kinds().get(row.kind), find_late(row.kind)
    if kind is None or late is None:
        raise Refusal("kind-unknown", 422)
    if not by.has(*late.late_roles):
        raise Refusal("kind-not-yours", 403)
    return kind
