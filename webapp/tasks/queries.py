"""Reads of assignments: whose they are, and who sees them.

An assignment of a unit belongs to the persons of that unit, to its leader and person responsible, and to those who
work with a role over it or over a unit above it, but not to its giver. It is seen by whoever gave it, has it, or had
it and acted on it, and by commanders and auditors of its owner.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from webapp.accounts import queries as accounts
from webapp.accounts.queries import is_manned, may_sign_in, persons_called
from webapp.accounts.queries import name_of as person_name
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import EVERYONE, Actor, Reach, Role
from webapp.kernel.entries import Entry
from webapp.kernel.listing import Axes, exact
from webapp.kernel.media import Photo
from webapp.tasks.models import Task, TaskStep
from webapp.tasks.rules import ANY, STILL_OPEN, Party, TaskState
from webapp.units import queries as units
from webapp.units.queries import visible_units

READERS = EVERYONE
ACTORS = tuple(role for role in EVERYONE if role is not Role.AUDITOR)  # an auditor changes nothing
GIVERS = (Role.COMMANDER, Role.APPROVER, Role.ADMINISTRATOR)
OVERSEERS = frozenset({Role.COMMANDER, Role.AUDITOR})
# Roles that work for a unit; leaders have what is given to them, and oversee or give the rest.
_WORKERS = tuple(role for role in ACTORS if role not in GIVERS)
OVERDUE = "overdue"  # of the filter
_NAMED = aliased(Task)  # of a row of another table; its columns are looked up by the thread that imports
_named_id, _named_number = _NAMED.id, _NAMED.number

IS_OWNERLESS = ~or_(is_manned(Task.unit_id, ACTORS, _WORKERS), may_sign_in(Task.person_id, ACTORS))


def is_mine(actor: Actor) -> ColumnElement[bool]:
    """The condition that a person, or one of the person's units, has it. Whoever gave it to a unit is not its owner."""
    ours = [Task.unit_id.in_(accounts.home_of(actor.id)), Task.unit_id.in_(units.units_of(actor.id))]
    over = tuple(grant for grant in actor.grants if grant.unit_id and grant.role in _WORKERS)
    if over:
        ours.append(Task.unit_id.in_(visible_units(replace(actor, grants=over).through(*_WORKERS))))
    return or_(Task.person_id == actor.id, and_(Task.giver_id != actor.id, or_(*ours)))


def _is_overseen(reach: Reach, roles: Collection[Role]) -> ColumnElement[bool]:
    """The condition that its owner is within the reach of some of a reach's roles."""
    over = Reach(reach.actor, reach.roles & frozenset(roles))
    if over.is_district_wide:
        return true()
    if not over.grants:
        return false()
    return or_(Task.unit_id.in_(visible_units(over)), Task.person_id.in_(accounts.persons_of(over)))


def _is_visible(reach: Reach) -> ColumnElement[bool]:
    actor = reach.actor
    acted = select(TaskStep.task_id).where(TaskStep.done_by == actor.id)
    return or_(Task.giver_id == actor.id, is_mine(actor), Task.id.in_(acted), _is_overseen(reach, OVERSEERS))


def is_giver(reach: Reach) -> ColumnElement[bool]:
    """The condition that the actor gave it, or as a commander of its owner stands in for a giver who may not give any
    more.
    """
    stands_in = and_(~may_sign_in(Task.giver_id, GIVERS), _is_overseen(reach, (Role.COMMANDER,)))
    return or_(Task.giver_id == reach.actor.id, stands_in)


