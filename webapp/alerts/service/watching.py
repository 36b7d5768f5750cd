"""The watcher: raises what is due, closes what is not any more, repeats what nobody acknowledged; in one transaction,
so that one that is killed has done nothing or everything.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, insert, update

from webapp.alerts import queries
from webapp.alerts.models import Alert, AlertDelivery, AlertRecipient, AlertRule
from webapp.alerts.rules import REOPENED_WITHIN, AlertState, DeliveryState, is_again, sends_at
from webapp.alerts.service.matters import Concern, Key, concerns
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.database import hold, transaction
from webapp.kernel.deadlines import Level
from webapp.kernel.recipients import Matter, Question, resolve

_FALLBACK: Question = (f"role:{Role.ADMINISTRATOR}", Matter())  # for what nobody else would get
Rows = list[dict[str, Any]]


def watch(at: datetime) -> str:
    """Compare the alerts with what is due now. Gives how many were raised and closed."""
    rules = queries.active_rules()
    due, before = concerns(rules, at), queries.live()
    persons = _persons([concern for key, concern in due.items() if key not in before])
    with transaction():
        hold("alerts.watch")
        live, channels = queries.live(), {str(row.id) for row in queries.channels() if row.is_active}
        raised = _raise({key: due[key] for key in persons if key not in live}, persons, channels, at)
        closed = _close([id_ for key, id_ in live.items() if key not in due], at)
        _renew({live[key]: due[key].amount for key in due if key in live and due[key].amount is not None})
        _repeat(rules, channels, at)
    return f"{raised} raised, {closed} closed"


def _persons(fresh: Sequence[Concern]) -> Mapping[Key, frozenset[UUID]]:
    """The recipients of each; administrators of the district where there are none."""
    if not fresh:
        return {}
    asked = set().union(*(concern.questions for concern in fresh))
    answers = resolve(asked | {_FALLBACK})
    return {
        (concern.key, concern.level): frozenset().union(*(answers[question] for question in concern.questions))
        or answers[_FALLBACK]
        for concern in fresh
    }


def _raise(
    fresh: Mapping[Key, Concern], persons: Mapping[Key, frozenset[UUID]], channels: Collection[str], at: datetime
) -> int:
    """Insert the alerts that are not live, with their recipients and first deliveries; reopen those just closed."""
    known = queries.closed_since(at - REOPENED_WITHIN) if fresh else {}
    alerts: Rows = []
    recipients: Rows = []
    deliveries: Rows = []
    for key, concern in fresh.items():
        if key in known:
            continue
        alert_id = uuid4()
        alerts.append(_row(concern, alert_id, at))
        recipients += [{"alert_id": alert_id, "person_id": person} for person in sorted(persons[key])]
        due_at = _due_at(concern.rule, concern.level, at)
        deliveries += [
            _delivery(alert_id, UUID(channel), 0, at, due_at) for channel in concern.channels & set(channels)
        ]
    _reopen([known[key] for key in fresh if key in known])
    for model, rows in ((Alert, alerts), (AlertRecipient, recipients), (AlertDelivery, deliveries)):
        if rows:
            db.session.execute(insert(model), rows)
    return len(alerts)


def _row(concern: Concern, alert_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": alert_id,
        "rule_id": concern.rule.id,
        "key": concern.key,
        "level": concern.level,
        "url": concern.url,
        "place_id": concern.matter.place_id,
        "unit_id": concern.matter.unit_id,
        "amount": concern.amount,
        "number": concern.number or None,
        "due_at": concern.due_at,
        "raised_at": at,
        "state": AlertState.OPEN,
    }


def _reopen(ids: Sequence[UUID]) -> None:
    """What comes back soon after it was closed is the same alert: a number about its threshold is no storm."""
    if ids:
        as_it_was = case((Alert.acknowledged_at.is_(None), AlertState.OPEN), else_=AlertState.ACKNOWLEDGED)
        db.session.execute(update(Alert).where(Alert.id.in_(ids)).values(state=as_it_was, closed_at=None))


def _close(over: Sequence[UUID], at: datetime) -> int:
    """Close the alerts of what is no longer due, also of rules that were changed or put out of force."""
    if over:
        closed = update(Alert).where(Alert.id.in_(over)).values(state=AlertState.CLOSED, closed_at=at)
        db.session.execute(closed)
    return len(over)


def _renew(amounts: Mapping[UUID, int | None]) -> None:
    """Keep the numbers of live alerts as they are now, for their pages and the reminders."""
    before = queries.amounts(amounts) if amounts else {}
    changed = [{"id": id_, "amount": amount} for id_, amount in amounts.items() if before.get(id_) != amount]
    if changed:
        db.session.execute(update(Alert), changed)


def _repeat(rules: Sequence[AlertRule], channels: Collection[str], at: datetime) -> None:
    """Deliver once more what is still open, where the last delivery is through and was long enough ago."""
    repeating = {rule.id: rule for rule in rules if rule.repeat_minutes}
    if not repeating:
        return
    rows = []
    for last in queries.last_deliveries(repeating):
        rule = repeating[last.rule_id]
        if str(last.channel_id) in channels and not last.unfinished and is_again(last.made_at, rule.repeat_minutes, at):
            due_at = _due_at(rule, last.level, at)
            rows.append(_delivery(last.alert_id, last.channel_id, last.round + 1, at, due_at))
    if rows:
        db.session.execute(insert(AlertDelivery), rows)


def _due_at(rule: AlertRule, level: Level, at: datetime) -> datetime:
    return sends_at(clock.local(at), level, rule.quiet)


def _delivery(alert_id: UUID, channel_id: UUID, number: int, at: datetime, due_at: datetime) -> dict[str, Any]:
    values = {"id": uuid4(), "alert_id": alert_id, "channel_id": channel_id, "round": number, "made_at": at}
    return values | {"due_at": due_at, "state": DeliveryState.WAITING}
