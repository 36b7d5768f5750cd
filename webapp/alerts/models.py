"""Tables of rules, alerts, their recipients, channels and deliveries. No column holds anything typed about a person."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.alerts.rules import AlertState, ChannelKind, DeliveryState, Each
from webapp.extensions import Model
from webapp.kernel.columns import Enumerated, Json, SealedJson, UtcDateTime
from webapp.kernel.deadlines import Level
from webapp.places.models import Place
from webapp.units.models import Unit

LIVE = text("state <> 'closed'")


class AlertChannel(Model):
    """A way out of the app. `secret` are address, key and password; `host` is what may be shown of them.

    `failures` counts those in a row since `failing_since`; the next attempt is at `retry_at`. `outcome` and `answer`
    are of the last attempt.
    """

    __tablename__ = "alert_channel"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[ChannelKind] = mapped_column(Enumerated(ChannelKind))
    language: Mapped[str] = mapped_column(String(2))
    host: Mapped[str] = mapped_column(String(200))
    secret: Mapped[Any] = mapped_column(SealedJson("alert_channel.secret"))
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(String(200))


class AlertRule(Model):
    """What is alerted (`source`: a sort of task, or a figure with its threshold), how urgent, when, to whom, how.

    `each`: the figure is counted for each place or unit, and alerted there; else once.

    `level` None: as urgent as the task itself. `recipients` and `channels` are lists (kernel/recipients.py; ids).
    Without `unit_id` it holds for the district.
    """

    __tablename__ = "alert_rule"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(80))
    preset: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(80))
    threshold: Mapped[int | None]
    each: Mapped[Each | None] = mapped_column(Enumerated(Each))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    level: Mapped[Level | None] = mapped_column(Enumerated(Level))
    after_minutes: Mapped[int | None]
    recipients: Mapped[Any] = mapped_column(Json)
    channels: Mapped[Any] = mapped_column(Json)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    repeat_minutes: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    unit: Mapped[Unit | None] = relationship(Unit, lazy="joined", viewonly=True)

    @property
    def quiet(self) -> tuple[int, int] | None:
        """The first quiet hour and the one with which they end."""
        return None if self.quiet_from is None or self.quiet_until is None else (self.quiet_from, self.quiet_until)


class Alert(Model):
    """Something that is due at a level, from when it was raised until it is no longer due; one that is live per key
    and level. `amount` is the number of a figure or of what is owed, `number` that of a document or a day (Due).
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_live", "key", "level", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_alert_raised_at_id", "raised_at", "id"),
        Index("ix_alert_closed_at", "closed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("alert_rule.id"))
    key: Mapped[str] = mapped_column(String(200))
    level: Mapped[Level] = mapped_column(Enumerated(Level))
    url: Mapped[str] = mapped_column(String(400))
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    amount: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[AlertState] = mapped_column(Enumerated(AlertState))
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    rule: Mapped[AlertRule] = relationship(AlertRule, lazy="joined", viewonly=True)
    place: Mapped[Place | None] = relationship(Place, lazy="joined", viewonly=True)
    unit: Mapped[Unit | None] = relationship(Unit, lazy="joined", viewonly=True)
    acknowledger: Mapped[Person | None] = relationship(Person, lazy="joined", viewonly=True)


class AlertRecipient(Model):
    """Somebody whose list has the alert."""

    __tablename__ = "alert_recipient"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class AlertDelivery(Model):
    """An alert on its way through a channel, the first time (round 0) or as a reminder.

    Those of one message share `message_id`, which a repetition after a kill keeps.
    """

    __tablename__ = "alert_delivery"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel_id", "round"),
        Index("ix_alert_delivery_state_due_at", "state", "due_at"),
        Index("ix_alert_delivery_made_at_id", "made_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"))
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("alert_channel.id"), index=True)
    round: Mapped[int]
    state: Mapped[DeliveryState] = mapped_column(Enumerated(DeliveryState))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    message_id: Mapped[UUID | None]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(String(200))

    alert: Mapped[Alert] = relationship(Alert, lazy="joined", viewonly=True)
    channel: Mapped[AlertChannel] = relationship(AlertChannel, lazy="joined", viewonly=True)


class AlertAttempt(Model):
    """One attempt at a delivery. `outcome` is None until its answer is kept: what a killed sender leaves has none.

    `retry_at` is when the channel is tried again.
    """

    __tablename__ = "alert_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("alert_delivery.id"), index=True)
    message_id: Mapped[UUID] = mapped_column(index=True)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(String(200))
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlertDevice(Model):
    """A browser on which a person turned web push on. `secret` are the endpoint and keys of its subscription,
    `endpoint_key` a keyed digest of the endpoint; `host` is what may be shown of it.

    It is used from `usable_at` on: when a test message came back from it with the token behind `token_hash`. At
    `ended_at` its push service said that it is gone.
    """

    __tablename__ = "alert_device"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(2))
    host: Mapped[str] = mapped_column(String(200))
    secret: Mapped[Any] = mapped_column(SealedJson("alert_device.secret"))
    endpoint_key: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    usable_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
