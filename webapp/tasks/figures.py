"""The figures of assignments, each a person's own: what it counts follows who gave and who has it."""

from functools import partial

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.figures import Figure
from webapp.tasks.lists import TASKS
from webapp.tasks.queries import OVERDUE
from webapp.tasks.rules import TaskState

_own = partial(Figure, endpoint="tasks.index", rows=TASKS, unit=lazy_pgettext("figure", "项"), is_personal=True)
FIGURES = (
    _own(
        "tasks.open",
        _l("未办结的交办事项"),
        explained=_l("您看得到的交办事项中，待办理和待验收的。"),
    ),
    _own(
        "tasks.overdue",
        _l("逾期未办的交办事项"),
        filters={"due": OVERDUE},
        explained=_l("您看得到的交办事项中，过了办理期限还没有办的。"),
        tone="critical",
    ),
    _own(
        "tasks.to_check",
        _l("待我验收"),
        filters={"side": "given", "state": TaskState.DONE.value},
        explained=_l("您交办的事项中，承办方已经报告办完、还没有验收的。"),
        tone="warning",
    ),
)
