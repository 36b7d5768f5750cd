"""Giving assignments, and acts on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.extensions import db
from webapp.kernel import clock, numbers
from webapp.kernel.access import Actor, Reach
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.kernel.i18n import write_moment
from webapp.kernel.media import Stored
from webapp.kernel.states import Act
from webapp.tasks import queries, rules
from webapp.tasks.acts import TASK
from webapp.tasks.models import Task, TaskStep
from webapp.tasks.rules import TaskAct, TaskState
from webapp.units.queries import find_visible

SERIES = "JB"


def give(entry: Entry, data: dict[str, Any], _photos: Sequence[Stored], *, by: Actor, at: datetime) -> None:
    """Write an assignment with its first step in the open transaction.

    Raises Refusal `task-owner-out-of-reach` or `task-due-wrong`, both 422.
    """
    owner = _chosen(data, by.through(*queries.GIVERS))
    _check_due(data["due"], at)
    task = Task(
        id=entry.uuid,
        number=numbers.next_number(SERIES, clock.district_day(at)),
        giver_id=by.id,
        what=data["what"],
        details=data["details"] or None,
        source=data["source"] or None,
        given_at=at,
        due_at=data["due"],
        state=TaskState.GIVEN,
        turn=0,
        urge_count=0,
        **owner,
    )
    db.session.add(task)
    db.session.flush()
    _add_step(entry, task, TaskAct.GIVE, {}, by=by, at=at)


def act_on_task(
    act: Act, entry: Entry, data: dict[str, Any], _photos: Sequence[Stored], *, by: Actor, at: datetime
) -> None:
    """Perform an act on an assignment in the open transaction.

    Raises Refusal `task-out-of-reach` (404), `task-not-yours` (403), `state-moved` after a concurrent act, and that of
    the act: `task-owner-out-of-reach`, `task-owner-same`, `task-due-wrong`, `task-due-not-later` (422),
    `task-urged-lately`.
    """
    reach = by.through(*act.roles)
    task = queries.find_task(data["task"], reach)
    if task is None:
        raise Refusal("task-out-of-reach", 404)
    check_act(act, task, reach)
    name = TaskAct(act.name)
    changes = _changes(name, task, data, reach, at)
    _add_step(entry, task, name, data | changes, by=by, at=at)
    unchanged = [Task.turn == task.turn]
    if name is TaskAct.URGE:
        unchanged.append(Task.urge_count == task.urge_count)
    TASK.move(Task, task.id, act, by=by, at=entry.received_at, also=unchanged, **changes)


def check_act(act: Act, task: Task, reach: Reach) -> None:
    """Raises Refusal `act-not-yours` or `task-not-yours` (both 403), or `state-moved`."""
    TASK.check(act, task.state, reach)
    parties, _is_ownerless = queries.find_standing(task.id, reach)
    if not rules.may(TaskAct(act.name), parties):
        raise Refusal("task-not-yours", 403)


def _changes(act: TaskAct, task: Task, data: dict[str, Any], reach: Reach, at: datetime) -> dict[str, Any]:
    """The columns that an act sets."""
    if act is TaskAct.URGE:
        if not rules.may_urge(task.urged_at, at):
            raise Refusal("task-urged-lately")
        return {"urge_count": task.urge_count + 1, "urged_at": at}
    turn = {"turn": task.turn + 1}
    if act is TaskAct.DONE:
        return turn | {"done_at": at}
    if act is TaskAct.SEND_BACK:
        due_at = data["due"] or task.due_at
        _check_due(due_at, at)
        return turn | {"done_at": None, "due_at": due_at}
    if act is TaskAct.EXTEND:
        return turn | {"due_at": _later(data["due"], task, at), "urge_count": 0, "urged_at": None}
    if act is TaskAct.HAND_ON:
        owner = _chosen(data, reach)
        if owner == {"unit_id": task.unit_id, "person_id": task.person_id}:
            raise Refusal("task-owner-same", 422, field="person" if data["person"] else "unit")
        return turn | owner | {"urge_count": 0, "urged_at": None}
    return turn


def _chosen(data: dict[str, Any], reach: Reach) -> dict[str, UUID | None]:
    """The columns of the chosen owner. Raises Refusal `task-owner-out-of-reach` (422)."""
    unit_id, person_id = data["unit"], data["person"]
    is_able = queries.is_choosable(person_id, reach) if person_id else find_visible(unit_id, reach) is not None
    if not is_able:
        raise Refusal("task-owner-out-of-reach", 422, field="person" if person_id else "unit")
    return {"unit_id": unit_id, "person_id": person_id}


def _check_due(due_at: datetime, at: datetime) -> None:
    if not rules.is_in_time(due_at, at):
        raise Refusal("task-due-wrong", 422, field="due")


def _later(due_at: datetime, task: Task, at: datetime) -> datetime:
    """A deadline that is later than that of an assignment."""
    _check_due(due_at, at)
    if not rules.is_extended(due_at, task.due_at):
        raise Refusal("task-due-not-later", 422, field="due", due=write_moment(task.due_at))
    return due_at


def _add_step(entry: Entry, task: Task, act: TaskAct, data: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Write an act with the owner and the deadline after it: those in `data`, else those of the assignment."""
    step = TaskStep(id=entry.uuid, task_id=task.id, act=act, done_at=at, done_by=by.id, note=data.get("note") or None)
    step.unit_id = data.get("unit_id", task.unit_id)
    step.person_id = data.get("person_id", task.person_id)
    step.due_at = data.get("due_at", task.due_at)
    db.session.add(step)
