"""Words for assignments: states, acts, refusals."""

from flask_babel import lazy_gettext as _l

from webapp.tasks.rules import TaskAct, TaskState

STATES = {
    TaskState.GIVEN: _l("待办理"),
    TaskState.DONE: _l("待验收"),
    TaskState.CLOSED: _l("已办结"),
    TaskState.WITHDRAWN: _l("已撤回"),
}
STATE_STATUS = {
    TaskState.GIVEN: "waiting",
    TaskState.DONE: "warning",
    TaskState.CLOSED: "ok",
    TaskState.WITHDRAWN: "waiting",
}
SIDES = {"owed": _l("交给我的"), "given": _l("我交办的")}
COUNTED = {  # numbers above the list
    ("given", "overdue"): _l("我交办的，已逾期"),
    ("given", TaskState.GIVEN): _l("我交办的，待办理"),
    ("given", TaskState.DONE): _l("我交办的，待我验收"),
    ("owed", "overdue"): _l("交给我的，已逾期"),
    ("owed", TaskState.GIVEN): _l("交给我的，待办理"),
    ("owed", TaskState.DONE): _l("交给我的，等验收"),
}
TAKEN = {  # what was done, in the history
    TaskAct.GIVE: _l("已交办"),
    TaskAct.DONE: _l("报告已办完"),
    TaskAct.CLOSE: _l("验收合格，已办结"),
    TaskAct.SEND_BACK: _l("退回重办"),
    TaskAct.HAND_ON: _l("已转办"),
    TaskAct.URGE: _l("已催办"),
    TaskAct.EXTEND: _l("已延长期限"),
    TaskAct.WITHDRAW: _l("已撤回"),
}
REFUSALS = {
    "task-out-of-reach": _l("这件交办事项不存在，或已不由您办理。请从“交办事项”重新进入。"),
    "task-not-yours": _l("这一步只能由交办人或承办人办理。请与交办人联系。"),
    "task-owner-out-of-reach": _l(
        "选择的单位或人员不能承办：不在您的管辖范围内、已停用，或没有办理事项的岗位。请重新选择。"
    ),
    "task-owner-same": _l("已经由这个单位或人员承办。请选择另一个，或返回。"),
    "task-due-wrong": _l("期限要在现在之后、一年之内。请改填一个时间。"),
    "task-due-not-later": _l("新的期限要晚于现在的期限（%(due)s）。请改填一个更晚的时间；要提前的，请撤回后重新交办。"),
    "task-urged-lately": _l("半小时内已经催办过一次，承办方看得到。请过一会儿再催，或直接打电话联系。"),
}
