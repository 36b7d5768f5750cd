"""The list of expectations with their reports."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.kernel import clock
from webapp.kernel.listing import Column, Listing
from webapp.reports import labels, queries
from webapp.reports.forms import ReportFilter
from webapp.reports.models import ReportDue
from webapp.reports.rules import State, state_of


def state(row: Any) -> State:
    """The state of a row of `queries.SHOWN` now."""
    of_report: dict[str, Any] = {"signed_at": row.signed_at, "is_zero": row.is_zero, "standing": row.standing}
    return state_of(row.due_at, clock.now(), version=row.version, **of_report)


def state_now(about: queries.Expected) -> State:
    """The state of an expectation with its report, now."""
    due, report = about.due, about.report
    if report is None:
        return state_of(due.due_at, clock.now(), version=None, signed_at=None, is_zero=None)
    of_report: dict[str, Any] = {"signed_at": report.recorded_at, "is_zero": report.is_zero, "standing": report.state}
    return state_of(due.due_at, clock.now(), version=report.version, **of_report)


def url(row: Any) -> str:
    """The page of a row: its report, or the page of the expectation."""
    if row.report_id:
        return url_for("reports.show", report_id=row.report_id)
    return url_for("reports.expected", due_id=row.id)


def _later(row: Any) -> int | None:
    return None if row.added is None else row.added + row.changed + row.gone


REPORTS = Listing(
    id="reports",
    template="reports/list.html",
    title=_l("日报告明细"),
    columns=(
        Column("day", _l("日期"), lambda row: row.day, kind="day", sort=ReportDue.day),
        Column("unit", _l("单位"), lambda row: row.unit_name),
        Column("kind", _l("日报告"), lambda row: row.kind_name, priority=2),
        Column("state", _l("状态"), state, enum=labels.STATES, tone=labels.STATE_STATUS),
        Column("signed", _l("首次签报"), lambda row: row.signed_at, kind="moment", priority=2),
        Column("due", _l("截止"), lambda row: row.due_at, kind="moment", priority=3),
        Column("version", _l("版次"), lambda row: row.version, kind="number", priority=3),
        Column("writer", _l("签报人"), lambda row: row.writer_name, priority=3),
        Column("later", _l("签报后记录变动"), _later, kind="number", priority=3),
    ),
    select=queries.expectations,
    order=(ReportDue.day, ReportDue.id),
    filters=ReportFilter,
    url=url,
    axes=queries.AXES,
    empty_title=_l("没有应报的日报告"),
    empty_text=_l("管理员设好日报告种类和报送单位后，每天应报的会提前列在这里。"),
)
