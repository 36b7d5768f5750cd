"""The states and acts of an assignment."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.states import Act, Machine
from webapp.tasks import forms, labels
from webapp.tasks.queries import ACTORS, GIVERS
from webapp.tasks.rules import TaskAct, TaskState

GIVEN, DONE, CLOSED, WITHDRAWN = TaskState.GIVEN, TaskState.DONE, TaskState.CLOSED, TaskState.WITHDRAWN
_BY_OWNER, _BY_GIVER, _BY_EITHER = _l("由承办方办理"), _l("由交办人办理"), _l("由交办人或承办方办理")

REPORT = Act(
    name=TaskAct.DONE.value,
    label=_l("报告办理完成"),
    from_=(GIVEN,),
    to=DONE,
    roles=ACTORS,
    form=forms.DoneForm,
    demands=(_BY_OWNER,),
    seals=(_l("办理情况"), _l("照片")),
    icon="check",
)
CLOSE = Act(
    name=TaskAct.CLOSE.value,
    label=_l("验收合格，办结"),
    from_=(DONE,),
    to=CLOSED,
    roles=GIVERS,
    form=forms.CloseForm,
    demands=(_BY_GIVER,),
    seals=(_l("验收意见"),),
    icon="check",
)
SEND_BACK = Act(
    name=TaskAct.SEND_BACK.value,
    label=_l("不合格，退回"),
    from_=(DONE,),
    to=GIVEN,
    roles=GIVERS,
    form=forms.SendBackForm,
    demands=(_BY_GIVER,),
    seals=(_l("退回原因"),),
    icon="undo",
)
HAND_ON = Act(
    name=TaskAct.HAND_ON.value,
    label=_l("转办"),
    from_=(GIVEN,),
    to=GIVEN,
    roles=GIVERS,
    form=forms.HandOnForm,
    demands=(_l("新的承办方"), _BY_EITHER),
    seals=(_l("转办原因"), _l("原来的承办方")),
    icon="person",
)
URGE = Act(
    name=TaskAct.URGE.value,
    label=_l("催办"),
    from_=(GIVEN,),
    to=GIVEN,
    roles=GIVERS,
    form=forms.UrgeForm,
    demands=(_BY_GIVER, _l("半小时内一次")),
    icon="clock",
)
EXTEND = Act(
    name=TaskAct.EXTEND.value,
    label=_l("延长期限"),
    from_=(GIVEN,),
    to=GIVEN,
    roles=GIVERS,
    form=forms.ExtendForm,
    demands=(_BY_GIVER,),
    seals=(_l("延长原因"), _l("原来的期限")),
    icon="calendar",
)
WITHDRAW = Act(
    name=TaskAct.WITHDRAW.value,
    label=_l("撤回"),
    from_=(GIVEN,),
    to=WITHDRAWN,
    roles=GIVERS,
    form=forms.WithdrawForm,
    demands=(_BY_GIVER,),
    seals=(_l("撤回原因"),),
    icon="close",
)
TASK = Machine(
    of="task",
    label=_l("交办事项"),
    states=labels.STATES,
    acts=(REPORT, CLOSE, SEND_BACK, URGE, HAND_ON, EXTEND, WITHDRAW),
)
