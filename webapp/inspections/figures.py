"""The figures of inspections."""

from flask_babel import lazy_gettext as _l

from webapp.inspections.lists import FINDINGS, INSPECTIONS
from webapp.inspections.queries import OVERDUE
from webapp.inspections.rules import STILL_OWED, Outcome
from webapp.kernel.figures import Figure

OPEN, ANSWERED = ({"state": state.value} for state in STILL_OWED)
FIGURES = (
    Figure("inspections.checks", _l("今日检查"), "inspections.index", INSPECTIONS, is_of_day=True),
    Figure(
        "inspections.out_of_limits",
        _l("今日读数超出限值"),
        "inspections.index",
        INSPECTIONS,
        {"outcome": Outcome.OUT_OF_LIMITS.value},
        is_of_day=True,
        tone="refused",
    ),
    Figure("inspections.open_findings", _l("待整改"), "inspections.findings", FINDINGS, OPEN),
    Figure("inspections.to_check", _l("待复查"), "inspections.findings", FINDINGS, ANSWERED),
    Figure("inspections.overdue", _l("已逾期"), "inspections.findings", FINDINGS, {"due": OVERDUE}, tone="critical"),
)
