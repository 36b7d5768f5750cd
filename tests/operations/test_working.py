"""Every job in a process of its own: one that hangs stops nobody, and is ended."""

import os
import threading
from datetime import timedelta

import pytest

from tests.operations.test_serving import wait_for_the_end_of
from tests.support.reading import words_of
from webapp.kernel import clock, jobs
from webapp.kernel.database import transaction
from webapp.operations.working import Crew

# The workers of pytest have threads; the process of the jobs has none.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
NOW = timedelta()


def hang(_at):
    threading.Event().wait()


@pytest.fixture
def declare(app, monkeypatch):
    """The application with no jobs but those that a test declares."""
    declared = {}
    monkeypatch.setitem(app.extensions, "frontline.jobs", declared)

    def declare(name, run, limit=jobs.LIMIT):
        declared[name] = jobs.Job(name, name, timedelta(minutes=1), run, limit=limit)
        return declared[name]

    return declare


@pytest.fixture
def crew(app):
    crew = Crew(app)
    yield crew
    crew.close()


@pytest.fixture
def pipe():
    """Where a job writes and the test reads."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def unwell(app, at=None):
    with app.app_context():
        return [(run.name, run.state, run.result) for run in jobs.unwell(at or clock.now())]


def test_a_job_that_hangs_does_not_stop_the_others(app, declare, crew, pipe):
    declare("hangs", hang)
    declare("works", lambda _at: os.write(pipe[1], b"done"))
    crew.begin()
    assert os.read(pipe[0], 4) == b"done"
    assert "hangs" in crew.under_way


def test_a_job_is_ended_at_its_limit_and_shown_as_late_until_it_succeeds(app, declare, crew):
    declare("hangs", hang, limit=NOW)
    declare("works", lambda _at: 7)
    crew.do_due()
    assert crew.under_way == []
    assert unwell(app) == [("hangs", "late", "超过 0 分钟没有做完，已停止")]
    job = declare("hangs", lambda _at: 7)
    with app.app_context():
        jobs.run(job, clock.now())
    assert unwell(app) == []


def test_a_job_below_its_limit_goes_on(declare, crew):
    declare("hangs", hang)
    crew.begin()
    crew.look()
    assert crew.under_way == ["hangs"]


def test_a_job_that_hangs_in_a_transaction_lets_the_others_write_once_it_is_ended(app, declare, crew, pipe):
    def hold(at):
        with transaction():
            os.write(pipe[1], b"held")
            hang(at)

    declare("holds", hold, limit=NOW)
    crew.begin()
    assert os.read(pipe[0], 4) == b"held"
    crew.look()  # ends it, and writes down that it did
    assert [name for name, *_ in unwell(app)] == ["holds"]


def test_a_job_whose_process_ends_by_itself_has_failed(app, declare, crew):
    declare("dies", lambda _at: os._exit(9))
    crew.do_due()
    assert unwell(app) == [("dies", "failed", None)]


def test_a_job_whose_host_says_nothing_any_more_is_late_from_the_end_of_its_lease(app, declare):
    job = declare("hangs", hang)
    at = clock.now()
    with app.app_context():
        jobs.claim_due(at)
    assert unwell(app, at + job.lease - timedelta(seconds=1)) == []
    assert unwell(app, at + job.lease) == [("hangs", "late", None)]


def test_a_job_ends_with_its_runner(app, declare, pipe):
    declare("hangs", lambda at: (os.write(pipe[1], b"%9d" % os.getpid()), hang(at)))
    runner = os.fork()
    if runner == 0:
        Crew(app).begin()
        hang(None)
    job = int(os.read(pipe[0], 9))
    os.kill(runner, 9)
    os.waitpid(runner, 0)
    wait_for_the_end_of([job])


def test_administrators_are_told_of_a_job_that_was_ended(app, declare, crew, administrator):
    declare("hangs", hang, limit=NOW)
    crew.do_due()
    assert "没有按时运行 · 超过 0 分钟没有做完，已停止" in words_of(administrator.get("/system"))
    assert "定时工作没有按时运行 hangs" in words_of(administrator.get("/tasks"))
