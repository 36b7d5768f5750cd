"""The acts on a signed version of a report: a superior returns it, its unit signs a further version."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.access import Role
from webapp.kernel.states import Act, Machine
from webapp.reports import labels
from webapp.reports.forms import ReturnForm
from webapp.reports.rules import Standing

SIGNERS = (Role.CLERK,)
RETURNERS = (Role.COMMANDER,)

RETURN = Act(
    name="return",
    label=_l("退回"),
    from_=(Standing.SIGNED, Standing.UNSURE),
    to=Standing.RETURNED,
    roles=RETURNERS,
    form=ReturnForm,
    demands=(_l("不是自己签报的"),),
    seals=(_l("退回原因"),),
    icon="undo",
)
AMEND = Act(
    name="amend",
    label=_l("更正并重新签报"),
    from_=(Standing.SIGNED, Standing.UNSURE, Standing.RETURNED),
    to=Standing.REPLACED,
    roles=SIGNERS,
    demands=(_l("更正原因"), _l("与系统不同的数字，逐项写明原因")),
    seals=(_l("原来一版的数字、文字和摘要码"),),
)
REPORT = Machine(of="report", label=_l("日报告"), states=labels.STANDINGS, acts=(RETURN, AMEND))
