"""Reads of rules, alerts, channels and deliveries."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from webapp.accounts import queries as accounts
from webapp.alerts.models import (
    Alert,
    AlertAttempt,
    AlertChannel,
    AlertDelivery,
    AlertDevice,
    AlertRecipient,
    AlertRule,
)
from webapp.alerts.rules import FIGURE, TRIED_FOR, AlertState, DeliveryState, Each
from webapp.extensions import db
from webapp.kernel import figures
from webapp.kernel.access import Reach, Role
from webapp.kernel.deadlines import Level
from webapp.kernel.jobs import JobRun
from webapp.places.queries import visible_places
from webapp.units.queries import visible_units

OVERSEERS = (Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)
UNFINISHED = (DeliveryState.WAITING, DeliveryState.SENDING)
LIVE = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
WATCHER = "alerts.watch"  # the name of its job


def active_rules() -> Sequence[AlertRule]:
    """The rules in force, the oldest first, apart from the session: the watcher reads them beyond a transaction."""
    rows = db.session.scalars(select(AlertRule).where(AlertRule.is_active).order_by(AlertRule.added_at, AlertRule.id))
    rules = rows.all()
    db.session.expunge_all()
    return rules


def divisions(source: str) -> frozenset[Each]:
    """For what each the figure of a source can be counted."""
    figure = figures.figures().get(source.removeprefix(FIGURE)) if source.startswith(FIGURE) else None
    if figure is None:
        return frozenset()
    offered = {Each.UNIT: figure.is_by_unit, Each.PLACE: figure.is_by_place}
    return frozenset(each for each, is_offered in offered.items() if is_offered)


def count_rules() -> int:
    return db.session.scalar(select(func.count()).select_from(AlertRule)) or 0


def presets_in_use() -> set[str]:
    """The presets of which there are rules, in force or not."""
    return {code for code in db.session.scalars(select(AlertRule.preset)) if code}


def rules(_reach: Reach, _filters: dict[str, Any]) -> Select[Any]:
    return select(AlertRule)


def find_rule(rule_id: UUID) -> AlertRule | None:
    return db.session.get(AlertRule, rule_id)


def channels() -> Sequence[AlertChannel]:
    """All channels by name."""
    return db.session.scalars(select(AlertChannel).order_by(AlertChannel.name)).all()


def all_channels(_reach: Reach, _filters: dict[str, Any]) -> Select[Any]:
    return select(AlertChannel)


def find_channel(channel_id: UUID) -> AlertChannel | None:
    return db.session.get(AlertChannel, channel_id)


def failing_channels() -> Sequence[AlertChannel]:
    failing = AlertChannel.is_active, AlertChannel.failing_since.is_not(None)
    return db.session.scalars(select(AlertChannel).where(*failing)).all()


def live() -> Mapping[tuple[str, Level], UUID]:
    """The alerts that are not closed: ids by key and level."""
    rows = db.session.execute(select(Alert.key, Alert.level, Alert.id).where(Alert.state != AlertState.CLOSED))
    return {(row.key, row.level): row.id for row in rows}


def amounts(ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The numbers of those of these alerts that have one."""
    query = select(Alert.id, Alert.amount).where(Alert.state != AlertState.CLOSED, Alert.amount.is_not(None))
    return {row.id: row.amount for row in db.session.execute(query) if row.id in ids}


def closed_since(moment: datetime) -> Mapping[tuple[str, Level], UUID]:
    """The last alerts closed since a moment: ids by key and level."""
    query = select(Alert.key, Alert.level, Alert.id).where(Alert.closed_at >= moment).order_by(Alert.closed_at)
    return {(row.key, row.level): row.id for row in db.session.execute(query)}


