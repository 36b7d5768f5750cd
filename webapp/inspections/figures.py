"""The figures of inspections."""

from functools import partial

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.inspections.lists import FINDINGS, INSPECTIONS
from webapp.inspections.queries import OVERDUE
from webapp.inspections.rules import STILL_OWED, Outcome
from webapp.kernel.figures import Figure

OPEN, ANSWERED = ({"state": state.value} for state in STILL_OWED)
_of_checks = partial(
    Figure, endpoint="inspections.index", rows=INSPECTIONS, is_of_day=True, unit=lazy_pgettext("figure", "次")
)
_of_findings = partial(Figure, endpoint="inspections.findings", rows=FINDINGS, unit=lazy_pgettext("figure", "项"))
FIGURES = (
    _of_checks(
        "inspections.checks",
        _l("今日检查"),
        title=_l("检查"),
        explained=_l("检查时间在这些天之内的检查，按最新一版算；已作废的不算。"),
    ),
    _of_checks(
        "inspections.out_of_limits",
        _l("今日读数超出限值"),
        filters={"outcome": Outcome.OUT_OF_LIMITS.value},
        title=_l("读数超出限值的检查"),
        explained=_l("检查时间在这些天之内、至少有一个读数超出限值的检查；已作废的不算。"),
        tone="refused",
    ),
    _of_findings(
        "inspections.open_findings",
        _l("待整改"),
        filters=OPEN,
        explained=_l("检查发现、责任单位还没有答复的问题。"),
    ),
    _of_findings(
        "inspections.to_check",
        _l("待复查"),
        filters=ANSWERED,
        explained=_l("责任单位已经答复、还没有复查的问题。"),
    ),
    _of_findings(
        "inspections.overdue",
        _l("已逾期"),
        filters={"due": OVERDUE},
        title=_l("整改已逾期"),
        explained=_l("过了期限还没有办结的问题，包括待整改和待复查的。"),
        tone="critical",
    ),
)
