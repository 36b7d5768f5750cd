"""Periodic work: features declare it, `./frontline jobs` runs what is due, one place at a time.

A job's claim is a conditional UPDATE of its row, so two runners do not do the same work twice.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model, db
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.database import insert_ignoring, transaction

log = logging.getLogger(__name__)


class JobRun(Model):
    """When a job last began and last finished, and what it said."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    every: timedelta
    run: Callable[[datetime], object]


_jobs: dict[str, Job] = {}


def register(name: str, every: timedelta, run: Callable[[datetime], object]) -> None:
    """`run(at)` does the work in its own transactions and may give a short text or number to remember."""
    _jobs[name] = Job(name, every, run)


def run_due(at: datetime) -> list[tuple[str, str]]:
    """Run what is due; a failing job is logged and does not stop the others. Gives (name, what it said)."""
    done: list[tuple[str, str]] = []
    for job in _jobs.values():
        if not _claim(job, at):
            continue
        try:
            said = str(job.run(at))
        except Exception:
            log.exception("job %s failed", job.name)
            db.session.rollback()
            said = "failed"
        with transaction() as session:
            session.execute(update(JobRun).where(JobRun.name == job.name).values(finished_at=at, said=said[:200]))
        done.append((job.name, said))
    return done


def runs() -> list[JobRun]:
    return list(db.session.scalars(select(JobRun).order_by(JobRun.name)))


def _claim(job: Job, at: datetime) -> bool:
    is_due = or_(JobRun.began_at.is_(None), JobRun.began_at <= at - job.every)
    with transaction() as session:
        insert_ignoring(JobRun, {"name": job.name}, ["name"])
        claimed = session.execute(update(JobRun).where(JobRun.name == job.name, is_due).values(began_at=at))
        return bool(claimed.rowcount)  # type: ignore[attr-defined]
