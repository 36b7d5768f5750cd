"""What the reading of the journal contributes."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.audit import labels, lists, queries, service
from webapp.audit.views import bp, history_of
from webapp.kernel import figures
from webapp.kernel.access import Reach, Role, may_open
from webapp.kernel.board import Panel
from webapp.kernel.disclosure import Particular, Subject
from webapp.kernel.feature import Feature
from webapp.kernel.figures import Figure
from webapp.kernel.jobs import Job
from webapp.kernel.logged import GROUPS, Group
from webapp.kernel.navigation import Area, NavEntry

_of_day = partial(
    Figure, endpoint="audit.index", rows=lists.JOURNAL, is_of_day=True, unit=lazy_pgettext("figure", "条")
)
WATCHED = (
    _of_day(
        "audit.reveals",
        _l("今日查看全号和查找"),
        filters={"group": Group.REVEAL.value},
        title=GROUPS[Group.REVEAL],
        explained=_l("日志中查看全号、查看原因和按个人信息查找的次数。"),
    ),
    _of_day(
        "audit.changes",
        _l("今日更正、作废和撤销"),
        filters={"group": Group.CHANGE.value},
        title=GROUPS[Group.CHANGE],
        explained=_l("日志中更正、作废、冲销和撤销的次数，按办理的时间算。"),
    ),
    _of_day(
        "audit.settings",
        _l("今日修改全区设置"),
        filters={"group": Group.SETTING.value},
        title=_l("修改全区设置"),
        explained=_l("日志中修改全区设置和保存期限的次数。"),
        tone="warning",
    ),
    _of_day(
        "audit.failures",
        _l("今日登录没有成功"),
        filters={"action": "person.sign-in-failed"},
        title=_l("登录没有成功"),
        explained=_l("日志中密码不对、验证码不对、没有这个用户名和账号已停用的次数。"),
        tone="warning",
    ),
    _of_day(
        "audit.throttled",
        _l("今日登录被拦截"),
        filters={"action": "person.sign-in-throttled"},
        title=_l("登录被拦截"),
        explained=_l("输错次数太多而被拦截的登录。同一来源一天里只在第 1、10、100……次时记一条，每条写明已拦截的次数。"),
        tone="critical",
    ),
)


def _watched(reach: Reach, at: datetime) -> dict[str, Any]:
    """The figures that the features offer the auditor, each with the reach of the list that it opens."""
    actor = reach.actor
    return {"drawn": [figures.draw(f, actor, at) for f in figures.watched() if may_open(f.endpoint, actor)]}


def _init_app(app: Flask) -> None:
    app.jinja_env.globals["history_of"] = history_of


FEATURE = Feature(
    name="audit",
    area=Area.SYSTEM,
    blueprint=bp,
    navigation=(NavEntry("audit.index", _l("操作日志"), "history", queries.READERS, Area.SYSTEM, order=89),),
    panels=(Panel("audit", (Role.AUDITOR,), template="audit/_today.html", load=_watched, order=4),),
    lists=(lists.JOURNAL,),
    jobs=(Job("audit.place", _l("操作日志按单位整理"), timedelta(seconds=55), service.place_all),),
    figures=WATCHED,
    watched=WATCHED,
    logged=labels.LOGGED,
    subjects=labels.SUBJECTS,
    reveals=(
        Subject(
            name="journal",
            label=_l("日志中的原因"),
            rule="/journal/<int:journal_id>/reveal",
            action="journal.revealed",
            roles=queries.READERS,
            find=queries.find_private,
            whole=lambda row: [Particular(label, row.texts.get(name)) for name, label in labels.PRIVATE.items()],
            page=lambda seq: url_for("audit.row", seq=seq),
        ),
    ),
    init_app=_init_app,
)