def last_deliveries(rule_ids: Collection[UUID]) -> Sequence[Any]:
    """The last round of each open alert of these rules by channel: rows of alert_id, channel_id, rule_id, level,
    round, made_at, and `unfinished`, the number of deliveries that still wait.
    """
    waiting = func.count().filter(AlertDelivery.state.in_(UNFINISHED)).label("unfinished")
    last = (
        func.max(AlertDelivery.round).label("round"),
        func.max(AlertDelivery.made_at, type_=AlertDelivery.made_at.type),
    )
    of_each = AlertDelivery.alert_id, AlertDelivery.channel_id, Alert.rule_id, Alert.level
    query = select(*of_each, last[0], last[1].label("made_at"), waiting).join(Alert, Alert.id == AlertDelivery.alert_id)
    query = query.where(Alert.state == AlertState.OPEN, Alert.rule_id.in_(rule_ids)).group_by(*of_each)
    return db.session.execute(query).all()


def ids_of(person_id: UUID) -> Select[UUID]:
    """Ids of the alerts of which somebody is a recipient."""
    return select(AlertRecipient.alert_id).where(AlertRecipient.person_id == person_id)


def is_recipient(alert_id: UUID, person_id: UUID) -> bool:
    return db.session.get(AlertRecipient, (alert_id, person_id)) is not None


def acknowledged_by(alert_id: UUID) -> UUID | None:
    return db.session.scalar(select(Alert.acknowledged_by).where(Alert.id == alert_id))


