"""Periodic work: features declare it, one host at a time does what is due (`webapp.operations.working` runs it).

A job's claim is a conditional UPDATE of its row that takes a lease, so two runners do not do the same work twice, and
what a killed host left is taken up when its lease ends. A failure is tried again sooner than the next turn.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model, db
from webapp.kernel.clock import zone
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.contributions import Contribution
from webapp.kernel.database import insert_ignoring, transaction
from webapp.kernel.faultlog import log_fault

log = logging.getLogger(__name__)
LIMIT = timedelta(minutes=30)  # that a run may take
GRACE = timedelta(minutes=1)  # of its lease beyond that, to end it
RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
LATE = timedelta(hours=2)  # beyond its turn
FAILED = "failed"  # what is remembered of a run that ended in an error of ours
OVERTIME = "overtime"  # of a run that was ended at its time limit
_SKEW = timedelta(minutes=5)  # between the clocks of two hosts


class Fault(Exception):
    """What a job found wrong, in plain words: it counts as failed and is shown, without a traceback."""


class JobRun(Model):
    """When a job last began and last finished, and what it said. `failures` counts those in a row."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: nobody is at it
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)


Words = Sequence[tuple[str, Any]]  # a pattern with named groups, and the sentence it becomes
_COUNTED: Words = ((r"(?P<n>\d+)", _l("处理 %(n)s 项")),)


@dataclass(frozen=True, slots=True)
class Job:
    """`run(at)` does the work in its own transactions and may give a short text or number to remember. `hour`: not
    before this hour of the district's day, for work of the night; `every` is a day then. `words` say in the reader's
    language what it may give or find wrong. A run that takes longer than `limit` is ended.
    """

    name: str
    label: Any
    every: timedelta
    run: Callable[[datetime], object]
    hour: int | None = None
    words: Words = ()
    limit: timedelta = LIMIT

    @property
    def lease(self) -> timedelta:
        """How long nobody else takes up a run."""
        return self.limit + GRACE

    def due_since(self, at: datetime) -> datetime:
        """A run that began at this moment or before is followed by another one now."""
        if self.hour is None:
            return at - self.every
        local = at.astimezone(zone())
        turn = local.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return (turn if turn <= local else turn - timedelta(days=1)) - timedelta(microseconds=1)


all_jobs: Contribution[dict[str, Job]] = Contribution("jobs")


def claim_due(at: datetime) -> list[Job]:
    """What is due, claimed for whoever calls: nobody else runs it until its lease ends."""
    return [job for job in all_jobs().values() if _claim(job, at)]


def run(job: Job, at: datetime) -> str:
    """Do a claimed job and remember what it said; a failing one is logged."""
    try:
        said = str(job.run(at))
    except Exception as error:
        db.session.rollback()
        said = _told(job, error)
        fail(job, at, said)
        return said
    _finish(job, at, said, retry_at=None, failures=0)
    return said


def fail(job: Job, at: datetime, said: str) -> None:
    """Remember that a claimed job did not succeed; it is tried again."""
    failures = (db.session.scalar(select(JobRun.failures).where(JobRun.name == job.name)) or 0) + 1
    wait = min(RETRY * 2 ** min(failures - 1, 10), LONGEST_RETRY)
    _finish(job, at, said, retry_at=at + wait, failures=failures)


def _finish(job: Job, at: datetime, said: str, **values: object) -> None:
    with transaction() as session:
        finished = values | {"lease_until": None, "finished_at": at, "said": said[:200]}
        session.execute(update(JobRun).where(JobRun.name == job.name).values(**finished))


def remembered(done: Sequence[Job]) -> list[tuple[str, str | None]]:
    """What each of these said last, as it was said."""
    found = {row.name: row.said for row in db.session.scalars(select(JobRun))}
    return [(job.name, found.get(job.name)) for job in done]


@dataclass(frozen=True, slots=True)
class Run:
    """How a job last went; `state` is None, "failed" or "late"; `said` is in the language of whoever reads it."""

    name: str
    label: Any
    began_at: datetime | None
    said: str | None
    state: str | None


def runs(at: datetime) -> list[Run]:
    """All jobs in the order of their names, also those that never ran."""
    rows = {row.name: row for row in db.session.scalars(select(JobRun))}
    told = []
    for job in sorted(all_jobs().values(), key=lambda job: job.name):
        row = rows.get(job.name) or JobRun(name=job.name, failures=0)
        told.append(Run(job.name, job.label, row.began_at, _in_words(job, row.said), _state(job, row, at)))
    return told


def _in_words(job: Job, said: str | None) -> str | None:
    """What a job said, translated; as it is where no pattern knows it; nothing for a failure without words."""
    if said in (None, FAILED):
        return None
    if said == OVERTIME:
        return str(_l("超过 %(n)s 分钟没有做完，已停止", n=job.limit // timedelta(minutes=1)))
    found = ((re.fullmatch(pattern, said, re.DOTALL), words) for pattern, words in (*job.words, *_COUNTED))
    return next((str(words) % match.groupdict() for match, words in found if match), said)


def unwell(at: datetime) -> list[Run]:
    """Those that failed last time or are late. A job that never ran is not late."""
    return [run for run in runs(at) if run.state]


def _state(job: Job, row: JobRun, at: datetime) -> str | None:
    is_hung = row.lease_until is not None and row.lease_until <= at
    if is_hung or (row.failures and row.said == OVERTIME):
        return "late"
    if row.failures:
        return "failed"
    is_late = row.began_at is not None and row.began_at <= job.due_since(at) - LATE
    return "late" if is_late else None


def _told(job: Job, error: Exception) -> str:
    if isinstance(error, Fault):
        log.error("job %s: %s", job.name, error)
        return str(error)
    log_fault(log, f"job {job.name} failed", error)
    return FAILED


def _claim(job: Job, at: datetime) -> bool:
    with transaction() as session:
        insert_ignoring(JobRun, {"name": job.name, "failures": 0}, ["name"])
        free = or_(JobRun.lease_until.is_(None), JobRun.lease_until <= at, JobRun.lease_until > at + job.lease)
        wanted = update(JobRun).where(JobRun.name == job.name, free, _is_due(job, at))
        claimed = session.execute(wanted.values(began_at=at, lease_until=at + job.lease))
        return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _is_due(job: Job, at: datetime) -> ColumnElement[bool]:
    """Its turn, a retry, what a killed host left unfinished, or a moment of a clock that was ahead."""
    failed = JobRun.failures > 0
    return or_(
        JobRun.began_at.is_(None),
        and_(~failed, JobRun.began_at <= job.due_since(at)),
        JobRun.began_at > at + _SKEW,
        and_(failed, or_(JobRun.retry_at <= at, JobRun.retry_at > at + LONGEST_RETRY)),
        JobRun.lease_until <= at,
    )
