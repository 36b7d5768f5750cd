"""The contributions of deferred delivery."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel import clock
from webapp.kernel.access import EVERYONE, Reach, Role
from webapp.kernel.board import Panel
from webapp.kernel.deadlines import Due, DueRows, Level, key_of
from webapp.kernel.feature import Feature
from webapp.kernel.figures import Figure
from webapp.kernel.health import Check
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import Area, NavEntry
from webapp.sync import keys, labels, lists, queries
from webapp.sync.acts import ENVELOPE
from webapp.sync.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.sync.service import Envelopes, end_grants_of, sweep
from webapp.sync.views import bp

WATCHED = 1_000  # returned entries for alerts
_SWEPT = (
    (
        r"(?P<photos>\d+) sealed photos, (?P<files>\d+) files of no envelope, (?P<contacts>\d+) contacts",
        _l("照片 %(photos)s 张、无主文件 %(files)s 个、联络记录 %(contacts)s 条"),
    ),
)


def _due(reach: Reach, _at: datetime) -> Iterable[Due]:
    return _as_tasks(queries.returned(reach.actor))


def _every(_reach: Reach, _at: datetime) -> Iterable[Due]:
    return _as_tasks(queries.all_returned(WATCHED))


def _as_tasks(rows: Iterable[Any]) -> Iterable[Due]:
    """Returned entries as tasks of their authors, due at the end of the district day."""
    for row in rows:
        url = url_for("sync.returned", envelope_id=row.id)
        _begins, ends = clock.day_bounds(clock.district_day(row.received_at))
        yield Due(
            key=key_of("envelope.returned", row.id),
            kind="envelope.returned",
            due_at=ends,
            who=row.author_id,
            level=Level.CRITICAL,
            what=str(_l("退回修改")),
            where=labels.kind_name(row.kind),
            url=url,
        )


WAITING = Figure(
    "sync.waiting",
    _l("还有待传记录的设备"),
    "sync.devices",
    lists.DEVICES,
    filters={"waiting": "y"},
    unit=lazy_pgettext("figure", "台"),
    explained=_l("最近一次联系时说自己还有记录没有送出的设备。"),
    tone="warning",
)

REVIEW = Figure(
    "sync.review",
    _l("待核查记录"),
    "sync.tray",
    lists.TRAY,
    unit=lazy_pgettext("figure", "条"),
    explained=_l("登记人签名不符、授权到期或打不开的离线记录，等人处理。"),
    tone="warning",
)

FEATURE = Feature(
    name="sync",
    area=Area.SYSTEM,
    blueprint=bp,
    navigation=(
        NavEntry("sync.devices", _l("登记设备"), "tablet", queries.OVERSEERS, Area.SYSTEM, order=90),
        NavEntry("sync.tray", _l("待核查记录"), "warning", queries.OVERSEERS, Area.SYSTEM, order=91),
        NavEntry("sync.file", _l("递交待传文件"), "upload", EVERYONE, order=92),
    ),
    due=(DueRows(EVERYONE, _due, kinds={"envelope.returned": _l("退回修改的记录")}, every=_every),),
    lists=(lists.TRAY, lists.DEVICES),
    figures=(WAITING, REVIEW),
    panels=(Panel("sync", (Role.ADMINISTRATOR,), _l("登记设备"), (WAITING, REVIEW), order=50),),
    watched=(WAITING,),
    machines=(ENVELOPE,),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
    jobs=(Job("sync.sweep", _l("清理待传记录的旧文件"), timedelta(days=1), sweep, hour=3, words=_SWEPT),),
    checks=(Check("keys-missing", keys.are_here),),
    holders=(Envelopes(),),
    standing_listeners=(end_grants_of,),
)