def mine(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The alerts of which the actor is a recipient."""
    return select(Alert).where(Alert.id.in_(ids_of(reach.actor.id)), *_filtered(filters))


def overseen(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The alerts about places and units within reach; those about the district within a district-wide reach."""
    return select(Alert).where(_within(reach), *_filtered(filters))


def _within(reach: Reach) -> ColumnElement[bool]:
    if reach.is_district_wide:
        return true()
    return or_(Alert.place_id.in_(visible_places(reach)), Alert.unit_id.in_(visible_units(reach)))


def _filtered(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    conditions = []
    if state := filters.get("state"):
        conditions.append(Alert.state == AlertState(state))
    if level := filters.get("level"):
        conditions.append(Alert.level == Level(level))
    return conditions


def find(alert_id: UUID, reach: Reach) -> Alert | None:
    """An alert of which the actor is a recipient, or that is within their reach as an overseer."""
    overseer = reach.actor.through(*OVERSEERS)
    shown = or_(Alert.id.in_(ids_of(reach.actor.id)), _within(overseer) if overseer.grants else false())
    return db.session.scalars(select(Alert).where(Alert.id == alert_id, shown)).one_or_none()


def open_of(person_id: UUID, limit: int) -> Sequence[Alert]:
    """The open alerts of a person, the most urgent first, then the newest."""
    worst = case({level: place for place, level in enumerate(Level)}, value=Alert.level)
    query = select(Alert).where(Alert.id.in_(ids_of(person_id)), Alert.state == AlertState.OPEN)
    return db.session.scalars(query.order_by(worst, Alert.raised_at.desc(), Alert.id).limit(limit)).all()


def heard_of(person_id: UUID, limit: int) -> Sequence[Any]:
    """The newest open alerts of a person: rows of raised_at, level, quiet_from, quiet_until, and the number of all in
    `total`.
    """
    columns = Alert.raised_at, Alert.level, AlertRule.quiet_from, AlertRule.quiet_until
    query = select(*columns, func.count().over().label("total")).join(AlertRule, AlertRule.id == Alert.rule_id)
    query = query.where(Alert.id.in_(ids_of(person_id)), Alert.state == AlertState.OPEN)
    return db.session.execute(query.order_by(Alert.raised_at.desc(), Alert.id).limit(limit)).all()


def count_open(person_id: UUID) -> int:
    """The number of open alerts of a person."""
    mine = AlertRecipient.alert_id == Alert.id, AlertRecipient.person_id == person_id
    query = select(func.count()).select_from(Alert).join(AlertRecipient, and_(*mine))
    return db.session.scalar(query.where(Alert.state == AlertState.OPEN)) or 0


def deliveries(_reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """All deliveries, for administrators and auditors of the district."""
    query = select(AlertDelivery)
    if channel := filters.get("channel"):
        query = query.where(AlertDelivery.channel_id == UUID(channel))
    return query.where(AlertDelivery.state == DeliveryState(state)) if (state := filters.get("state")) else query


def deliveries_of(alert_id: UUID) -> Sequence[AlertDelivery]:
    query = select(AlertDelivery).where(AlertDelivery.alert_id == alert_id)
    return db.session.scalars(query.order_by(AlertDelivery.made_at, AlertDelivery.id)).all()


def find_delivery(delivery_id: UUID) -> AlertDelivery | None:
    return db.session.get(AlertDelivery, delivery_id)


def attempts_of(delivery_id: UUID, limit: int) -> Sequence[AlertAttempt]:
    """The attempts at a delivery, the newest first."""
    query = select(AlertAttempt).where(AlertAttempt.delivery_id == delivery_id)
    return db.session.scalars(query.order_by(AlertAttempt.tried_at.desc(), AlertAttempt.id).limit(limit)).all()


def carried_with(message_id: UUID | None) -> int:
    """How many deliveries a message carries."""
    query = select(func.count()).select_from(AlertDelivery).where(AlertDelivery.message_id == message_id)
    return (db.session.scalar(query) or 0) if message_id else 0


def devices_of(person_id: UUID) -> Sequence[AlertDevice]:
    """The devices on which a person turned web push on, the newest first."""
    query = select(AlertDevice).where(AlertDevice.person_id == person_id)
    return db.session.scalars(query.order_by(AlertDevice.added_at.desc(), AlertDevice.id)).all()


def is_tried(device: AlertDevice, at: datetime) -> bool:
    """Whether a test message is on its way to a device."""
    return bool(device.token_hash and device.tested_at and device.tested_at > at - TRIED_FOR)


def token_of(device_id: UUID) -> str | None:
    """The digest of the token that a device has to report, whoever's it is."""
    return db.session.scalar(select(AlertDevice.token_hash).where(AlertDevice.id == device_id))


def find_device(device_id: UUID, person_id: UUID) -> AlertDevice | None:
    """A device of this person."""
    query = select(AlertDevice).where(AlertDevice.id == device_id, AlertDevice.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def find_device_of(endpoint_key: str) -> AlertDevice | None:
    """The device with this subscription, whoever's it is."""
    return db.session.scalars(select(AlertDevice).where(AlertDevice.endpoint_key == endpoint_key)).one_or_none()


def devices_for(alert_ids: Collection[UUID]) -> Sequence[tuple[UUID, AlertDevice]]:
    """The usable devices of the recipients of alerts who may sign in: (id of the alert, device)."""
    query = select(AlertRecipient.alert_id, AlertDevice)
    query = query.join(AlertDevice, AlertDevice.person_id == AlertRecipient.person_id)
    query = query.where(AlertRecipient.alert_id.in_(alert_ids), AlertDevice.usable_at.is_not(None))
    query = query.where(AlertDevice.person_id.in_(accounts.enabled()))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(AlertDevice.added_at, AlertDevice.id))]


def watched_since() -> tuple[datetime | None, datetime | None, int]:
    """When the oldest rule in force was made, when the watcher last finished, and how often it failed in a row."""
    oldest = select(func.min(AlertRule.added_at, type_=AlertRule.added_at.type)).where(AlertRule.is_active)
    run = select(JobRun.finished_at, JobRun.failures, oldest.scalar_subquery()).where(JobRun.name == WATCHER)
    row = db.session.execute(run).one_or_none()
    return (row[2], row[0], row[1]) if row else (db.session.scalar(oldest), None, 0)


def recipients_of(alert_id: UUID) -> Sequence[str]:
    """The names of the recipients of an alert."""
    ids = db.session.scalars(select(AlertRecipient.person_id).where(AlertRecipient.alert_id == alert_id)).all()
    return sorted(accounts.names(ids).values())
