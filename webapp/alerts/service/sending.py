"""The sender: takes what waits for each channel, sends it, keeps the answer.

A message is marked as being sent before it leaves. If the sender is killed before the answer is kept, nobody knows
whether it arrived: it is sent once more, under the same id and marked as a repetition, since a lost alarm is worse.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import insert, select, update

from webapp.alerts import queries
from webapp.alerts.channels import sending
from webapp.alerts.channels.messages import Message
from webapp.alerts.channels.sending import Outcome
from webapp.alerts.models import Alert, AlertAttempt, AlertChannel, AlertDelivery
from webapp.alerts.rules import GIVEN_UP_AFTER, MOST_SINGLE, AlertState, ChannelKind, DeliveryState, wait_after
from webapp.alerts.service.pushing import Push, note, our_key, push_all, pushes_of, together, try_own_devices
from webapp.alerts.service.settings import note_test
from webapp.alerts.words import message_of, test_message
from webapp.extensions import db
from webapp.kernel.access import Actor
from webapp.kernel.database import hold, transaction
from webapp.kernel.errors import Refusal

BUDGET_S = 60.0  # of a run; what is left waits a minute
_WAITING, _SENDING = DeliveryState.WAITING, DeliveryState.SENDING


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A message with the deliveries that it carries, and its channel as plain values."""

    channel_id: UUID
    kind: Any
    secret: Any
    message: Message
    deliveries: tuple[UUID, ...]
    pushes: tuple[Push, ...] = ()


def deliver(at: datetime) -> str:
    """Send what waits. Gives how many messages were sent, and how many were not taken."""
    _give_up(at)
    ends, sent, failed, paused = time.monotonic() + BUDGET_S, 0, 0, set[UUID]()
    while time.monotonic() < ends and (parcels := _take(paused, at)):
        for parcel, (outcome, of_devices) in zip(parcels, _send_all(parcels, at), strict=True):
            _note(parcel, outcome, at)
            note(of_devices, at)
            sent, failed = sent + outcome.is_sent, failed + (not outcome.is_sent)
            if not outcome.is_sent:
                paused.add(parcel.channel_id)
    return f"{sent} sent, {failed} not sent"


def send_test(channel_id: UUID, *, by: Actor, at: datetime) -> Outcome:
    """Send a test message through a channel and keep what came of it. Raises Refusal `channel-gone` (404)."""
    channel = queries.find_channel(channel_id)
    if channel is None:
        raise Refusal("channel-gone", 404)
    message, kind, secret = test_message(uuid4(), channel.language), channel.kind, channel.secret
    if kind is ChannelKind.PUSH:
        outcome = try_own_devices(channel.language, by=by, at=at)
    else:
        db.session.rollback()  # nothing is held open while the other side takes its time
        outcome = sending.send(kind, secret, message, at, may_be_inside=_may_be_inside())
    note_test(channel_id, outcome.code, outcome.answer, by=by, at=at)
    return outcome


def _may_be_inside() -> bool:
    return bool(current_app.config["INSIDE_CHANNELS"])


def _give_up(at: datetime) -> None:
    """Drop what was acknowledged or closed before it left; give up what waited too long, and what has no way out."""
    off = AlertDelivery.channel_id.in_(select(AlertChannel.id).where(~AlertChannel.is_active))
    over = AlertDelivery.alert_id.in_(select(Alert.id).where(Alert.state != AlertState.OPEN))
    waiting = update(AlertDelivery).where(AlertDelivery.state == _WAITING)
    with transaction() as session:
        session.execute(waiting.where(over | off).values(state=DeliveryState.DROPPED))
        late = AlertDelivery.due_at < at - GIVEN_UP_AFTER, AlertDelivery.tries > 0
        session.execute(waiting.where(*late).values(state=DeliveryState.FAILED))


