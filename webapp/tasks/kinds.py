"""Kinds of entry of assignments: giving one, and each act on one."""

import json
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.kernel import kept
from webapp.kernel.access import Reach
from webapp.kernel.entries import Entry
from webapp.kernel.i18n import write_moment
from webapp.kernel.kept import Reference
from webapp.kernel.kinds import BlankForm, Kind
from webapp.kernel.retention import Emptied, Keeps
from webapp.kernel.states import Act
from webapp.tasks import queries, service
from webapp.tasks.acts import REPORT, TASK
from webapp.tasks.forms import GiveForm
from webapp.tasks.models import Task, TaskStep

KEEPS = Keeps(
    name="tasks",
    label=_l("交办事项"),
    what=_l("交办的内容和说明、办理和验收情况、照片"),
    days=730,
    least=180,
    most=3650,
)


def _load(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """The choices of a form: units, persons, and what waits to be done."""
    kept.offer(form, standing)
    if "person" in form:
        form.person.offered = queries.choosable(standing)
    return {}


def _task_url(entry: Entry) -> str:
    return url_for("tasks.show", task_id=entry.uuid)


def _step_url(entry: Entry) -> str | None:
    """The assignment's page; a purged act names none any more."""
    named = next(iter(json.loads(entry.content).get("task", [])), None)
    return url_for("tasks.show", task_id=UUID(named)) if named else None


GIVE = Kind(
    name="task",
    label=_l("交办"),
    form=GiveForm,
    apply=service.give,
    load=_load,
    record_url=_task_url,
    keeps=KEEPS,
    empties=(Emptied(Task, Task.id.in_), Emptied(TaskStep, TaskStep.id.in_)),
    unfinished=queries.unfinished,
    along=queries.steps_along,
)


def _kind_of(act: Act) -> Kind:
    """An act on an assignment as a kind of entry. A report is also made without a network; the other acts change what
    others work on, who must know at once.
    """
    name, apply = f"task.{act.name}", partial(service.act_on_task, act)
    of_step: dict[str, Any] = {"load": _load, "record_url": _step_url, "keeps": KEEPS}
    of_step |= {"empties": (Emptied(TaskStep, TaskStep.id.in_),), "unfinished": queries.unfinished_steps}
    if act is not REPORT:
        return Kind(name, act.label, act.form, apply, **of_step)
    blank = BlankForm("task-done", act.label, act.icon, stands_for=f"/assignments/acts/{act.name}")
    return Kind(name, act.label, act.form, apply, late_roles=queries.ACTORS, forms=(blank,), **of_step)


def _to_do(reach: Reach, _at: datetime) -> list[dict[str, str]]:
    """What the actor has to do, by number and deadline: the words may name people, and stay on the server."""
    return [
        {"id": str(row.id), "kind": "given", "code": row.number, "name": write_moment(row.due_at)}
        for row in queries.to_do(reach)
    ]


STEPS = {act.name: _kind_of(act) for act in TASK.acts}
TO_DO = Reference("tasks", queries.ACTORS, _to_do)
