"""The words of inspections."""

from flask_babel import lazy_gettext as _l

from webapp.inspections.rules import Answer, FindingState, Outcome, Severity
from webapp.standards.labels import QUANTITIES

ANSWERS = {Answer.YES: _l("是"), Answer.NO: _l("否"), Answer.NOT_APPLICABLE: _l("不适用")}
SEVERITIES = {Severity.MINOR: _l("一般"), Severity.MAJOR: _l("较重"), Severity.CRITICAL: _l("严重")}
STATES = {FindingState.OPEN: _l("待整改"), FindingState.CLOSED: _l("已整改")}
OUTCOMES = {
    Outcome.CLEAN: _l("未发现问题"),
    Outcome.FINDINGS: _l("有问题"),
    Outcome.OUT_OF_LIMITS: _l("读数超出限值"),
}
OUTCOME_STATUS = {Outcome.CLEAN: "ok", Outcome.FINDINGS: "warning", Outcome.OUT_OF_LIMITS: "refused"}
SEVERITY_STATUS = {Severity.MINOR: "waiting", Severity.MAJOR: "warning", Severity.CRITICAL: "critical"}
# Each checklist as an action: code, words, icon.
FORMS = (
    ("medical-waste", _l("医疗废物检查"), "waste"),
    ("hospital-wastewater", _l("医院废水检查"), "droplet"),
)
REFUSALS = {
    "place-out-of-reach": _l("这个场所不在您的检查范围内。请重新选择场所，或请管理员调整管辖范围。"),
    "deadline-past": _l("整改期限已经过去。请改期限；确实如此的，请勾选“期限已经过去，仍按此登记”，再提交一次。"),
    "checklist-not-for-place": _l("这份检查表不适用于该场所。请返回重新选择检查表。"),
}

__all__ = [
    "ANSWERS",
    "FORMS",
    "OUTCOMES",
    "OUTCOME_STATUS",
    "QUANTITIES",
    "REFUSALS",
    "SEVERITIES",
    "SEVERITY_STATUS",
    "STATES",
]
