"""Reads of the journal within a reach, with the names of what its rows are about."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts import queries as accounts
from webapp.checkpoints import queries as checkpoints
from webapp.extensions import db
from webapp.inspections import queries as inspections
from webapp.kernel import logged, purging
from webapp.kernel.access import Reach, Role
from webapp.kernel.columns import as_uuid
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalBlock, JournalRow, is_block_intact
from webapp.kernel.kinds import kinds
from webapp.kernel.listing.filters import period
from webapp.kernel.logged import RECORDED, Group
from webapp.kernel.records import ANY
from webapp.places import queries as places
from webapp.supplies import queries as supplies
from webapp.tasks import queries as tasks
from webapp.units import queries as units

READERS = (Role.AUDITOR, Role.ADMINISTRATOR)
_LARGEST = 2**63 - 1  # of a row's number
_LAST = 10  # rows of a history on the page of its subject
_VISITS = ("visit", "visit.in")
_SLIPS = ("stock_slip", "stock.in", "stock.out", "stock.transfer", "stock.count", "stock.undo")

_RARE = aliased(JournalRow)
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
    query = select(JournalRow).where(*_within(reach), *period(JournalRow.at, filters), *_by(filters.get("person")))
    if group := filters.get("group"):
        query = query.where(*_of_group(Group(group)))
    if action := filters.get("action"):
        query = query.where(JournalRow.action == action, *_about_kinds([logged.logged()[action].of]))
    return query.where(*_about(filters.get("record")))


def find_row(seq: int, reach: Reach) -> Any | None:
    """A row within reach, with the columns of SHOWN; None otherwise."""
    if seq > _LARGEST:
        return None
    query = rows(reach, {}).where(JournalRow.seq == seq).with_only_columns(*SHOWN, JournalRow.private.is_not(None))
    return db.session.execute(query).one_or_none()


def find_private(seq: Any, reach: Reach) -> JournalRow | None:
    """A row within reach that still has texts of its own; None otherwise."""
    if seq > _LARGEST:
        return None
    query = rows(reach, {}).where(JournalRow.seq == seq, JournalRow.private.is_not(None))
    return db.session.scalars(query).one_or_none()


def history(ids: Collection[object], reach: Reach) -> Sequence[Any]:
    """The last rows about these subjects within reach, and one more if there are more."""
    query = rows(reach, {}).where(JournalRow.subject_id.in_(map(str, ids))).with_only_columns(*SHOWN)
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
    uuid = uuid_of(subject_id)
    return db.session.scalars(select(Entry).where(Entry.uuid == uuid)).one_or_none() if uuid else None


def _within(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """What was done by the persons of a reach, or to what is within it."""
    if reach.is_district_wide:
        return ()
    persons = accounts.visible_persons(reach)
    return (or_(JournalRow.actor_id.in_(persons.with_only_columns(persons.selected_columns.id)), *_subjects(reach)),)


def _subjects(reach: Reach) -> list[ColumnElement[bool]]:
    """What belongs to a unit or a place: persons, places, units, visits, slips, findings and the kernel's records."""
    every = {"every": True}
    parts = [
        (("person",), accounts.visible_persons(reach)),
        (("place",), places.visible_places(reach)),
        (("unit",), units.visible_units(reach)),
        (_VISITS, checkpoints.visits(reach, every)),
        (_SLIPS, supplies.select_slips(reach, {})),
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


def _by(name: str | None) -> tuple[ColumnElement[bool], ...]:
    """The condition for who did it: a single person is looked up first, so that an index leads to their newest rows."""
    if not name:
        return ()
    ids = db.session.scalars(accounts.persons_called(name).limit(2)).all()
    if len(ids) > 1:
        return (JournalRow.actor_id.in_(accounts.persons_called(name)),)
    return (JournalRow.actor_id == ids[0],) if ids else (false(),)


def _of_group(group: Group) -> tuple[ColumnElement[bool], ...]:
    """The condition for a group of actions, in the form of the index by action and kind of subject."""
    acts = logged.of_group(group)
    names, of = [act.action for act in acts], [act.of for act in acts]
    if group is Group.RECORD:  # most rows: the index by time leads to the newest sooner
        return (JournalRow.action.concat("").in_(names),)
    if group is Group.CHANGE:
        names, of = [*names, RECORDED], [*of, *logged.rewriting_kinds()]
    rare = select(_RARE.seq).where(_RARE.action.in_(names), *_about_kinds(of, _RARE.subject_kind))
    return (JournalRow.seq.in_(rare),)


def _about_kinds(of: Sequence[str], kind: Any = _kind) -> tuple[ColumnElement[bool], ...]:
    return () if "*" in of else (kind.in_(sorted(set(of))),)


def _about(text: str | None) -> tuple[ColumnElement[bool], ...]:
    """The condition for a receipt's or record's number, the number of a slip, or the code of a place or an item."""
    if not text:
        return ()
    ids = [str(id_) for id_ in _ids_of(text.strip())]
    if len(ids) == 1:
        return (JournalRow.subject_id == ids[0],)
    return (JournalRow.subject_id.in_(ids),) if ids else (false(),)


def _ids_of(text: str) -> Collection[UUID]:
    uuid = uuid_of(text)
    if uuid is None and text.isascii() and text.isdecimal() and len(text) < 16:
        uuid = db.session.scalar(select(Entry.uuid).where(Entry.seq == int(text)))
    if uuid is not None:
        return purging.versions_of(uuid)
    known = places.find_by_code(text), supplies.find_item_by_code(text), supplies.find_by_number(text)
    return [thing.id for thing in known if thing is not None]


def uuid_of(text: str) -> UUID | None:
    """The UUID of a text; None for a text that is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
