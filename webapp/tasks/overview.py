"""What stands above the list of assignments and on the page of a unit: what may be urged, and how much there is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from webapp.extensions import db
from webapp.kernel.access import Actor, Reach
from webapp.kernel.listing import exact
from webapp.tasks import queries
from webapp.tasks.models import Task
from webapp.tasks.rules import STILL_OPEN, URGE_EVERY, TaskState


def to_urge(reach: Reach, at: datetime, limit: int) -> tuple[Sequence[Any], int]:
    """The first of what the actor may urge now, by deadline, as rows of OF_TASK; and how many there are."""
    is_free = or_(Task.urged_at.is_(None), Task.urged_at <= at - URGE_EVERY)
    query = select(Task).where(Task.state == TaskState.GIVEN, queries.is_giver(reach), is_free)
    rows = query.with_only_columns(*queries.OF_TASK).order_by(Task.due_at, Task.id).limit(limit)
    return db.session.execute(rows).all(), exact(query)


def count_sides(actor: Actor, at: datetime) -> dict[tuple[str, str], int]:
    """The numbers of open assignments by (side, state), where the state is also OVERDUE; in one statement."""
    given, owed = Task.giver_id == actor.id, queries.is_mine(actor)
    columns: tuple[Any, ...] = (Task.state, Task.due_at, given.label("given"), owed.label("owed"))
    rows = select(*columns).where(Task.state.in_(STILL_OPEN), or_(given, owed)).subquery()
    is_given, is_done = rows.c.state == TaskState.GIVEN, rows.c.state == TaskState.DONE
    states = {queries.OVERDUE: and_(is_given, rows.c.due_at < at), TaskState.GIVEN: is_given, TaskState.DONE: is_done}
    keys = [(side, state) for side in ("given", "owed") for state in states]
    counts = db.session.execute(
        select(*(func.count().filter(rows.c[side], states[state]) for side, state in keys))
    ).one()
    return dict(zip(keys, counts, strict=True))


def open_of_unit(code: str, reach: Reach, limit: int) -> tuple[Sequence[Any], int]:
    """The first open assignments of a unit and the units below it, what is still to be done first, as rows of OF_TASK;
    and how many there are.
    """
    query = queries.tasks(reach, {"owner": code})
    is_done = case((Task.state == TaskState.DONE, 1), else_=0)
    rows = query.with_only_columns(*queries.OF_TASK).order_by(is_done, Task.due_at, Task.id).limit(limit)
    return db.session.execute(rows).all(), exact(query)
