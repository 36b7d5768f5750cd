"""What people and jobs do with reports."""

from webapp.reports.service.setting import Draft, expect_ahead, save_kind
from webapp.reports.service.signing import SIGNERS, compare, later_by_line, sign

__all__ = ["SIGNERS", "Draft", "compare", "expect_ahead", "later_by_line", "save_kind", "sign"]
