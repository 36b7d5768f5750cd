"""Decisions of people on envelopes that could not be applied automatically."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.extensions import db
from webapp.kernel import media
from webapp.kernel.access import Actor
from webapp.kernel.columns import canonical
from webapp.kernel.database import locked, retried, transaction
from webapp.kernel.entries import Delivery
from webapp.kernel.errors import Refusal
from webapp.kernel.faultlog import log_fault
from webapp.kernel.states import Act
from webapp.kernel.tombstones import hold_entry
from webapp.sync import acts
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import State
from webapp.sync.service.grants import standing_of
from webapp.sync.service.opening import (
    close,
    conclude,
    enter,
    move,
    plain,
    travel_of,
)
from webapp.sync.service.pictures import Pictures, missing, prepared, stored, using

log = logging.getLogger(__name__)


def correct(
    envelope_id: UUID,
    fields: MultiDict[str, str],
    files: MultiDict[str, FileStorage] | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Delivery:
    """Record the author's corrected version of a returned entry, with its uuid, its time, its photos and those in
    `files`.

    An invalid form changes nothing. With `is_conflict` in the receipt, other content had arrived first and this version
    is stored beside it. Raises Refusal `returned-closed`, and those of `media.prepare`, `media.verify_declared` and the
    kind.
    """
    photos = _photos(envelope_id, fields, files or MultiDict())
    with using(photos, envelope_id):
        return retried(lambda: _correct(envelope_id, fields, photos, by=by, at=at))


def _correct(
    envelope_id: UUID, fields: MultiDict[str, str], photos: Sequence[media.Stored], *, by: Actor, at: datetime
) -> Delivery:
    with transaction():
        row = _open_row(envelope_id, acts.CORRECT)
        payload, author = json.loads(row.payload), standing_of(row, by)
        travel = replace(travel_of(row), received_at=at, relay_id=None)
        delivery = enter(row, fields, photos, travel, by=author, corrected_at=at)
        if delivery.receipt:
            if delivery.receipt.is_conflict:
                _keep_version(row, payload, fields)
            close(row, delivery.receipt, acts.CORRECT, by=by, at=at)
        return delivery


def release(envelope_id: UUID, note: str, *, by: Actor, at: datetime) -> ReceivedEnvelope:
    """Release an envelope whose proof does not hold, by an administrator with a reason: it is applied as its author's
    entry once its photos have arrived. An envelope that waits for photos is applied without the missing ones.

    Raises Refusal `returned-closed`, `author-unknown`, or `envelope-unreadable` if this server cannot open it.
    """
    row = db.session.get(ReceivedEnvelope, envelope_id)
    if row is not None and "fields" not in json.loads(row.payload):
        raise Refusal("envelope-unreadable")
    photos: Pictures = stored(row) if row is not None else ()
    with using(photos, envelope_id):
        try:
            return retried(lambda: _release(envelope_id, note, photos, by=by, at=at))
        except (Refusal, OperationalError):
            raise
        except Exception as error:
            log_fault(log, "an envelope could not be applied although it was vouched for", error)
            raise Refusal("envelope-failed") from error


def _release(envelope_id: UUID, note: str, photos: Pictures, *, by: Actor, at: datetime) -> ReceivedEnvelope:
    with transaction():
        row = _open_row(envelope_id, acts.RELEASE)
        waits = row.state is State.REVIEW and missing(row)
        move(row, acts.RELEASE, by=by, at=at, note=note, settled_by=by.id, reason=None)
        if not waits:
            conclude(row, photos, at=at)
        return row


def set_aside(envelope_id: UUID, note: str, *, by: Actor, at: datetime) -> None:
    """Close an envelope without applying it, by an administrator with a reason. It stays stored.

    Raises Refusal `returned-closed`.
    """
    _close_unapplied(envelope_id, acts.SET_ASIDE, note, by=by, at=at)


def give_up(envelope_id: UUID, note: str, *, by: Actor, at: datetime) -> None:
    """Close a returned entry without applying it, by its author. Raises Refusal `returned-closed`."""
    _close_unapplied(envelope_id, acts.GIVE_UP, note, by=by, at=at)


def _close_unapplied(envelope_id: UUID, act: Act, note: str, *, by: Actor, at: datetime) -> None:
    with transaction():
        row = _open_row(envelope_id, act)
        move(row, act, by=by, at=at, note=note, settled_by=by.id, settled_at=at)


def _open_row(envelope_id: UUID, act: Act) -> ReceivedEnvelope:
    """The locked row. Raises Refusal `returned-closed` if the act does not start from its state."""
    if uuid := db.session.scalar(select(ReceivedEnvelope.uuid).where(ReceivedEnvelope.id == envelope_id)):
        hold_entry(uuid)
    row = locked(ReceivedEnvelope, envelope_id)
    if row is None or row.state not in act.from_:
        raise Refusal("returned-closed")
    return row


def _photos(
    envelope_id: UUID, fields: MultiDict[str, str], files: MultiDict[str, FileStorage]
) -> Sequence[media.Stored]:
    """The decodable photos of an envelope and the added ones, written to disk before the transaction."""
    row = db.session.get(ReceivedEnvelope, envelope_id)
    kept = prepared(row, leave_out=True) if row is not None else []
    own = [] if isinstance(kept, Refusal) else kept
    added = media.prepare(files, own)
    media.verify_declared(added, fields)
    return media.store([*own, *added])


def _keep_version(row: ReceivedEnvelope, payload: dict[str, Any], fields: MultiDict[str, str]) -> None:
    """Store the fields as the new version of a returned entry, with the first version beside it."""
    first = payload.get("first", payload["fields"])
    row.payload = canonical(payload | {"fields": plain(fields), "first": first})
