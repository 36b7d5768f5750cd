"""The contributions of assignments."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.access import Reach, Role
from webapp.kernel.board import Action, Panel, UnitPanel
from webapp.kernel.deadlines import Due, DueRows, Level, Whole, key_of
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry, PageAction
from webapp.tasks import kinds, labels, lists, overview, queries
from webapp.tasks.acts import TASK
from webapp.tasks.figures import FIGURES
from webapp.tasks.rules import CHECK_WITHIN, TaskState
from webapp.tasks.views import bp
from webapp.units import queries as units

LEADERS = (Role.COMMANDER, Role.APPROVER, Role.AUDITOR)
UNIT_READERS = (*LEADERS, Role.ADMINISTRATOR)  # who opens the page of a unit
SHOWN_OF_UNIT = 6
WATCHED = 5_000  # assignments for alerts
SHOWN = 40  # assignments among the tasks; the list has all of them


def _due(reach: Reach, _at: datetime) -> list[Due]:
    return [_row(row, reach.actor.id) for row in queries.waiting(reach, SHOWN)]


def _row(row: Any, actor_id: UUID) -> Due:
    """What waits for the actor: to check it, to do it, or to hand it on because nobody has it."""
    what, level, due_at, kind = _("办理：%(what)s"), Level.NORMAL, row.due_at, "task.given"
    if row.state == TaskState.DONE:
        what, due_at, kind = _("验收：%(what)s"), row.done_at + CHECK_WITHIN, "task.done"
    elif row.is_ownerless and not row.is_mine:
        what, level, kind = _("无人承办，请转办：%(what)s"), Level.WARNING, "task.ownerless"
    elif row.urge_count:
        what, level = _("已催办：%(what)s"), Level.WARNING
    is_theirs = row.state == TaskState.GIVEN and row.is_mine
    return Due(
        key=key_of(kind, row.id),
        kind=kind,
        due_at=due_at,
        who=actor_id,
        level=level,
        what=what % {"what": lists.what_of(row)},
        where=_("%(name)s交办", name=row.giver_name) if is_theirs else lists.owner_of(row),
        url=url_for("tasks.show", task_id=row.id),
        is_private=True,
    )


def _of_unit(unit_id: UUID, reach: Reach, at: datetime) -> dict[str, Any] | None:
    """What a unit or task force has to do, on its page."""
    unit = units.find_unit(unit_id)
    if unit is None:
        return None
    rows, total = overview.open_of_unit(unit.code, reach, SHOWN_OF_UNIT)
    shown = [(row, lists.what_of(row), lists.owner_of(row), lists.is_overdue(row)) for row in rows]
    return {"unit": unit, "rows": shown, "total": total, "labels": labels, "at": at}


def _watched(reach: Reach, _at: datetime) -> Iterator[Due]:
    """Every open assignment, for alerts: to whoever has it, or to its giver if it is done or nobody has it. Its words
    are private.
    """
    rows = queries.watched(reach, WATCHED)
    crews = queries.crews({row.unit_id for row in rows if row.unit_id})
    for row in rows:
        is_done = row.state == TaskState.DONE
        owners = row.person_id or crews.get(row.unit_id)
        kind = "task.done" if is_done else "task.given"
        yield Due(
            key=key_of(kind, row.id),
            kind=kind,
            due_at=row.done_at + CHECK_WITHIN if is_done else row.due_at,
            who=row.giver_id if is_done else owners or row.giver_id,
            unit=None if is_done else row.unit_id,
            what=row.number,
            where="",
            url=url_for("tasks.show", task_id=row.id),
            is_private=True,
            number=row.number,
        )


FEATURE = Feature(
    name="tasks",
    area=Area.COMMAND,
    blueprint=bp,
    kinds=(kinds.GIVE, *kinds.STEPS.values()),
    references=(kinds.TO_DO,),
    machines=(TASK,),
    navigation=(NavEntry("tasks.index", _l("交办事项"), "tasks", queries.READERS, Area.COMMAND, order=60),),
    actions=(Action("tasks.new", _l("交办"), "tasks", queries.GIVERS, order=75),),
    page_actions=(PageAction("tasks.new", _l("交办"), "tasks", queries.GIVERS),),
    unit_panels=(UnitPanel("tasks", UNIT_READERS, "tasks/_of_unit.html", _of_unit, order=20),),
    panels=(Panel("tasks", LEADERS, _l("交办事项"), FIGURES, order=15),),
    due=(
        DueRows(
            queries.ACTORS,
            _due,
            Whole("tasks.index", _l("交办事项"), SHOWN, queries.count_waiting),
            kinds={"task.given": _l("交办事项待办理"), "task.done": _l("交办事项待验收")},
            every=_watched,
        ),
    ),
    lists=(lists.TASKS,),
    figures=FIGURES,
    refusals=labels.REFUSALS,
)
