"""Applying the content of an envelope, in the open transaction of its reception."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import entries, journal, media
from webapp.kernel.access import Actor
from webapp.kernel.database import savepoint
from webapp.kernel.entries import Delivery, Receipt, Travel
from webapp.kernel.errors import Refusal, refusal_of
from webapp.kernel.kinds import ENVELOPE, BoundForm, Data, Kind, find_late, kinds
from webapp.kernel.states import Act
from webapp.kernel.unknown import refuse_unknown
from webapp.sync import acts
from webapp.sync.labels import BAD_FORM
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import Doubt, State
from webapp.sync.service.grants import author_of
from webapp.sync.service.pictures import Pictures


@dataclass(frozen=True, slots=True)
class Bound:
    """The content of an entry and its form, bound and validated."""

    content: MultiDict[str, str]
    form: BoundForm
    data: Data | Refusal | None  # what the apply function gets; None of an invalid form


def bind(kind: Kind, uuid: UUID, fields: MultiDict[str, str]) -> Bound:
    content = MultiDict([*plain(fields), ("uuid", str(uuid))])
    form = kind.form(content)
    return Bound(content, form, kind.prepared(form) if form.validate() else None)


def conclude(
    row: ReceivedEnvelope, photos: Pictures, *, at: datetime, now: Actor | None = None, bound: Bound | None = None
) -> None:
    """Apply an envelope, or store on its row why it cannot be applied. `at` is now; the entry's time is
    `row.occurred_at`; `now` is the author as of now, if already read, and `bound` the form, if already bound.

    Raises Refusal `author-unknown`.
    """
    author = author_of(row, now)
    if author is None:
        raise Refusal("author-unknown")
    try:
        if isinstance(photos, Refusal):
            raise photos
        content = bound or fields_of(json.loads(row.payload))
        delivery = enter(row, content, photos, travel_of(row), by=author.actor)
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
    fields: MultiDict[str, str] | Bound,
    photos: Sequence[media.Stored],
    travel: Travel,
    *,
    by: Actor,
    corrected_at: datetime | None = None,
) -> Delivery:
    """Record an envelope's content under its uuid and time. An invalid form records nothing and gives no receipt.

    A corrected observation has the time of its correction (`corrected_at`).

    Raises Refusal `kind-unknown`, `kind-not-yours`, and any refusal of the kind; then nothing is recorded.
    """
    kind = _kind(row, by)
    bound = fields if isinstance(fields, Bound) else bind(kind, row.uuid, fields)
    content, form = bound.content, bound.form
    values = entries.values_of(kind, content, photos, travel, by)
    if bound.data is None:  # a replay gets its receipt even if the form would no longer be valid
        return Delivery(form, entries.find_receipt(values, by))
    is_anew = corrected_at is not None and kinds()[row.kind].is_observation
    at = corrected_at if corrected_at and is_anew else row.occurred_at
    try:
        with savepoint():
            receipt = entries.apply(kind, values, bound.data, photos, by=by, at=at, is_late=not is_anew)
            if not receipt.replayed:
                refuse_unknown(form, content, kind.beside)
            return Delivery(form, receipt)
    except BaseException as error:
        db.session.expire_all()  # a rolled-back entry must not be confused with the next one of the same number
        if isinstance(error, IntegrityError):
            raise refusal_of(error) or error from error
        raise


def move(row: ReceivedEnvelope, act: Act, *, by: Actor | None = None, at: datetime, **values: Any) -> None:
    """Perform an act of the table on a locked envelope and set `values` of other columns; an act of a person (`by`) is
    journalled.

    Raises Refusal `returned-closed` if the act does not start from the envelope's state, after a concurrent act.
    """
    if row.state not in act.from_:
        raise Refusal("returned-closed")
    row.state = State(act.to)
    for name, value in values.items():
        setattr(row, name, value)
    if by:
        details = {"code": str(values["reason"])} if values.get("reason") else {}
        journal.write(f"envelope.{act.name}", "envelope", row.id, by=by, at=at, uuid=str(row.uuid), **details)


def close(row: ReceivedEnvelope, receipt: Receipt, act: Act, *, at: datetime, by: Actor | None = None) -> None:
    """Perform `act` on a recorded envelope, unless its uuid has other content; then it becomes a conflict."""
    settled = {"settled_by": by.id} if by else {}
    act = acts.CLASH if receipt.is_conflict else act
    move(row, act, by=by, at=at, reason=None, values=None, settled_at=at, **settled)


def doubt(row: ReceivedEnvelope, why: Doubt, *, by: Actor, at: datetime) -> None:
    """Send an envelope to the review tray, for an administrator to release it."""
    move(row, acts.DOUBT, by=by, at=at, reason=why, values=None)


def fields_of(payload: dict[str, Any]) -> MultiDict[str, str]:
    """The fields of a payload as a form posts them."""
    return MultiDict([(name, value) for name, value in payload["fields"]])


def plain(fields: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The content of a form, without the fields about its delivery."""
    return [(name, value) for name, value in fields.items(multi=True) if name not in ENVELOPE]


def travel_of(row: ReceivedEnvelope) -> Travel:
    """The travel of an envelope's entry."""
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
