"""The conditions of the journal's filters, each in the form in which an index leads to its rows."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import logged, purging
from webapp.kernel.columns import as_uuid
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalRow
from webapp.kernel.kinds import kinds
from webapp.kernel.listing.filters import period
from webapp.kernel.logged import RECORDED, Group
from webapp.places import queries as places
from webapp.supplies import queries as supplies
from webapp.tasks import queries as tasks

Conditions = tuple[ColumnElement[bool], ...]
_RARE = aliased(JournalRow)
_kind = JournalRow.subject_kind
_DEVICES = 100  # whose numbers begin alike


def of_filters(filters: dict[str, Any], moment: Any = JournalRow.at) -> Conditions:
    """The conditions of all filters that are filled in; `moment` is the column with the time of a row."""
    conditions = (*period(moment, filters), *_by_person(filters.get("person")), *_about(filters.get("record")))
    conditions += (*_from_device(filters.get("device")), *_called(filters.get("words")))
    if group := filters.get("group"):
        conditions += _of_group(Group(group))
    if action := filters.get("action"):
        conditions += (JournalRow.action == action, *_about_kinds([logged.logged()[action].of]))
    return conditions


def _by_person(name: str | None) -> Conditions:
    """The condition for who did it: a single person is looked up first, so that an index leads to their newest rows."""
    if not name:
        return ()
    ids = db.session.scalars(accounts.persons_called(name).limit(2)).all()
    if len(ids) > 1:
        return (JournalRow.actor_id.in_(accounts.persons_called(name)),)
    return (JournalRow.actor_id == ids[0],) if ids else (false(),)


def _of_group(group: Group) -> Conditions:
    """The condition for a group of actions, in the form of the index by action and kind of subject."""
    acts = logged.of_group(group)
    names, of = [act.action for act in acts], [act.of for act in acts]
    if group is Group.RECORD:  # most rows: the index by time leads to the newest sooner
        return (JournalRow.action.concat("").in_(names),)
    if group is Group.CHANGE:
        names, of = [*names, RECORDED], [*of, *logged.rewriting_kinds()]
    rare = select(_RARE.seq).where(_RARE.action.in_(names), *_about_kinds(of, _RARE.subject_kind))
    return (JournalRow.seq.in_(rare),)


def _about_kinds(of: Sequence[str], kind: Any = _kind) -> Conditions:
    return () if "*" in of else (kind.in_(sorted(set(of))),)


def _about(text: str | None) -> Conditions:
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
    finders = places.find_by_code, supplies.find_item_by_code, supplies.find_by_number, tasks.find_by_number
    known = (find(text) for find in finders)
    return [thing.id for thing in known if thing is not None]


def _from_device(number: str | None) -> Conditions:
    """The condition for the number of a device, or its beginning: what was recorded on it, and what was done to it."""
    if not number:
        return ()
    known = select(Entry.device).where(Entry.device.startswith(number, autoescape=True)).distinct().limit(_DEVICES)
    devices = db.session.scalars(known).all()
    recorded = select(_RARE.seq).join(Entry, Entry.uuid == as_uuid(_RARE.subject_id))
    recorded = recorded.where(_RARE.action == RECORDED, Entry.device.in_(devices))
    acts = [action for action, act in logged.logged().items() if act.of == "device"]
    about = select(_RARE.seq).where(_RARE.action.in_(acts), _RARE.subject_id.startswith(number, autoescape=True))
    return (or_(JournalRow.seq.in_(recorded), JournalRow.seq.in_(about)),)


def _called(text: str | None) -> Conditions:
    """The condition for words of what was done and to what, as the list writes them in the reader's language."""
    if not text:
        return ()
    words = text.lower().split()
    fitting = [pair for pair in _acts() if all(word in pair[0].lower() for word in words)]
    if not fitting:
        return (false(),)
    if any(action == RECORDED and not kind.endswith(tuple(logged.REWRITES)) for _words, action, kind in fitting):
        return (_one_of(fitting, JournalRow.action.concat(""), _kind),)  # most rows: see `_of_group`
    return (JournalRow.seq.in_(select(_RARE.seq).where(_one_of(fitting, _RARE.action, _RARE.subject_kind))),)


def _acts() -> Iterable[tuple[str, str, str]]:
    """(words, action, kind of subject) of everything that may stand in the journal."""
    recorded = [kind.name for kind in kinds().values()] + logged.rewriting_kinds()
    for action, act in logged.logged().items():
        for kind in recorded if act.of == "*" else [act.of]:
            yield f"{logged.label_of(action, kind)} {logged.subject_of(kind)}", action, kind


def _one_of(fitting: Iterable[tuple[str, str, str]], action: Any, kind: Any) -> ColumnElement[bool]:
    by_action: dict[str, list[str]] = {}
    for _words, name, of in fitting:
        by_action.setdefault(name, []).append(of)
    return or_(*(and_(action == name, kind.in_(of)) for name, of in by_action.items()))


def uuid_of(text: str) -> UUID | None:
    """The UUID of a text; None for a text that is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
