"""Reads of the journal within a reach, with the names of what its rows are about."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts import queries as accounts
from webapp.audit import conditions
from webapp.audit.models import JournalScope
from webapp.audit.scopes import SLIPS, VISITS
from webapp.checkpoints import queries as checkpoints
from webapp.extensions import db
from webapp.inspections import queries as inspections
from webapp.kernel import logged
from webapp.kernel.access import Reach, Role
from webapp.kernel.columns import as_uuid
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalBlock, JournalRow, is_block_intact
from webapp.kernel.kinds import kinds
from webapp.kernel.logged import RECORDED
from webapp.kernel.records import ANY
from webapp.places import queries as places
from webapp.supplies import queries as supplies
from webapp.tasks import queries as tasks
from webapp.units import queries as units

READERS = (Role.AUDITOR, Role.ADMINISTRATOR)
_LARGEST = 2**63 - 1  # of a row's number
_LAST = 10  # rows of a history on the page of its subject

_kind, _subject = JournalRow.subject_kind, as_uuid(JournalRow.subject_id)


def _of_entry(column: Any) -> Any:
    """A column of the entry that a row is about."""
    return select(column).where(Entry.uuid == _subject).correlate(JournalRow).scalar_subquery()


_NAME = case(
    (_kind == "person", accounts.name_of(_subject)),
    (_kind == "place", places.name_of(_subject)),
    (_kind == "unit", units.name_of(_subject)),
    (_kind == "item", supplies.code_of(_subject)),
    (_kind == "stock_slip", supplies.number_of(_subject)),
    (_kind == "task", tasks.number_of(_subject)),
)
# What the list and its files show of a row.
SHOWN: tuple[Any, ...] = (
    JournalRow.seq,
    JournalRow.at,
    JournalRow.actor_id,
    accounts.name_of(JournalRow.actor_id).label("actor_name"),
    JournalRow.action,
    JournalRow.subject_kind,
    JournalRow.subject_id,
    JournalRow.details,
    JournalRow.block_id,
    _NAME.label("name"),
    _of_entry(Entry.seq).label("receipt"),
    case((JournalRow.action == RECORDED, _of_entry(Entry.device))).label("device"),
    case((JournalRow.action == RECORDED, accounts.name_of(_of_entry(Entry.relay_id)))).label("relay_name"),
)


def rows(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The rows of the journal within reach that match the filters."""
    return select(JournalRow).where(*_within(reach), *conditions.of_filters(filters))


def is_by_unit(reach: Reach) -> bool:
    """Whether a reach is of units only, whose rows are found in the index of their units."""
    return not reach.is_district_wide and bool(reach.grants) and all(grant.unit_id for grant in reach.grants)


