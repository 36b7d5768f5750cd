"""The contributions of alerts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.alerts import labels, lists, queries
from webapp.alerts.acts import ALERT
from webapp.alerts.rules import AlertState, is_silent
from webapp.alerts.service import deliver, sweep, watch
from webapp.alerts.views import bp
from webapp.alerts.waiting import waiting
from webapp.kernel.access import EVERYONE, Actor, Reach, Role
from webapp.kernel.board import Panel
from webapp.kernel.deadlines import Due, DueRows, Level, key_of
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.figures import Figure
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import Area, NavEntry
from webapp.kernel.signals import Signal, Spot

ADMINISTRATORS = (Role.ADMINISTRATOR,)
EVERY_MINUTE = timedelta(seconds=55)  # for a runner that looks once in 60 seconds


def _figure(state: AlertState, label: Any, explained: Any, tone: str | None = None) -> Figure:
    """The number of alerts in a state."""
    words, filters = {"unit": lazy_pgettext("figure", "条"), "explained": explained}, {"state": state.value}
    return Figure(f"alerts.{state}", label, "alerts.every", lists.ALL, filters, tone=tone, **words)


FIGURES = (
    _figure(AlertState.OPEN, _l("没有人确认的提醒"), _l("到期或异常、还没有收件人确认的提醒。"), "critical"),
    _figure(AlertState.ACKNOWLEDGED, _l("已确认、还没解除"), _l("有人确认、事情还没有办完的提醒。")),
)


def _failing(_reach: Reach, at: datetime) -> Iterable[Due]:
    """Channels that do not work, as tasks of administrators."""
    for row in queries.failing_channels():
        yield Due(
            key=key_of("channel.failing", row.id),
            kind="channel.failing",
            due_at=row.failing_since or at,
            who=ADMINISTRATORS,
            level=Level.CRITICAL,
            what=str(labels.PRESETS["channel-failing"]),
            where=row.name,
            url=url_for("alerts.channel", channel_id=row.id),
        )


def _silence(_actor: Actor, at: datetime) -> Any:
    """True while nobody watches."""
    since, ran_at, failures = queries.watched_since()
    return is_silent(ran_at, failures, since, at) or None


FEATURE = Feature(
    name="alerts",
    area=Area.SYSTEM,
    blueprint=bp,
    navigation=(
        NavEntry("alerts.index", _l("我的提醒"), "bell", EVERYONE, order=4),
        NavEntry("alerts.every", _l("全部提醒"), "bell", queries.OVERSEERS, Area.COMMAND, order=40),
        NavEntry("alerts.rules", _l("提醒规则"), "bell", ADMINISTRATORS, Area.SYSTEM, order=92),
        NavEntry("alerts.channels", _l("提醒渠道"), "upload", ADMINISTRATORS, Area.SYSTEM, order=93),
        NavEntry("alerts.deliveries", _l("发送记录"), "list", (*ADMINISTRATORS, Role.AUDITOR), Area.SYSTEM, order=94),
    ),
    panels=(Panel("alerts", queries.OVERSEERS, _l("提醒"), FIGURES, order=5),),
    due=(DueRows(ADMINISTRATORS, _failing, kinds={"channel.failing": labels.PRESETS["channel-failing"]}),),
    lists=(lists.MINE, lists.ALL, lists.RULES, lists.CHANNELS, lists.DELIVERIES),
    figures=FIGURES,
    machines=(ALERT,),
    signals=(
        Signal("alerts", EVERYONE, Spot.HEAD, "alerts/_badge.html", waiting),
        Signal("watcher", ADMINISTRATORS, Spot.ALARM, "alerts/_silence.html", _silence),
    ),
    logged=labels.LOGGED,
    subjects=labels.SUBJECTS,
    refusals=labels.REFUSALS,
    constraints=(Constraint("uq_alert_channel_name", "channel-name-taken", field="name"),),
    jobs=(
        Job(
            "alerts.watch", _l("检查到期和异常"), EVERY_MINUTE, watch, words=labels.WATCHED, limit=timedelta(minutes=2)
        ),
        Job("alerts.deliver", _l("发送提醒"), EVERY_MINUTE, deliver, words=labels.SENT, limit=timedelta(minutes=3)),
        Job("alerts.sweep", _l("清理解除已久的提醒"), timedelta(days=1), sweep, hour=3),
    ),
)
