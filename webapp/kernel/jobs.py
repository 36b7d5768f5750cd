"""Periodic jobs, declared by features and run by one host at a time (`webapp.operations.working`).

A runner claims a job by a conditional UPDATE that takes a lease, so that two runners never do the same work. The work
of a killed host is claimed again when its lease ends. A failed job is retried before its next turn.
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
from webapp.kernel.database import transaction
from webapp.kernel.faultlog import log_fault
from webapp.kernel.insertions import insert_ignoring

log = logging.getLogger(__name__)
LIMIT = timedelta(minutes=30)  # the longest run
GRACE = timedelta(minutes=1)  # of its lease beyond the limit, for ending it
RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
LATE = timedelta(hours=2)  # after its turn
FAILED = "failed"  # the result of a run that ended in an unexpected error
OVERTIME = "overtime"  # the result of a run that was ended at its time limit
_SKEW = timedelta(minutes=5)  # between the clocks of two hosts


class Fault(Exception):
    """Raised by a job that detects a problem: the run has failed and its message is shown, without a traceback."""


class JobRun(Model):
    """When a job last began and finished, with its `result`. `failures` counts consecutive failures."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column("said", String(200))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: not running
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)


Words = Sequence[tuple[str, Any]]  # a pattern with named groups, and the sentence it becomes
_COUNTED: Words = ((r"(?P<n>\d+)", _l("处理 %(n)s 项")),)


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job. `run(at)` works in its own transactions and may return a short text or number as its result.

    A job with an `hour` runs daily, not before that hour of the district's day. `words` translate its results and the
    messages of its Faults. A run that takes longer than `limit` is ended.
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
        """The time during which no other runner claims the job."""
        return self.limit + GRACE

    def due_since(self, at: datetime) -> datetime:
        """The job is due if its last run began at this moment or earlier."""
        if self.hour is None:
            return at - self.every
        local = at.astimezone(zone())
        turn = local.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return (turn if turn <= local else turn - timedelta(days=1)) - timedelta(microseconds=1)


all_jobs: Contribution[dict[str, Job]] = Contribution("jobs")


def claim_due(at: datetime) -> list[Job]:
    """Claim the jobs that are due: nobody else runs them until their leases end."""
    return [job for job in all_jobs().values() if _claim(job, at)]


def run(job: Job, at: datetime) -> str:
    """Run a claimed job and store its result, which is returned; a failure is logged."""
    try:
        result = str(job.run(at))
    except Exception as error:
        db.session.rollback()
        result = _result_of(job, error)
        fail(job, at, result)
        return result
    _finish(job, at, result, retry_at=None, failures=0)
    return result


def fail(job: Job, at: datetime, result: str) -> None:
    """Store the failure of a claimed job, which will be tried again."""
    failures = (db.session.scalar(select(JobRun.failures).where(JobRun.name == job.name)) or 0) + 1
    wait = min(RETRY * 2 ** min(failures - 1, 10), LONGEST_RETRY)
    _finish(job, at, result, retry_at=at + wait, failures=failures)


def _finish(job: Job, at: datetime, result: str, **values: object) -> None:
    with transaction() as session:
        finished = values | {"lease_until": None, "finished_at": at, "result": result[:200]}
        session.execute(update(JobRun).where(JobRun.name == job.name).values(**finished))


def last_results(done: Sequence[Job]) -> list[tuple[str, str | None]]:
    """The name and the last result of each job, untranslated."""
    results = {row.name: row.result for row in db.session.scalars(select(JobRun))}
    return [(job.name, results.get(job.name)) for job in done]


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of a job; `state` is None, "failed" or "late"; `result` is in the reader's language."""

    name: str
    label: Any
    began_at: datetime | None
    result: str | None
    state: str | None


def runs(at: datetime) -> list[Run]:
    """All jobs by name, including those that never ran."""
    rows = {row.name: row for row in db.session.scalars(select(JobRun))}
    listed = []
    for job in sorted(all_jobs().values(), key=lambda job: job.name):
        row = rows.get(job.name) or JobRun(name=job.name, failures=0)
        listed.append(Run(job.name, job.label, row.began_at, _in_words(job, row.result), _state(job, row, at)))
    return listed


def _in_words(job: Job, result: str | None) -> str | None:
    """A job's result, translated if a pattern matches it, else as it is; None for a failure without a message."""
    if result in (None, FAILED):
        return None
    if result == OVERTIME:
        return str(_l("超过 %(n)s 分钟没有做完，已停止", n=job.limit // timedelta(minutes=1)))
    matches = ((re.fullmatch(pattern, result, re.DOTALL), words) for pattern, words in (*job.words, *_COUNTED))
    return next((str(words) % match.groupdict() for match, words in matches if match), result)


def unwell(at: datetime) -> list[Run]:
    """The jobs that failed last time or are late. A job that never ran is not late."""
    return [run for run in runs(at) if run.state]


def _state(job: Job, row: JobRun, at: datetime) -> str | None:
    is_hung = row.lease_until is not None and row.lease_until <= at
    if is_hung or (row.failures and row.result == OVERTIME):
        return "late"
    if row.failures:
        return "failed"
    is_late = row.began_at is not None and row.began_at <= job.due_since(at) - LATE
    return "late" if is_late else None


def _result_of(job: Job, error: Exception) -> str:
    if isinstance(error, Fault):
        log.error("job %s: %s", job.name, error)
        return str(error)
    log_fault(log, f"job {job.name} failed", error)
    return FAILED


def _claim(job: Job, at: datetime) -> bool:
    with transaction() as session:
        insert_ignoring(JobRun, {"name": job.name, "failures": 0}, ["name"])
        free = or_(JobRun.lease_until.is_(None), JobRun.lease_until <= at, JobRun.lease_until > at + job.lease)
        claim = update(JobRun).where(JobRun.name == job.name, free, _is_due(job, at))
        claimed = session.execute(claim.values(began_at=at, lease_until=at + job.lease))
        return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _is_due(job: Job, at: datetime) -> ColumnElement[bool]:
    """Due by its interval, by a retry, by the expired lease of a killed host, or by a start time in the future."""
    failed = JobRun.failures > 0
    return or_(
        JobRun.began_at.is_(None),
        and_(~failed, JobRun.began_at <= job.due_since(at)),
        JobRun.began_at > at + _SKEW,
        and_(failed, or_(JobRun.retry_at <= at, JobRun.retry_at > at + LONGEST_RETRY)),
        JobRun.lease_until <= at,
    )
