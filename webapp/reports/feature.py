"""The contributions of reports."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.kernel import board, clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.deadlines import Due, DueRows, Level, key_of
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.i18n import write_day
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import Area, NavEntry
from webapp.reports import labels, lists, queries, upward
from webapp.reports.figures import FIGURES
from webapp.reports.kinds import SIGNING, UPWARD_SIGNING
from webapp.reports.service import SIGNERS, UPWARD, compare, expect_ahead
from webapp.reports.views import READERS, bp
from webapp.reports.views.layouts import LAYOUT_READERS

OVERSEERS = (Role.COMMANDER, Role.AUDITOR)
SHOWN = 40  # reports among a clerk's tasks
WATCHED = 5_000  # of all units, for alerts
REMINDED = timedelta(days=3)  # how long a missing report stays among the tasks


def _to_sign(reach: Reach, at: datetime, limit: int = SHOWN) -> Iterable[Due]:
    """The reports of a clerk's units that are due today, or missing."""
    today = clock.district_day(at)
    for row in queries.to_sign(reach, today - REMINDED, today, limit):
        yield Due(
            key=key_of("report.due", row.id),
            kind="report.due",
            due_at=row.due_at,
            who=SIGNERS,
            unit=row.unit_id,
            level=Level.CRITICAL if row.due_at <= at else Level.WARNING,
            what=_("%(day)s 的%(kind)s", day=write_day(row.day), kind=row.kind_name),
            where=row.unit_name,
            url=url_for("reports.fill", due_id=row.id),
        )


def _missing(reach: Reach, at: datetime) -> Iterable[Due]:
    """How many units have not reported by the deadline, for those who oversee them."""
    for row in queries.missing_now(reach, clock.district_day(at) - REMINDED, at):
        what = ngettext("%(num)d 个单位未报%(kind)s", "%(num)d 个单位未报%(kind)s", row.units, kind=row.kind_name)
        yield Due(
            key=key_of("report.missing", f"{row.kind_id}:{row.day}"),
            kind="report.missing",
            due_at=row.due_at,
            who=OVERSEERS,
            level=Level.CRITICAL,
            what=what,
            where=write_day(row.day),
            url=url_for("reports.index", kind=row.kind_id, day=row.day.isoformat()),
        )


def _moved(reach: Reach, at: datetime) -> Iterable[Due]:
    """The consolidated reports of the last days below which something was signed or corrected since."""
    today = clock.district_day(at)
    if not upward.sums(reach, today - REMINDED, today):
        return
    for day in upward.of_days(reach, today - REMINDED, today).values():
        for row in day.sums:
            if moved_at := day.moved_at(row):
                yield Due(
                    key=key_of("report.moved", row.id),
                    kind="report.moved",
                    due_at=moved_at,
                    who=UPWARD,
                    unit=row.unit_id,
                    level=Level.WARNING,
                    what=_("%(day)s 的%(kind)s要重新汇总", day=write_day(row.day), kind=row.kind_name),
                    where=row.unit_name,
                    url=url_for("reports.consolidated", sum_id=row.id),
                )


FEATURE = Feature(
    name="reports",
    area=Area.COMMAND,
    blueprint=bp,
    serves=SIGNERS,
    kinds=(SIGNING, UPWARD_SIGNING),
    navigation=(
        NavEntry("reports.mine", _l("我的日报告"), "report", SIGNERS, Area.COMMAND, order=20),
        NavEntry("reports.index", _l("日报告总表"), "calendar", READERS, Area.COMMAND, order=21),
        NavEntry("reports.all_upward", _l("汇总上报"), "upload", READERS, Area.COMMAND, order=21),
        NavEntry("reports.evils", _l("错报迟报瞒报漏报"), "warning", READERS, Area.COMMAND, order=22),
        NavEntry("reports.listed", _l("日报告明细"), "list", READERS, Area.COMMAND, order=23),
        NavEntry("reports.all_layouts", _l("上级报表（Excel）"), "download", LAYOUT_READERS, Area.COMMAND, order=24),
        NavEntry("reports.kinds", _l("日报告种类"), "settings", (Role.ADMINISTRATOR,), Area.COMMAND, order=24),
    ),
    actions=(board.Action("reports.mine", _l("填报日报告"), "report", SIGNERS, order=17, is_record=False),),
    panels=(board.Panel("reports", READERS, _l("今日日报告"), FIGURES, order=5),),
    due=(
        DueRows(SIGNERS, _to_sign, kinds={"report.due": _l("要签的日报告")}, every=partial(_to_sign, limit=WATCHED)),
        DueRows(OVERSEERS, _missing, kinds={"report.missing": _l("未报的日报告")}),
        DueRows(UPWARD, _moved, kinds={"report.moved": _l("要重新汇总的日报告")}),
    ),
    lists=(lists.REPORTS,),
    figures=FIGURES,
    watched=tuple(figure for figure in FIGURES if figure.code == "reports.missing"),
    refusals=labels.REFUSALS,
    logged=labels.LOGGED,
    subjects=labels.SUBJECTS,
    constraints=(
        Constraint("uq_report_kind_name", "report-kind-taken", field="name"),
        Constraint("uq_report_kind_code", "report-kind-meanwhile"),
        Constraint("uq_report_layout_name", "layout-name-taken", field="name"),
        Constraint("uq_report_due_id_version", "report-signed"),
        Constraint("uq_consolidated_report_kind_id_day_unit_id_version", "consolidation-signed"),
    ),
    jobs=(
        Job("reports.expect", _l("列出以后七天应报的日报告"), timedelta(hours=1), expect_ahead),
        Job("reports.compare", _l("已签日报告与记录核对"), timedelta(days=1), compare, hour=3),
    ),
)
