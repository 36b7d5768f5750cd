"""The units of the journal's rows: where their actors and what they are about belong now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, null, select

from webapp.accounts import queries as accounts
from webapp.audit.models import JournalPlaced
from webapp.checkpoints import queries as checkpoints
from webapp.extensions import db
from webapp.inspections import queries as inspections
from webapp.kernel import journal, logged
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.columns import as_uuid
from webapp.kernel.journal import JournalRow
from webapp.kernel.kinds import kinds
from webapp.kernel.records import ANY
from webapp.places import queries as places
from webapp.supplies import queries as supplies
from webapp.tasks import queries as tasks

VISITS = ("visit", "visit.in")
SLIPS = ("stock_slip", "stock.in", "stock.out", "stock.transfer", "stock.count", "stock.undo")
_EVERYTHING = Actor(UUID(int=0), "", "", (Grant(Role.AUDITOR),)).through(Role.AUDITOR)
_kind, _subject = JournalRow.subject_kind, as_uuid(JournalRow.subject_id)


def is_behind() -> bool:
    """Whether there are rows newer than those that are placed."""
    return journal.newest() > (db.session.scalar(select(JournalPlaced.last_seq)) or 0)


def is_whole() -> bool:
    """Whether every older row is placed too."""
    first = db.session.scalar(select(JournalPlaced.first_seq))
    return first is not None and first <= 1


def units_of_rows(after: int, until: int) -> Sequence[Any]:
    """(seq, at, unit of the actor, unit of the subject, unit of the other warehouse) of the rows with these numbers."""
    slips = supplies.select_slips(_EVERYTHING, {})
    columns = (
        accounts.unit_of(JournalRow.actor_id),
        _unit_of_subject(),
        case((_kind.in_(SLIPS), _of(slips, "other_id"))),
    )
    query = select(JournalRow.seq, JournalRow.at, *columns)
    return db.session.execute(query.where(JournalRow.seq > after, JournalRow.seq <= until)).all()


def _unit_of_subject() -> Any:
    owner = tasks.tasks(_EVERYTHING, {"state": ANY})
    task = owner.selected_columns
    by_kind = [
        (_kind == "person", accounts.unit_of(_subject)),
        (_kind == "place", places.unit_of(_subject)),
        (_kind == "unit", _subject),
        (_kind.in_(VISITS), _of(checkpoints.visits(_EVERYTHING, {"every": True}))),
        (_kind.in_(SLIPS), _of(supplies.select_slips(_EVERYTHING, {}))),
        (_kind == "inspection_finding", _of(inspections.findings(_EVERYTHING, {"state": ANY}))),
        (_kind == "task", _one(owner, func.coalesce(task.unit_id, accounts.unit_of(task.person_id)))),
    ]
    return case(*by_kind, *(_of_record(kind) for kind in kinds().values() if kind.record), else_=null())


def _of(rows: Select[Any], place: str = "place_id") -> Any:
    """The unit of the place of the row that the journal is about."""
    return _one(rows, places.unit_of(rows.selected_columns[place]))


def _one(rows: Select[Any], column: Any) -> Any:
    own = rows.with_only_columns(column).where(rows.selected_columns.id == _subject)
    return own.correlate(JournalRow).scalar_subquery()


def _of_record(kind: Any) -> tuple[Any, Any]:
    """The unit of a version of a record, by the axes of its list."""
    model, axes = kind.record.model, kind.record.listing.axes
    names = [kind.name, *(f"{kind.name}{end}" for end in logged.REWRITES)]
    unit = (
        null()
        if axes is None
        else select(axes.unit).where(model.id == _subject).correlate(JournalRow).scalar_subquery()
    )
    return _kind.in_(names), unit
