"""Purges records at the end of their retention period, one on request, and those restored from a backup."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from webapp.district import queries as district
from webapp.extensions import db
from webapp.kernel import clock, purge_list, purging, space
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.faultlog import log_fault
from webapp.kernel.jobs import Fault
from webapp.kernel.kinds import kinds
from webapp.kernel.numbers import next_number
from webapp.kernel.spreadsheets import previews
from webapp.kernel.tombstones import REQUEST, RESTORE, UNKNOWN, PurgeRun, is_purged
from webapp.retention import queries

log = logging.getLogger(__name__)
SERIES = "QC"
BATCH = 50  # entries in one transaction: others write between two
MOST_OF_A_NIGHT = 20_000
MOST_FAILED = 200  # of one rule: beyond that something is wrong with all of them
LEFT_AFTER = timedelta(hours=1)

Due = Callable[[int], Iterable[UUID]]  # what is past its time, at most so many


def purge_due(at: datetime) -> str:
    """The work of a night: every rule for what is past its time. Gives how many entries; raises Fault for those that
    could not be purged, after all others.
    """
    purge_again(at)  # a database may have been put back by other means than `restore`
    _end_left(at)
    previews.sweep(at)
    done = failed = 0
    for rule in queries.rules(at):
        before = at - timedelta(days=rule.days)
        purged, missed = _run(rule.keeps.name, rule.days, _due(rule.kinds, before), at, MOST_OF_A_NIGHT - done)
        done, failed = done + purged, failed + missed
    unknown = _run(UNKNOWN, None, lambda most: queries.due_of_unknown_kind(at, most), at, MOST_OF_A_NIGHT - done)
    done, failed = done + unknown[0], failed + unknown[1]
    if failed:
        raise Fault(f"{failed} entries could not be purged, {done} were")
    return f"{done} entries"


def _due(names: Collection[str], before: datetime) -> Due:
    return lambda most: queries.due(tuple(names), before, most)


def _run(rule: str, days: int | None, due: Due, at: datetime, most: int) -> tuple[int, int]:
    """Purge the entries of one rule in batches; returns how many, and how many failed. No entries: no run."""
    done, skipped = 0, set[UUID]()
    run_id: UUID | None = None
    while done < most and len(skipped) < MOST_FAILED:
        batch = [uuid for uuid in due(BATCH + len(skipped)) if uuid not in skipped][:BATCH]
        if not batch:
            break
        run_id = run_id or _begin(rule, at, days=days)
        failed = _purge_batch(batch, run_id, at)
        skipped |= failed
        done += len(batch) - len(failed)
    if run_id:
        _end(run_id, at, failed=len(skipped))
    return done, len(skipped)


def _purge_batch(batch: list[UUID], run_id: UUID, at: datetime) -> set[UUID]:
    """Purge a batch; if that fails, one by one, so that one does not block the others. Returns those that failed."""
    try:
        purging.purge(batch, run_id, by=None, at=at)
        return set()
    except OperationalError:
        raise  # the database cannot work now: the job is tried again
    except Exception as error:
        if len(batch) == 1:
            log_fault(log, f"entry {batch[0]} could not be purged", error)
            return set(batch)
    return set().union(*(_purge_batch([uuid], run_id, at) for uuid in batch))


def purge_one(record: str, reason: str, *, by: Actor, at: datetime) -> UUID:
    """Purge one record at once, with all its versions and what is about the same person; gives the run.

    Raises Refusal `purge-not-found` (404), `purge-done`.
    """
    target = queries.find(record)
    if target is None:
        raise Refusal("purge-not-found", 404, field="record")
    if is_purged(target.uuid):
        raise Refusal("purge-done", field="record")
    run_id = _begin(REQUEST, at, by=by, reason=reason)
    purging.purge([target.uuid, *target.along], run_id, by=by, at=at)
    _end(run_id, at)
    return run_id


def purge_again(at: datetime) -> int:
    """Purge what the list outside the database names and this database does not know as purged; gives how many.

    A restored backup is of before: nobody is served until this is done.
    """
    missing = sorted(purge_list.missing())
    if missing:
        run_id = _begin(RESTORE, at)
        for first in range(0, len(missing), BATCH):
            purging.purge(missing[first : first + BATCH], run_id, by=None, at=at)
        _end(run_id, at)
    purge_list.write()
    return len(missing)


def _begin(
    rule: str, at: datetime, *, days: int | None = None, by: Actor | None = None, reason: str | None = None
) -> UUID:
    with transaction() as session:
        number = next_number(SERIES, clock.district_day(at))
        run = PurgeRun(id=uuid4(), number=number, rule=rule, days=days, began_at=at, counts={}, reason=reason)
        run.by_id = by.id if by else None
        session.add(run)
        return run.id


def _end(run_id: UUID, at: datetime, *, failed: int = 0) -> None:
    """Write the list, free the space, and store the facts of the certificate in the run."""
    purge_list.write()
    room, digest = space.clear(_tables()), purging.digest_of(run_id)
    until = clock.district_day(at) + timedelta(days=district.backup_days())
    with transaction() as session:
        run = session.get_one(PurgeRun, run_id)
        run.ended_at, run.failed, run.space, run.digest, run.backups_until = at, failed, room, digest, until


def _end_left(at: datetime) -> None:
    """End the unfinished runs of a killed process."""
    for run_id in db.session.scalars(
        select(PurgeRun.id).where(PurgeRun.ended_at.is_(None), PurgeRun.began_at < at - LEFT_AFTER)
    ).all():
        _end(run_id, at)


def _tables() -> set[str]:
    own = {"entry", "entry_conflict", "journal", "photo", "envelope", "envelope_photo", "import_preview"}
    return own | {part.model.__tablename__ for kind in kinds().values() for part in kind.empties}
