"""Reception: every well-formed envelope is stored, then opened; one that cannot be applied goes to a person.

Several envelopes of a call share a durable transaction, which ends after HELD_S so that other writers get their turn.
An unexpected error takes the whole transaction back; its envelopes are then received one by one, so that a failing
envelope does not block the others. So does a lock that another call holds for too long (`wait_briefly`) on PostgreSQL,
where the locks of two calls may cross.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError

from webapp.extensions import db
from webapp.kernel.access import Actor
from webapp.kernel.database import asking_once, is_crossed, is_sqlite, locked, retried, transaction, wait_briefly
from webapp.kernel.faultlog import log_fault
from webapp.kernel.kinds import kinds
from webapp.kernel.tombstones import hold_entry
from webapp.kernel.unavailable import cause_of
from webapp.sync import acts, keys
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import Doubt, Outcome, State, Waiting, parse
from webapp.sync.service.answers import Answer, answer, not_yet
from webapp.sync.service.contact import Contact
from webapp.sync.service.opening import bind, conclude, fields_of, move
from webapp.sync.service.pictures import missing, stored, using
from webapp.sync.service.reading import read
from webapp.sync.service.reception import Known, Reception

log = logging.getLogger(__name__)
# After so many seconds a shared transaction takes no further envelope. On SQLite one more and the commit fit into the
# 20 ms that a writer may be kept waiting; on PostgreSQL others wait only for the same rows.
HELD_S, HELD_ON_ROWS_S = 0.012, 0.08


def accept(raw: Any, contact: Contact, *, by: Actor, at: datetime) -> Answer:
    """Receive one envelope; the same envelope again gets the same answer."""
    return accept_all([raw], contact, by=by, at=at)[0]


def accept_all(raws: Sequence[Any], contact: Contact, *, by: Actor, at: datetime) -> list[Answer]:
    """Receive envelopes in their order; each has an outcome of its own. Opens all of them before it locks anything."""
    opened = [_opened(raw, contact, by=by, at=at) for raw in raws]
    receptions = [part for part in opened if isinstance(part, Reception)]
    if len(receptions) > 1:
        with asking_once():
            receptions = [_bound(reception) for reception in receptions]
    answers: list[Answer] = []
    while len(answers) < len(receptions):
        answers += _take_some(receptions[len(answers) :])
    following = iter(answers)
    return [next(following) if isinstance(part, Reception) else part for part in opened]


def _opened(raw: Any, contact: Contact, *, by: Actor, at: datetime) -> Reception | Answer:
    """An envelope ready to be taken, or its answer if nothing can be stored of it."""
    envelope = parse(raw)
    if envelope is None:
        texts = {name: value for name, value in raw.items() if isinstance(value, str)} if isinstance(raw, dict) else {}
        return Answer(texts.get("uuid", "")[:36], texts.get("sha256", "")[:64], Outcome.MALFORMED)
    if not keys.is_here(envelope.key_id):
        return not_yet(envelope, Waiting.KEY_MISSING)
    return Reception(envelope, read(envelope), contact, by, at)


def _bound(reception: Reception) -> Reception:
    """The envelope with its form, bound and validated before the lock; without, if that fails: it is bound again."""
    kind, payload = kinds().get(reception.envelope.kind), reception.opened.payload
    if kind is None or payload is None or reception.opened.photos:
        return reception
    try:
        return replace(reception, bound=bind(kind, reception.envelope.uuid, fields_of(payload)))
    except Exception:
        return reception


def _take_some(receptions: Sequence[Reception]) -> list[Answer]:
    """Take the first of some envelopes, as many as one transaction has time for."""
    if len(receptions) == 1:
        return [_take_alone(receptions[0])]
    answers: list[Answer] = []
    try:
        with transaction(), asking_once():
            wait_briefly()
            known, ends = Known(), time.monotonic() + (HELD_S if is_sqlite() else HELD_ON_ROWS_S)
            known.look_up([reception.envelope for reception in receptions])
            for reception in receptions:
                answers.append(reception.take(known))
                if time.monotonic() >= ends:
                    break
            known.write()
    except Exception as error:
        if _is_unavailable(error) and not is_crossed(error):
            raise
        return [_take_alone(reception) for reception in receptions[: len(answers) + 1]]
    taken = zip(receptions, answers, strict=False)
    return [_take_alone(reception) if _is_complete(answer) else answer for reception, answer in taken]


def _take_alone(reception: Reception) -> Answer:
    """Take one envelope in a transaction of its own, with a new form: the one bound before may have been used."""
    reception = replace(reception, bound=None)
    try:
        return _finished(retried(lambda: _take(reception)), at=reception.at)
    except Exception as error:
        if _is_unavailable(error):
            raise
        return _put_aside(reception, error)


def _take(reception: Reception, fault: Doubt | None = None) -> Answer:
    with transaction():
        return reception.take(Known(), fault)


def _put_aside(reception: Reception, error: Exception) -> Answer:
    """Store an envelope whose application raised an unexpected error; if that fails too, its device keeps it."""
    log_fault(log, "an envelope could not be applied", error)
    try:
        return retried(lambda: _take(reception, Doubt.FAILED))
    except Exception as second:
        log_fault(log, "an envelope could not be kept for review", second)
        return not_yet(reception.envelope, Waiting.BUSY)


def _is_unavailable(error: Exception) -> bool:
    """Whether the server cannot work at present, so that the entry waits on its device."""
    return isinstance(error, OperationalError) or cause_of(error) is not None


def _finished(taken: Answer, *, at: datetime) -> Answer:
    """Apply an envelope whose photos have all arrived before, and answer."""
    if taken.row is None or not _is_complete(taken):
        return taken
    is_new = finish(taken.row.id, at=at)
    row = db.session.get_one(ReceivedEnvelope, taken.row.id)
    return answer(row, missing(row), is_new=is_new)


def _is_complete(answer: Answer) -> bool:
    """Whether an envelope waits although all its photos have arrived."""
    return answer.outcome is Outcome.PHOTOS and not answer.missing


def finish(row_id: UUID, *, at: datetime) -> bool:
    """Apply an envelope that waited for photos once all have arrived; True if this call did so.

    The photos are decoded and stored before the transaction. Raises Refusal `photos-busy`, and the envelope waits on.
    """
    row = db.session.get(ReceivedEnvelope, row_id)
    if row is None or row.state is not State.PHOTOS or missing(row):
        return False
    uuid, photos = row.uuid, stored(row)

    def apply() -> bool:
        with transaction():
            hold_entry(uuid)
            waiting = locked(ReceivedEnvelope, row_id)
            if waiting is None or waiting.state is not State.PHOTOS:
                return False
            conclude(waiting, photos, at=at)
            return True

    with using(photos, row_id):
        try:
            return retried(apply)
        except OperationalError:
            raise
        except Exception as error:
            log_fault(log, "an envelope with photos could not be applied", error)
            return retried(lambda: _fail(row_id))


def _fail(row_id: UUID) -> bool:
    with transaction():
        row = locked(ReceivedEnvelope, row_id)
        if row is not None and row.state is State.PHOTOS:
            move(row, acts.DOUBT, at=row.received_at, reason=Doubt.FAILED)
    return True