def _of_side(side: str | None, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    if side == "given":
        return (Task.giver_id == actor.id,)
    return (is_mine(actor),) if side == "owed" else ()


# The unit of an owner: the unit itself, or that of the person.
_UNIT_OF_OWNER = func.coalesce(Task.unit_id, accounts.unit_of(Task.person_id), type_=Task.unit_id.type)
AXES = Axes(None, _UNIT_OF_OWNER)


def tasks(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The assignments within reach that match the filters; by default the open ones."""
    query = select(Task).where(_is_visible(reach), *_of_side(filters.get("side"), reach.actor))
    state = filters.get("state")
    if state != ANY:
        query = query.where(Task.state.in_([TaskState(state)] if state else STILL_OPEN))
    if filters.get("due") == OVERDUE:
        query = query.where(Task.state == TaskState.GIVEN, Task.due_at < clock.now())
    if owner := filters.get("owner"):
        of_unit = units.in_unit(Task.unit_id, {"unit": owner})
        query = query.where(or_(*of_unit, Task.person_id.in_(persons_called(owner))))
    return query.where(*units.in_unit(_UNIT_OF_OWNER, filters))


# What the list and the due rows show.
OF_TASK: tuple[Any, ...] = (
    Task.id,
    Task.number,
    Task.what,
    Task.state,
    Task.due_at,
    Task.urge_count,
    Task.person_id,
    units.name_of(Task.unit_id).label("unit_name"),
    person_name(Task.person_id).label("person_name"),
    person_name(Task.giver_id).label("giver_name"),
    and_(Task.state == TaskState.GIVEN, IS_OWNERLESS).label("is_ownerless"),
)


def find_task(task_id: UUID | None, reach: Reach) -> Task | None:
    """An assignment in any state, if it is within reach."""
    return db.session.scalars(select(Task).where(Task.id == task_id, _is_visible(reach))).unique().one_or_none()


def find_by_number(number: str) -> Task | None:
    """The assignment with this number, regardless of reach."""
    return db.session.scalars(select(Task).where(Task.number == number.upper())).unique().one_or_none()


def number_of(column: Any) -> ScalarSelect[str]:
    """The number of a row's assignment, for the rows of a list; `column` holds the assignment's id."""
    return select(_named_number).where(_named_id == column).scalar_subquery()


def find_standing(task_id: UUID, reach: Reach) -> tuple[frozenset[Party], bool]:
    """What the actor is to an assignment, and whether it is without an owner. Raises NoResultFound."""
    party = is_mine(reach.actor).label("owner"), is_giver(reach).label("giver")
    columns = *party, IS_OWNERLESS.label("ownerless")
    row = db.session.execute(select(*columns).where(Task.id == task_id)).one()
    parties = {Party.OWNER: row.owner, Party.GIVER: row.giver}
    return frozenset(party for party, is_party in parties.items() if is_party), bool(row.ownerless)


def steps_of(task_id: UUID) -> Sequence[Any]:
    """The acts on an assignment in the order in which they were recorded, with the names of their persons and owners:
    rows of the step's columns with `by`, `unit` and `person`.
    """
    names = (
        person_name(TaskStep.done_by).label("by"),
        units.name_of(TaskStep.unit_id).label("unit"),
        person_name(TaskStep.person_id).label("person"),
    )
    query = select(TaskStep.__table__, *names).join(Entry, Entry.uuid == TaskStep.id)
    return db.session.execute(query.where(TaskStep.task_id == task_id).order_by(Entry.seq)).all()


def photos_of(task_id: UUID) -> dict[UUID, list[Photo]]:
    """The photos of an assignment by the id of their act, in one query."""
    steps = select(TaskStep.id).where(TaskStep.task_id == task_id)
    photos: dict[UUID, list[Photo]] = {}
    query = select(Photo).where(Photo.entry_uuid.in_(steps)).order_by(Photo.kept_at, Photo.field, Photo.id)
    for photo in db.session.scalars(query):
        photos.setdefault(photo.entry_uuid, []).append(photo)
    return photos


def find_photo(photo_id: UUID, reach: Reach) -> Photo | None:
    """A photo of an act on an assignment within reach."""
    steps = select(TaskStep.id).join(Task, Task.id == TaskStep.task_id).where(_is_visible(reach))
    return db.session.scalars(select(Photo).where(Photo.id == photo_id, Photo.entry_uuid.in_(steps))).one_or_none()


def _waiting(reach: Reach) -> Select[Any]:
    """What waits for the actor: to be done, to be checked, or to be handed on because nobody has it."""
    actor = reach.actor
    is_given, mine = Task.state == TaskState.GIVEN, Task.giver_id == actor.id
    to_check, lost = and_(mine, Task.state == TaskState.DONE), and_(mine, is_given, IS_OWNERLESS)
    return select(Task).where(or_(and_(is_given, is_mine(actor)), to_check, lost))


def waiting(reach: Reach, limit: int) -> Sequence[Any]:
    """The first of what waits for the actor, by deadline: rows of OF_TASK with `done_at` and `is_mine`.

    What is neither theirs nor to be checked waits because nobody has it, so that it is not looked up again.
    """
    mine = is_mine(reach.actor)
    columns = [column for column in OF_TASK if column.name != "is_ownerless"]
    is_lost = and_(Task.state == TaskState.GIVEN, ~func.coalesce(mine, false())).label("is_ownerless")
    query = _waiting(reach).with_only_columns(*columns, Task.done_at, mine.label("is_mine"), is_lost)
    return db.session.execute(query.order_by(Task.due_at, Task.id).limit(limit)).all()


def count_waiting(reach: Reach) -> int:
    """The number of all that waits for the actor."""
    return exact(_waiting(reach))


def watched(reach: Reach, limit: int) -> Sequence[Any]:
    """The open assignments whose owner is within reach, by deadline: rows of id, number, state, due_at, done_at,
    giver_id, person_id and unit_id.
    """
    columns = Task.id, Task.number, Task.state, Task.due_at, Task.done_at, Task.giver_id, Task.person_id, Task.unit_id
    query = select(*columns).where(Task.state.in_(STILL_OPEN), _is_overseen(reach, ACTORS))
    return db.session.execute(query.order_by(Task.due_at, Task.id).limit(limit)).all()


def crews(unit_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The persons who have the assignments of each unit."""
    return accounts.crews(unit_ids, ACTORS, _WORKERS)


def to_do(reach: Reach) -> Sequence[Any]:
    """The numbers and deadlines of what the actor has to do, for the choice on a device."""
    query = select(Task.id, Task.number, Task.due_at).where(is_mine(reach.actor), Task.state == TaskState.GIVEN)
    return db.session.execute(query.order_by(Task.due_at, Task.id)).all()


def choosable(reach: Reach) -> Sequence[tuple[str, str]]:
    """(id, name) of the persons in reach who may have an assignment."""
    return [(str(row.id), row.name) for row in db.session.execute(accounts.holders(reach, ACTORS))]


def is_choosable(person_id: UUID, reach: Reach) -> bool:
    """Whether a person is one of those."""
    return person_id in db.session.scalars(accounts.holders(reach, ACTORS))


def unfinished() -> Select[UUID]:
    """The assignments that are still open."""
    return select(Task.id).where(Task.state.in_(STILL_OPEN))


def unfinished_steps() -> Select[UUID]:
    """The acts on assignments that are still open."""
    return select(TaskStep.id).where(TaskStep.task_id.in_(unfinished()))


def steps_along(task_id: UUID) -> Sequence[UUID]:
    """The acts on an assignment, without the giving of it."""
    query = select(TaskStep.id).where(TaskStep.task_id == task_id, TaskStep.id != task_id)
    return db.session.scalars(query).all()
