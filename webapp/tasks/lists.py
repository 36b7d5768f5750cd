"""The list of assignments."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel import clock
from webapp.kernel.listing import Column, Listing, PageOf
from webapp.tasks import labels, queries
from webapp.tasks.forms import TaskFilter
from webapp.tasks.models import Task
from webapp.tasks.rules import TaskState

_TONES = {
    ("given", queries.OVERDUE): "critical",
    ("owed", queries.OVERDUE): "critical",
    ("given", TaskState.DONE): "warning",
}


def what_of(row: Any) -> str:
    """What is to be done; its number once the words are purged."""
    return str(row.what or row.number)


def owner_of(row: Any) -> str:
    """The owner's name, with a word where nobody can act for it any more."""
    name = row.unit_name or row.person_name
    return str(_("%(name)s（无人承办）", name=name) if row.is_ownerless else name)


def is_overdue(row: Any) -> bool:
    """Whether it is still to be done after its deadline."""
    return bool(row.state == TaskState.GIVEN and row.due_at < clock.now())


def numbers(counts: Mapping[tuple[str, str], int], sides: Collection[str]) -> list[tuple[int, Any, str, str | None]]:
    """The numbers above the list as (number, words, address, tone), of the sides that have any; overdue ones first."""
    shown = {side for (side, _state), number in counts.items() if number and side in sides}
    return [
        (counts[side, state], words, _address(side, state), _TONES.get((side, state)) if counts[side, state] else None)
        for (side, state), words in labels.COUNTED.items()
        if side in shown
    ]


def _address(side: str, state: str) -> str:
    filters: dict[str, Any] = {"due": state} if state == queries.OVERDUE else {"state": str(state)}
    return url_for("tasks.index", side=side, **filters)


TASKS = Listing(
    id="assignments",
    template="tasks/index.html",
    title=_l("交办事项"),
    columns=(
        Column("what", _l("要做什么"), what_of),
        Column("owner", _l("承办方"), owner_of),
        Column("state", _l("状态"), lambda row: row.state, enum=labels.STATES, tone=labels.STATE_STATUS),
        Column("due", _l("办理期限"), lambda row: row.due_at, kind="moment", sort=Task.due_at),
        Column("giver", _l("交办人"), lambda row: row.giver_name, priority=2),
        Column("urged", _l("催办次数"), lambda row: row.urge_count or None, kind="number", priority=3),
        Column("number", _l("事项编号"), lambda row: row.number, priority=3),
    ),
    select=queries.tasks,
    reads=queries.OF_TASK,
    order=(Task.due_at, Task.id),
    descending=False,
    filters=TaskFilter,
    url=PageOf("tasks.show", "task_id"),
    axes=queries.AXES,
    status=lambda row: "refused" if is_overdue(row) else None,
    empty_title=_l("没有交办事项"),
    empty_text=_l("交给您办理的和您交办的事项会按期限排在这里。"),
)