def _take(paused: set[UUID], at: datetime) -> list[_Parcel]:
    """The next message of each channel that may be tried, marked as being sent."""
    with transaction() as session:
        hold("alerts.deliver")
        free = (AlertChannel.retry_at.is_(None) | (AlertChannel.retry_at <= at)) & AlertChannel.is_active
        query = select(AlertDelivery).join(AlertChannel, AlertChannel.id == AlertDelivery.channel_id)
        due = (AlertDelivery.state == _SENDING) | ((AlertDelivery.state == _WAITING) & (AlertDelivery.due_at <= at))
        query = query.where(due, free, AlertChannel.id.not_in(paused)).order_by(AlertDelivery.due_at, AlertDelivery.id)
        by_channel: defaultdict[UUID, list[AlertDelivery]] = defaultdict(list)
        for row in session.scalars(query):
            by_channel[row.channel_id].append(row)
        parcels = [_parcel(rows) for rows in by_channel.values()]
        for parcel in parcels:
            taken = update(AlertDelivery).where(AlertDelivery.id.in_(parcel.deliveries))
            values = {"state": _SENDING, "message_id": parcel.message.id, "tried_at": at}
            session.execute(taken.values(**values, tries=AlertDelivery.tries + 1))
            begun = {"message_id": parcel.message.id, "tried_at": at}
            session.execute(
                insert(AlertAttempt), [{"id": uuid4(), "delivery_id": id_} | begun for id_ in parcel.deliveries]
            )
        return parcels


def _parcel(rows: Sequence[AlertDelivery]) -> _Parcel:
    """What a killed sender left comes first, as it was; else one delivery, or all if many wait.

    A message that is tried again keeps its id, by which a receiver can tell the repetition.
    """
    left = next((row.message_id for row in rows if row.state is _SENDING), None)
    if left:
        carried = [row for row in rows if row.message_id == left]
    else:
        carried = list(rows) if len(rows) > MOST_SINGLE else [rows[0]]
    before = {row.message_id for row in carried}
    message_id = (before.pop() if len(before) == 1 else None) or uuid4()
    is_repeated = bool(left) or any(row.outcome == "timeout" for row in carried)
    channel = carried[0].channel
    message = message_of(message_id, [row.alert for row in carried], channel.language, is_repeated=is_repeated)
    pushes = pushes_of([row.alert for row in carried], message_id) if channel.kind is ChannelKind.PUSH else ()
    return _Parcel(channel.id, channel.kind, channel.secret, message, tuple(row.id for row in carried), pushes)


def _send_all(parcels: Sequence[_Parcel], at: datetime) -> Iterator[tuple[Outcome, Mapping[UUID, Outcome]]]:
    """Send through several channels at once, so that one that hangs does not hold up the others. Gives what came of
    each message, and of each device to which it was pushed.
    """
    may_be_inside, key = _may_be_inside(), our_key()

    def send(parcel: _Parcel) -> tuple[Outcome, Mapping[UUID, Outcome]]:
        if parcel.kind is ChannelKind.PUSH:
            outcomes = push_all(parcel.pushes, key, at, may_be_inside=may_be_inside)
            return together(outcomes), outcomes
        return sending.send(parcel.kind, parcel.secret, parcel.message, at, may_be_inside=may_be_inside), {}

    with ThreadPoolExecutor(len(parcels)) as pool:
        yield from pool.map(send, parcels)


def _note(parcel: _Parcel, outcome: Outcome, at: datetime) -> None:
    """Keep the answer with the deliveries, and how the channel is doing."""
    kept = {"outcome": outcome.code, "answer": outcome.answer}
    with transaction() as session:
        state = DeliveryState.SENT if outcome.is_sent else _WAITING
        mine = update(AlertDelivery).where(AlertDelivery.id.in_(parcel.deliveries))
        session.execute(mine.values(**kept, state=state))
        channel = session.get_one(AlertChannel, parcel.channel_id)
        channel.tried_at, channel.outcome, channel.answer = at, outcome.code, outcome.answer
        if outcome.is_sent:
            channel.failures, channel.failing_since, channel.retry_at = 0, None, None
        else:
            channel.failures += 1
            channel.failing_since = channel.failing_since or at
            channel.retry_at = at + wait_after(channel.failures)
        begun = AlertAttempt.message_id == parcel.message.id, AlertAttempt.tried_at == at
        session.execute(update(AlertAttempt).where(*begun).values(**kept, retry_at=channel.retry_at))
