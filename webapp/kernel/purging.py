"""Removes all personal data of entries: from records, contents, copies, envelopes, photos and blind indexes.

Rows, verdicts and amounts stay, so that figures do not change. The key of an entry's hash is deleted with its content:
the remaining hash reveals nothing. Each batch is one transaction; its files are deleted after the commit. Each entry
leaves a tombstone.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from webapp.extensions import db
from webapp.kernel import journal, media
from webapp.kernel.access import Actor
from webapp.kernel.columns import emptied
from webapp.kernel.database import retried, transaction
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.insertions import insert_ignoring
from webapp.kernel.journal import JournalRow
from webapp.kernel.kinds import Kind, kinds
from webapp.kernel.media import Photo
from webapp.kernel.records import CORRECTION, VOIDING
from webapp.kernel.retention import holders
from webapp.kernel.tombstones import PurgedEntry, PurgeRun, hold_entry

EMPTY = "{}"


@dataclass(slots=True)
class Purge:
    """The result of a batch."""

    kinds: dict[UUID, str] = field(default_factory=dict)
    received: list[datetime] = field(default_factory=list)
    photos: int = 0
    copies: int = 0
    files: list[Path] = field(default_factory=list)


def purge(uuids: Iterable[UUID], run_id: UUID, *, by: Actor | None, at: datetime) -> Purge:
    """Purge entries with all versions of their records, and count them in their run. Purged entries are skipped.

    Unknown entries get a tombstone too, since a device may still deliver them.
    """
    named = sorted(set(uuids))
    done = retried(lambda: _purge(named, run_id, by=by, at=at))
    for path in done.files:  # a file that a crash leaves is named by no row: the nightly sweep takes it
        path.unlink(missing_ok=True)
    return done


def _purge(named: Sequence[UUID], run_id: UUID, *, by: Actor | None, at: datetime) -> Purge:
    with transaction() as session:
        roots = sorted(_roots(named))
        for uuid in roots:
            hold_entry(uuid)
        whole = sorted(_versions(roots))  # read again: a correction may have been quicker
        for uuid in set(whole) - set(roots):
            hold_entry(uuid)
        known = set(session.scalars(select(PurgedEntry.uuid).where(PurgedEntry.uuid.in_(whole))))
        fresh = [uuid for uuid in whole if uuid not in known]
        done = _empty(fresh)
        for uuid in fresh:
            kind = done.kinds[uuid]
            insert_ignoring(PurgedEntry, {"uuid": uuid, "kind": kind, "run_id": run_id, "at": at}, ["uuid"])
            journal.write("entry.purged", kind, uuid, by=by, at=at, run=str(run_id))
        _count(session.get_one(PurgeRun, run_id, with_for_update=True, populate_existing=True), done)
        return done


def _count(run: PurgeRun, done: Purge) -> None:
    run.counts = dict(Counter(run.counts) + Counter(done.kinds.values()))
    run.photos += done.photos
    run.copies += done.copies
    moments = [moment for moment in (run.first_at, run.last_at, *done.received) if moment]
    run.first_at, run.last_at = min(moments, default=None), max(moments, default=None)


def digest_of(run_id: UUID) -> str:
    """SHA-256 over the purged uuids of a run in order, one per line."""
    uuids = db.session.scalars(select(PurgedEntry.uuid).where(PurgedEntry.run_id == run_id))
    return hashlib.sha256("".join(f"{uuid}\n" for uuid in sorted(uuids)).encode("ascii")).hexdigest()


def kind_of(name: str) -> Kind | None:
    """The kind of an entry; for a correction, the kind of the corrected entry."""
    return kinds().get(name.removesuffix(CORRECTION).removesuffix(VOIDING))


def versions_of(uuid: UUID) -> set[UUID]:
    """All versions of an entry's record; the entry alone if it has no versions."""
    return _versions(sorted(_roots([uuid])))


def _roots(uuids: Sequence[UUID]) -> set[UUID]:
    """The first versions of the records that entries are versions of."""
    roots = set(uuids)
    for model in _recorded():
        for uuid, root in db.session.execute(select(model.id, model.record_id).where(model.id.in_(uuids))):
            roots = (roots - {uuid}) | {root}
    return roots


def _versions(roots: Sequence[UUID]) -> set[UUID]:
    """All versions of records, and the entries that have none."""
    versions = set(roots)
    for model in _recorded():
        versions |= set(db.session.scalars(select(model.id).where(model.record_id.in_(roots))))
    return versions


def _recorded() -> list[Any]:
    return [kind.record.model for kind in kinds().values() if kind.record]


def _empty(uuids: Sequence[UUID]) -> Purge:
    done = Purge()
    for holder in holders():
        for uuid, (kind, received_at) in holder.kinds_of(uuids).items():
            done.kinds[uuid] = kind
            done.received.append(received_at)
        held = holder.empty(uuids)
        done.copies += held.count
        done.files += held.files
    for entry in db.session.scalars(select(Entry).where(Entry.uuid.in_(uuids))).all():
        done.kinds[entry.uuid] = entry.kind
        done.received.append(entry.received_at)
    done.kinds |= {uuid: "-" for uuid in uuids if uuid not in done.kinds}
    _empty_records(done.kinds)
    _empty_entries(uuids, done)
    return done


def _empty_records(named: dict[UUID, str]) -> None:
    by_kind: dict[str, list[UUID]] = {}
    for uuid, name in named.items():
        by_kind.setdefault(name, []).append(uuid)
    for name, uuids in by_kind.items():
        kind = kind_of(name)
        for part in kind.empties if kind else ():
            if part.first:
                part.first(uuids)
            values = emptied(part.model.__table__, part.apart)
            _change(update(part.model).where(part.rows(uuids)).values(**values))


def _empty_entries(uuids: Sequence[UUID], done: Purge) -> None:
    _change(update(Entry).where(Entry.uuid.in_(uuids)).values(**emptied(Entry.__table__) | {"content": EMPTY}))
    copies = update(EntryConflict).where(EntryConflict.uuid.in_(uuids)).values(**emptied(EntryConflict.__table__))
    done.copies += _change(copies)
    keys = db.session.scalars(select(Photo.key).where(Photo.entry_uuid.in_(uuids))).all()
    done.files += [media.folder() / key for key in keys]
    done.photos = _change(delete(Photo).where(Photo.entry_uuid.in_(uuids)))
    _forget_reasons(uuids)


def _forget_reasons(uuids: Sequence[UUID]) -> None:
    """The reasons in journal rows about these records; those in the chain from before 0009 stay sealed."""
    about = JournalRow.subject_id.in_([str(uuid) for uuid in uuids]), JournalRow.private.is_not(None)
    rows = db.session.scalars(select(JournalRow).where(*about)).all()
    free = [row.seq for row in rows if row.private and "chained" not in json.loads(row.private)]
    _change(update(JournalRow).where(JournalRow.seq.in_(free)).values(private=None))


def _change(statement: Any) -> int:
    done: Any = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)
