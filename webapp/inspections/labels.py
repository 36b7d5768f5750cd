"""The words of inspections."""

from flask_babel import lazy_gettext as _l

from webapp.inspections.rules import Answer, FindingAct, FindingState, Outcome, Severity
from webapp.kernel.logged import Group, Logged
from webapp.standards.labels import QUANTITIES

ANSWERS = {Answer.YES: _l("是"), Answer.NO: _l("否"), Answer.NOT_APPLICABLE: _l("不适用")}
SEVERITIES = {Severity.MINOR: _l("一般"), Severity.MAJOR: _l("较重"), Severity.CRITICAL: _l("严重")}
STATES = {
    FindingState.OPEN: _l("待整改"),
    FindingState.ANSWERED: _l("待复查"),
    FindingState.CLOSED: _l("已整改"),
    FindingState.WITHDRAWN: _l("已撤销"),
}
STATE_STATUS = {
    FindingState.OPEN: "warning",
    FindingState.ANSWERED: "waiting",
    FindingState.CLOSED: "ok",
    FindingState.WITHDRAWN: "refused",
}
DONE = {
    FindingAct.ANSWER: _l("已整改，待复查"),
    FindingAct.CLOSE: _l("复查合格，已销号"),
    FindingAct.REOPEN: _l("复查不合格，已退回"),
    FindingAct.EXTEND: _l("已延长期限"),
}
OWED = {FindingState.OPEN: _l("整改期限"), FindingState.ANSWERED: _l("复查期限")}
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
LOGGED = (
    Logged("inspection_finding.withdraw", _l("更正检查时撤回问题"), Group.CHANGE),
    Logged("inspection_finding.restore", _l("更正检查时恢复问题"), Group.CHANGE),
)
SUBJECTS = {"inspection_finding": _l("检查发现的问题")}
REFUSALS = {
    "place-out-of-reach": _l("这个场所不在您的检查范围内。请重新选择场所，或请管理员调整管辖范围。"),
    "deadline-past": _l("整改期限已经过去。请改期限；确实如此的，请勾选“期限已经过去，仍按此登记”，再提交一次。"),
    "finding-out-of-reach": _l("这个问题不存在，或不在您的检查范围内。请从“待整改问题”重新进入。"),
    "due-not-later": _l("新的期限必须在现在和原来的期限之后。请改填一个更晚的时间。"),
    "checklist-not-for-place": _l("这份检查表不适用于该场所。请返回重新选择检查表。"),
}

__all__ = [
    "ANSWERS",
    "DONE",
    "FORMS",
    "OUTCOMES",
    "OUTCOME_STATUS",
    "OWED",
    "QUANTITIES",
    "REFUSALS",
    "SEVERITIES",
    "SEVERITY_STATUS",
    "STATES",
    "STATE_STATUS",
]
