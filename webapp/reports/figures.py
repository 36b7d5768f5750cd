"""The figures of reports."""

from functools import partial

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.figures import Figure
from webapp.reports.lists import REPORTS
from webapp.reports.queries import IN
from webapp.reports.rules import State

_of_day = partial(
    Figure, endpoint="reports.listed", rows=REPORTS, is_of_day=True, unit=lazy_pgettext("publicity", "份")
)

FIGURES = (
    _of_day(
        "reports.signed",
        _l("今日已签报"),
        filters={"state": IN},
        title=_l("已签报的日报告"),
        explained=_l("这些天应报的日报告里，已经签报的，零报告和迟报的也算。"),
    ),
    _of_day(
        "reports.waiting",
        _l("今日待报"),
        filters={"state": State.DUE.value},
        title=_l("待报的日报告"),
        explained=_l("这些天应报的日报告里，还没有签报、也没有到截止时间的。"),
    ),
    _of_day(
        "reports.missing",
        _l("今日过时未报"),
        filters={"state": State.MISSING.value},
        title=_l("过时未报的日报告"),
        explained=_l("这些天应报的日报告里，过了截止时间还没有签报的。"),
        tone="critical",
    ),
)
