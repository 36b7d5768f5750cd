"""Changing rules and channels."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from webapp.alerts import labels, queries
from webapp.alerts.models import AlertChannel, AlertRule
from webapp.alerts.rules import MOST_CHANNELS, MOST_RULES, PRESETS, QUIET, ChannelKind, Each, Preset
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import hold, transaction
from webapp.kernel.deadlines import Level
from webapp.kernel.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """The values of a rule (models.AlertRule); without a `name` it has that of its preset."""

    name: str
    source: str
    recipients: Sequence[str]
    channels: Sequence[str] = ()
    preset: str | None = None
    threshold: int | None = None
    each: Each | None = None
    unit_id: UUID | None = None
    level: Level | None = None
    after_minutes: int | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    repeat_minutes: int | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """The values of a channel; without a `secret` the present one stays."""

    name: str
    kind: ChannelKind
    language: str
    host: str
    is_active: bool
    secret: Mapping[str, Any] | None


def put_rule(facts: RuleFacts, rule_id: UUID | None = None, *, by: Actor | None, at: datetime) -> UUID:
    """Add a rule, or change one; gives its id. Raises Refusal `rules-exhausted`."""
    with transaction() as session:
        hold("alerts.settings")
        row = session.get_one(AlertRule, rule_id) if rule_id else _new_rule(at)
        for name, value in asdict(facts).items():
            setattr(row, name, list(value) if name in ("recipients", "channels") else value)
        session.add(row)
        session.flush()
        plain = {"source": facts.source, "recipients": list(facts.recipients), "is_active": facts.is_active}
        if rule_id:
            journal.write("alert_rule.changed", "alert_rule", row.id, by=by, at=at, **plain)
        else:
            journal.write("alert_rule.added", "alert_rule", row.id, by=by, at=at, **plain)
        return row.id


def _new_rule(at: datetime) -> AlertRule:
    if queries.count_rules() >= MOST_RULES:
        raise Refusal("rules-exhausted", most=MOST_RULES)
    return AlertRule(id=uuid4(), added_at=at)


def add_presets(*, by: Actor | None, at: datetime) -> int:
    """Add every preset that no rule was made from yet, with all channels; gives how many."""
    had, channels = queries.presets_in_use(), [str(row.id) for row in queries.channels()]
    missing = [preset for preset in PRESETS if preset.code not in had and preset.source in labels.sources()]
    for preset in missing:
        put_rule(_facts_of(preset, channels), by=by, at=at)
    return len(missing)


def _facts_of(preset: Preset, channels: Sequence[str]) -> RuleFacts:
    return RuleFacts(
        name="",
        preset=preset.code,
        source=preset.source,
        threshold=preset.threshold,
        each=preset.each,
        level=preset.level,
        after_minutes=preset.after_minutes,
        recipients=preset.recipients,
        channels=channels,
        quiet_from=QUIET[0],
        quiet_until=QUIET[1],
        repeat_minutes=preset.repeat_minutes,
    )


def put_channel(facts: ChannelFacts, channel_id: UUID | None = None, *, by: Actor | None, at: datetime) -> UUID:
    """Add a channel, or change one and let it be tried at once; gives its id.

    Raises Refusal `channels-exhausted`, `channel-name-taken`.
    """
    with transaction() as session:
        hold("alerts.settings")
        if channel_id is None and len(queries.channels()) >= MOST_CHANNELS:
            raise Refusal("channels-exhausted", most=MOST_CHANNELS)
        row = session.get_one(AlertChannel, channel_id) if channel_id else AlertChannel(id=uuid4())
        row.name, row.kind, row.language, row.is_active = facts.name, facts.kind, facts.language, facts.is_active
        if facts.secret is not None:
            row.secret, row.host = dict(facts.secret), facts.host
        row.failures, row.failing_since, row.retry_at = 0, None, None
        session.add(row)
        session.flush()
        if channel_id:
            journal.write("alert_channel.changed", "alert_channel", row.id, by=by, at=at, is_active=facts.is_active)
        else:
            journal.write("alert_channel.added", "alert_channel", row.id, by=by, at=at, is_active=facts.is_active)
        return row.id


def note_test(channel_id: UUID, outcome: str, answer: str, *, by: Actor, at: datetime) -> None:
    """Keep what came of a test message; one that arrived ends the pause of a failing channel."""
    with transaction() as session:
        row = session.get_one(AlertChannel, channel_id)
        row.tried_at, row.outcome, row.answer = at, outcome, answer
        if outcome == "sent":
            row.failures, row.failing_since, row.retry_at = 0, None, None
        journal.write("alert_channel.tested", "alert_channel", channel_id, by=by, at=at, outcome=outcome)
