"""The states and acts of a finding."""

from flask_babel import lazy_gettext as _l

from webapp.inspections import labels
from webapp.inspections.forms import AnswerForm, CloseForm, ExtendForm, ReopenForm
from webapp.inspections.rules import FindingState
from webapp.kernel.access import Role
from webapp.kernel.states import Act, Machine

OPEN, ANSWERED, CLOSED = FindingState.OPEN, FindingState.ANSWERED, FindingState.CLOSED
ANSWER = Act(
    name="answer",
    label=_l("登记整改情况"),
    from_=(OPEN,),
    to=ANSWERED,
    roles=(Role.INSPECTOR,),
    form=AnswerForm,
    seals=(_l("整改情况"), _l("照片")),
    icon="edit",
)
CLOSE = Act(
    name="close",
    label=_l("复查合格，销号"),
    from_=(ANSWERED,),
    to=CLOSED,
    roles=(Role.INSPECTOR,),
    form=CloseForm,
    seals=(_l("复查情况"), _l("照片"), _l("整改期限")),
    icon="check",
)
REOPEN = Act(
    name="reopen",
    label=_l("复查不合格，退回整改"),
    from_=(ANSWERED,),
    to=OPEN,
    roles=(Role.INSPECTOR,),
    form=ReopenForm,
    seals=(_l("复查情况"), _l("照片")),
    icon="cross",
)
EXTEND = Act(
    name="extend",
    label=_l("延长整改期限"),
    from_=(OPEN,),
    to=OPEN,
    roles=(Role.INSPECTOR, Role.COMMANDER),
    form=ExtendForm,
    seals=(_l("延期原因"), _l("原来的期限")),
    icon="clock",
)
FINDING = Machine(
    of="inspection_finding",
    label=_l("检查问题的整改"),
    states=labels.STATES,
    acts=(ANSWER, CLOSE, REOPEN, EXTEND),
)
ACTORS = tuple(dict.fromkeys(role for act in FINDING.acts for role in act.roles))
