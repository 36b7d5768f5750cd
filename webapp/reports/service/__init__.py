"""What people and jobs do with reports."""

from webapp.reports.acts import SIGNERS
from webapp.reports.service.layouts import LAYOUT_KEEPERS, add_layout, add_layout_version, close_layout
from webapp.reports.service.returning import return_report
from webapp.reports.service.setting import Draft, expect_ahead, save_calendar, save_kind
from webapp.reports.service.signing import compare, later_by_line, sign
from webapp.reports.service.upward import UPWARD, consolidate, moved_of, own_of
from webapp.reports.service.urging import URGERS, urge

__all__ = [
    "LAYOUT_KEEPERS",
    "SIGNERS",
    "UPWARD",
    "URGERS",
    "Draft",
    "add_layout",
    "add_layout_version",
    "close_layout",
    "compare",
    "consolidate",
    "expect_ahead",
    "later_by_line",
    "moved_of",
    "own_of",
    "return_report",
    "save_calendar",
    "save_kind",
    "sign",
    "urge",
]
