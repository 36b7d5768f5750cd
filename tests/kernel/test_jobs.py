from datetime import timedelta

import pytest

from webapp.kernel import clock, jobs


@pytest.fixture(autouse=True)
def _context(app, monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})
    with app.app_context():
        yield


def test_a_job_runs_when_due_and_not_before():
    ran = []
    jobs.register("count", timedelta(minutes=10), ran.append)
    at = clock.now()
    for minutes in (0, 9, 10, 19):
        jobs.run_due(at + timedelta(minutes=minutes))
    assert ran == [at, at + timedelta(minutes=10)]


def test_a_failing_job_does_not_stop_the_others():
    def fail(at):
        raise ZeroDivisionError

    jobs.register("bad", timedelta(minutes=1), fail)
    jobs.register("good", timedelta(minutes=1), lambda at: 7)
    assert jobs.run_due(clock.now()) == [("bad", "failed"), ("good", "7")]
