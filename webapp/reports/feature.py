"""The contributions of reports."""

from datetime import timedelta
from functools import partial

from flask_babel import lazy_gettext as _l

from webapp.kernel import board
from webapp.kernel.access import Role
from webapp.kernel.deadlines import DueRows
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import Area, NavEntry
from webapp.reports import behind, compared, labels, lists, today
from webapp.reports.acts import REPORT, SIGNERS
from webapp.reports.figures import EVILS, FIGURES
from webapp.reports.kept import REPORTS
from webapp.reports.kinds import SIGNING, UPWARD_SIGNING
from webapp.reports.service import UPWARD, compare, expect_ahead
from webapp.reports.today import OVERSEERS, WATCHED
from webapp.reports.views import READERS, bp
from webapp.reports.views.layouts import LAYOUT_READERS

FEATURE = Feature(
    name="reports",
    area=Area.COMMAND,
    blueprint=bp,
    serves=SIGNERS,
    kinds=(SIGNING, UPWARD_SIGNING),
    references=(REPORTS,),
    machines=(REPORT,),
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
    panels=(
        board.Panel("reports", READERS, _l("今日日报告"), FIGURES, "reports/_today_behind.html", behind.load, order=5),
        board.Panel("evils", (Role.AUDITOR,), template="reports/_today.html", load=today.evils, order=6),
    ),
    due=(
        DueRows(
            SIGNERS,
            today.to_sign,
            kinds={"report.due": _l("要签的日报告"), "report.urged": _l("日报告催报")},
            every=today.watched,
        ),
        DueRows(
            SIGNERS,
            today.to_answer,
            kinds={"report.returned": _l("退回的日报告"), "report.unsure": _l("要复核的日报告")},
            every=partial(today.to_answer, limit=WATCHED),
        ),
        DueRows(
            OVERSEERS,
            today.missing,
            kinds={"report.missing": _l("未报日报告的单位")},
            counted=frozenset({"report.missing"}),
        ),
        DueRows(UPWARD, today.moved, kinds={"report.moved": _l("要重新汇总的日报告")}),
    ),
    lists=(lists.REPORTS,),
    figures=(*FIGURES, *EVILS),
    signed=(compared.OFFER,),
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