def rows_by_unit(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The same rows for a reach of units, by way of the index of their units: to be ordered by its `at` and `seq`."""
    roots, lower = _roots(reach), aliased(JournalScope)
    once = select(lower.seq).where(lower.unit_id.in_(roots), lower.unit_id < JournalScope.unit_id)
    once = once.where(lower.at == JournalScope.at, lower.seq == JournalScope.seq).correlate(JournalScope)
    query = select(JournalRow).select_from(JournalScope).join(JournalRow, JournalRow.seq == JournalScope.seq)
    if len(roots) == 1:
        query = query.where(JournalScope.unit_id == roots[0])
    else:
        query = query.where(JournalScope.unit_id.in_(roots), ~once.exists())
    return query.where(*conditions.of_filters(filters, JournalScope.at))


def _roots(reach: Reach) -> list[UUID]:
    return sorted({grant.unit_id for grant in reach.grants if grant.unit_id})


def find_row(seq: int, reach: Reach) -> Any | None:
    """A row within reach, with the columns of SHOWN; None otherwise."""
    if seq > _LARGEST:
        return None
    query = _single(reach, JournalRow.seq == seq).with_only_columns(*SHOWN, JournalRow.private.is_not(None))
    return db.session.execute(query).one_or_none()


def find_private(seq: Any, reach: Reach) -> JournalRow | None:
    """A row within reach that still has texts of its own; None otherwise."""
    if seq > _LARGEST:
        return None
    query = _single(reach, JournalRow.seq == seq, JournalRow.private.is_not(None))
    return db.session.scalars(query).one_or_none()


def history(ids: Collection[object], reach: Reach) -> Sequence[Any]:
    """The last rows about these subjects within reach, and one more if there are more."""
    query = _single(reach, JournalRow.subject_id.in_(map(str, ids))).with_only_columns(*SHOWN)
    newest = query.order_by(JournalRow.at.desc(), JournalRow.seq.desc())
    return db.session.execute(newest.limit(_LAST + 1)).all()


def is_within(seq: int, reach: Reach) -> bool:
    """Whether what a row is about is within a reach."""
    if reach.is_district_wide:
        return True
    query = select(JournalRow.seq).where(JournalRow.seq == seq, or_(*_subjects(reach)))
    return bool(reach.grants) and db.session.scalar(query) is not None


def block_of(block_id: int | None) -> tuple[JournalBlock, bool] | None:
    """A sealed block, and whether it holds now."""
    block = db.session.get(JournalBlock, block_id) if block_id else None
    return (block, is_block_intact(block)) if block else None


def find_entry(subject_id: str) -> Entry | None:
    """The entry that a row is about."""
    uuid = conditions.uuid_of(subject_id)
    return db.session.scalars(select(Entry).where(Entry.uuid == uuid)).one_or_none() if uuid else None


def _within(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """What is placed in the units of a reach, or about what stands at its places."""
    if reach.is_district_wide:
        return ()
    same = select(JournalScope.seq).where(JournalScope.unit_id.in_(_roots(reach)))
    same = same.where(JournalScope.at == JournalRow.at, JournalScope.seq == JournalRow.seq)
    at_places = replace(reach.actor, grants=tuple(grant for grant in reach.grants if grant.place_id)).through(
        *reach.roles
    )
    by_place = _subjects(at_places) if at_places.grants else []
    return (or_(same.correlate(JournalRow).exists(), *by_place),)


def _single(reach: Reach, *which: ColumnElement[bool]) -> Select[Any]:
    """A few rows within reach, placed or not: also what the persons of a reach did, or what is about what is within it
    now.
    """
    if reach.is_district_wide:
        return select(JournalRow).where(*which)
    persons = accounts.visible_persons(reach)
    by_actor = JournalRow.actor_id.in_(persons.with_only_columns(persons.selected_columns.id))
    return select(JournalRow).where(*which, or_(*_within(reach), by_actor, *_subjects(reach)))


def _subjects(reach: Reach) -> list[ColumnElement[bool]]:
    """What belongs to a unit or a place: persons, places, units, visits, slips, findings and the kernel's records."""
    every = {"every": True}
    parts = [
        (("person",), accounts.visible_persons(reach)),
        (("place",), places.visible_places(reach)),
        (("unit",), units.visible_units(reach)),
        (VISITS, checkpoints.visits(reach, every)),
        (SLIPS, supplies.select_slips(reach, {})),
        (("task",), tasks.tasks(reach, {"state": ANY})),
        (("inspection_finding",), inspections.findings(reach, {"state": ANY})),
    ]
    records = [_is_record(kind, reach) for kind in kinds().values() if kind.record]
    return [*(_is_one_of(names, visible) for names, visible in parts), *records]


def _is_one_of(names: Sequence[str], visible: Select[Any]) -> ColumnElement[bool]:
    same = visible.with_only_columns(literal(1)).where(visible.selected_columns.id == _subject)
    return and_(_kind.in_(names), same.correlate(JournalRow).exists())


def _is_record(kind: Any, reach: Reach) -> ColumnElement[bool]:
    """A version of a record of a kind, of which the newest version is within reach."""
    model, record = kind.record.model, kind.record
    version = aliased(model)
    newest = record.listing.select(reach, {"state": ANY}).with_only_columns(model.record_id)
    same = select(literal(1)).where(version.id == _subject, version.record_id.in_(newest))
    names = [kind.name, *(f"{kind.name}{end}" for end in logged.REWRITES)]
    return and_(_kind.in_(names), same.correlate(JournalRow).exists())
