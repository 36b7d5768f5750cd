"""The figures of reports."""

from functools import partial

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.figures import Figure
from webapp.reports import labels
from webapp.reports.lists import REPORTS
from webapp.reports.queries import IN, UNSENT
from webapp.reports.rules import Evil, State

_of_day = partial(
    Figure, endpoint="reports.listed", rows=REPORTS, is_of_day=True, unit=lazy_pgettext("publicity", "份")
)


def _evil(evil: Evil) -> Figure:
    words, meaning = labels.EVILS[evil]
    return _of_day(f"reports.{evil}", words, filters={"evil": evil.value}, explained=meaning, tone="critical")


# Not missing reports: those are `reports.missing`.
EVILS = tuple(map(_evil, (Evil.WRONG, Evil.LATE, Evil.HIDDEN)))
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
    _of_day(
        "reports.unsent",
        _l("其中设备未发送"),
        filters={"state": UNSENT},
        title=_l("没有签报、但有设备未发送的单位"),
        explained=_l("这些天没有签报的单位里，有人的设备上还存着没有发送的记录：可能已经签了，只是网络还没有送到。"),
        is_hidden_at_zero=True,
        tone="warning",
    ),
    _of_day(
        "reports.returned",
        _l("今日退回未重报"),
        filters={"state": State.RETURNED.value},
        title=_l("退回以后还没有重新签报的日报告"),
        explained=_l("这些天的日报告里，被退回、还没有重新签报的。"),
        is_hidden_at_zero=True,
        tone="warning",
    ),
    _of_day(
        "reports.unsure",
        _l("今日待复核"),
        filters={"state": State.UNSURE.value},
        title=_l("待复核的日报告"),
        explained=_l("在没有网络的设备上签报、送到时记录已有变化，报送单位还没有复核的。"),
        is_hidden_at_zero=True,
        tone="warning",
    ),
)
