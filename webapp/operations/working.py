"""Runs periodic jobs, each in a process of its own: one that hangs is ended at its time limit while others run on.

A process, not a thread: only a process can be ended from outside, and what it holds (the write lock, a connection) goes
with it.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from flask import Flask

from webapp.extensions import db
from webapp.kernel import clock, jobs

log = logging.getLogger(__name__)
_FORK = multiprocessing.get_context("fork")  # the application is already loaded
_ORPHANED_S = 1.0  # after which a job notices that its runner is gone
_LOOKED_AT_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class _Run:
    job: jobs.Job
    process: BaseProcess
    ends_at: float  # seconds of the monotonic clock


class Crew:
    """The running jobs in child processes. The process itself has no database connection and no threads."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._runs: list[_Run] = []

    @property
    def under_way(self) -> list[str]:
        """The names of the running jobs."""
        return [run.job.name for run in self._runs]

    def do_due(self) -> list[jobs.Job]:
        """Run the jobs that are due and wait until all have ended; returns them."""
        claimed = self.begin()
        while self._runs:
            self._runs[0].process.join(_LOOKED_AT_EVERY_S)
            self.look()
        return claimed

    def begin(self) -> list[jobs.Job]:
        """Claim and start the jobs that are due."""
        at = clock.now()
        with self._app.app_context():
            claimed = jobs.claim_due(at)
            _let_go()
        for job in claimed:
            process = _FORK.Process(target=_work, args=(self._app, job, os.getpid()), name=job.name, daemon=True)
            process.start()
            self._runs.append(_Run(job, process, time.monotonic() + job.limit.total_seconds()))
        return claimed

    def look(self) -> None:
        """End the jobs beyond their limit and store failures. Does not block."""
        for run in list(self._runs):
            if run.process.is_alive():
                if time.monotonic() < run.ends_at:
                    continue
                run.process.kill()
                run.process.join()
                result = jobs.OVERTIME
            else:
                result = jobs.FAILED if run.process.exitcode else ""
            self._runs.remove(run)
            if result:
                self._remember(run, result)

    def close(self) -> None:
        """End all jobs; they can be claimed again when their leases end."""
        for run in self._runs:
            run.process.kill()
            run.process.join()

    def _remember(self, run: _Run, result: str) -> None:
        log.error("job %s: %s, exit code %s", run.job.name, result, run.process.exitcode)
        with self._app.app_context():
            jobs.fail(run.job, clock.now(), result)
            _let_go()


def _let_go() -> None:
    """Close the inherited connections, which processes must not share."""
    db.session.remove()
    db.engine.dispose()


def _work(app: Flask, job: jobs.Job, runner: int) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    threading.Thread(target=_end_with, args=(runner,), daemon=True).start()
    with app.app_context():
        jobs.run(job, clock.now())


def _end_with(runner: int) -> None:
    while os.getppid() == runner:
        time.sleep(_ORPHANED_S)
    os._exit(1)
