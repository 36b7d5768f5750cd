"""Reads of stored and due records, and of purging runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from webapp.district import queries as district
from webapp.extensions import db
from webapp.kernel import purge_list, purging
from webapp.kernel.access import Reach
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.kinds import kinds
from webapp.kernel.media import Photo
from webapp.kernel.records import CORRECTION, VOIDING
from webapp.kernel.retention import UNKNOWN_DAYS, Keeps, holders, rules_of
from webapp.kernel.tombstones import PurgedEntry, PurgeRun


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with the district's setting; `waiting` is the number of due entries, `next_at` when the oldest is due."""

    keeps: Keeps
    kinds: tuple[str, ...]
    days: int
    waiting: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """A record to be purged on request, described without personal data."""

    uuid: UUID
    kind: str
    received_at: datetime
    versions: int
    photos: int
    copies: int
    along: tuple[UUID, ...]


def rules(at: datetime) -> list[Rule]:
    """Every rule, with its due entries."""
    chosen = district.retention()
    return [_rule(keeps, names, keeps.days_of(chosen), at) for keeps, names in rules_of(kinds()).values()]


def _rule(keeps: Keeps, names: tuple[str, ...], days: int, at: datetime) -> Rule:
    live = _live(names).subquery()
    is_past = live.c.received_at < at - timedelta(days=days)
    counted = select(func.count().filter(is_past), func.min(live.c.received_at))
    waiting, oldest = db.session.execute(counted).one()
    return Rule(keeps, names, days, waiting, oldest and oldest + timedelta(days=days))


def _live(names: Sequence[str]) -> Select[UUID, datetime]:
    """The finished entries of some kinds that are not purged."""
    mine = [_of_kind(name) for name in names]
    gone = select(PurgedEntry.uuid).where(PurgedEntry.uuid == Entry.uuid).exists()
    return select(Entry.uuid, Entry.received_at).where(or_(*mine), ~gone)


def _of_kind(name: str) -> Any:
    unfinished = kinds()[name].unfinished
    own = Entry.kind.in_([name, f"{name}{CORRECTION}", f"{name}{VOIDING}"])
    return own & Entry.uuid.not_in(unfinished()) if unfinished else own


def due(names: Sequence[str], before: datetime, most: int) -> list[UUID]:
    """Entries of some kinds received before a moment, the oldest first; of envelopes too that became none."""
    query = _live(names).where(Entry.received_at < before).order_by(Entry.received_at).limit(most)
    uuids: list[UUID] = list(db.session.scalars(query.with_only_columns(Entry.uuid)))
    for holder in holders():
        uuids += holder.due(names, before, most)
    return uuids[:most]


def due_of_unknown_kind(at: datetime, most: int) -> list[UUID]:
    """The stored entries of kinds that are unknown to this version."""
    before = at - timedelta(days=UNKNOWN_DAYS)
    return [uuid for holder in holders() for uuid in holder.due(None, before, most)]


def find(record: str) -> Found | None:
    """The record with a receipt number or uuid, applied or not; None if there is none."""
    uuid = _uuid(record)
    if uuid is None:
        return None
    entry = db.session.scalars(select(Entry).where(Entry.uuid == uuid)).one_or_none()
    held = {arrival for holder in holders() for arrival in holder.kinds_of([uuid]).values()}
    if entry is None and not held:
        return None
    name, received_at = (entry.kind, entry.received_at) if entry else min(held, key=lambda pair: pair[1])
    kind, versions = purging.kind_of(name), purging.versions_of(uuid)
    along = tuple(kind.along(uuid)) if kind else ()
    named = [*versions, *along]
    photos = select(func.count()).where(Photo.entry_uuid.in_(named))
    copies = select(func.count()).where(EntryConflict.uuid.in_(named))
    counted = {"photos": db.session.scalar(photos) or 0, "copies": db.session.scalar(copies) or 0}
    return Found(uuid, name, received_at, len(versions), along=along, **counted)


def _uuid(record: str) -> UUID | None:
    record = record.strip()
    if record.isascii() and record.isdecimal() and len(record) < 16:
        return db.session.scalar(select(Entry.uuid).where(Entry.seq == int(record)))
    try:
        return UUID(record)
    except ValueError:
        return None


def runs(_reach: Reach, _filters: dict[str, Any]) -> Select[Any]:
    """Every run."""
    return select(PurgeRun)


def find_run(run_id: UUID) -> PurgeRun | None:
    return db.session.get(PurgeRun, run_id)


def is_whole(run: PurgeRun) -> bool:
    """Whether the run's uuids are those at its end, and all of them are in the list outside the database."""
    uuids = set(db.session.scalars(select(PurgedEntry.uuid).where(PurgedEntry.run_id == run.id)))
    return run.digest == purging.digest_of(run.id) and uuids <= purge_list.read(purge_list.path()).keys()
