from datetime import UTC, datetime, timedelta

import pytest

from tests.support.working import run_due
from webapp.kernel import clock, jobs


@pytest.fixture
def declare(app, monkeypatch):
    """The application with no jobs but those that a test declares."""
    declared = {}
    monkeypatch.setitem(app.extensions, "frontline.jobs", declared)

    def declare(name, every, run, hour=None):
        declared[name] = jobs.Job(name, name, every, run, hour)

    with app.app_context():
        yield declare


def test_a_job_runs_when_due_and_not_before(declare):
    ran = []
    declare("count", timedelta(minutes=10), ran.append)
    at = clock.now()
    for minutes in (0, 9, 10, 19):
        run_due(at + timedelta(minutes=minutes))
    assert ran == [at, at + timedelta(minutes=10)]


def test_a_failing_job_does_not_stop_the_others(declare):
    def fail(at):
        raise ZeroDivisionError

    declare("bad", timedelta(minutes=1), fail)
    declare("good", timedelta(minutes=1), lambda at: 7)
    assert run_due(clock.now()) == [("bad", "failed"), ("good", "7")]


NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)  # in Asia/Shanghai


def fail(_at):
    raise ZeroDivisionError


def test_a_clock_that_was_ahead_does_not_stop_the_work(declare):
    ran = []
    declare("count", timedelta(days=1), ran.append)
    run_due(NOON + timedelta(days=365))
    for minutes in (0, 30):
        run_due(NOON + timedelta(minutes=minutes))
    assert ran == [NOON + timedelta(days=365), NOON]


def test_hosts_whose_clocks_differ_a_little_do_not_repeat_the_work(declare):
    ran = []
    declare("count", timedelta(days=1), ran.append)
    run_due(NOON)
    run_due(NOON - timedelta(minutes=4))
    assert ran == [NOON]


def test_a_failure_is_tried_again_later_and_later_until_it_succeeds(declare):
    tried, works = [], []

    def sometimes(at):
        tried.append(at - NOON)
        if not works:
            raise ZeroDivisionError

    declare("daily", timedelta(days=1), sometimes)
    for minutes in range(9):
        run_due(NOON + timedelta(minutes=minutes))
    assert tried == [timedelta(minutes=minutes) for minutes in (0, 1, 3, 7)]
    works.append(True)
    for minutes in (14, 15, 16, 17):
        run_due(NOON + timedelta(minutes=minutes))
    assert tried[4:] == [timedelta(minutes=15)]


def test_what_a_killed_host_left_is_taken_up_when_its_lease_ends(declare):
    ran = []

    def killed(_at):
        raise SystemExit

    declare("daily", timedelta(days=1), killed)
    with pytest.raises(SystemExit):
        run_due(NOON)
    declare("daily", timedelta(days=1), ran.append)
    for minutes in (1, 30, 31, 32):
        run_due(NOON + timedelta(minutes=minutes))
    assert ran == [NOON + timedelta(minutes=31)]


def test_work_of_the_night_is_done_at_its_hour_of_the_district(declare):
    ran = []
    declare("nightly", timedelta(days=1), ran.append, hour=2)
    two = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)  # 02:00 of the 28th in Asia/Shanghai
    for at in (NOON, two - timedelta(minutes=1), two, two + timedelta(hours=10), two + timedelta(hours=24)):
        run_due(at)
    assert ran == [NOON, two, two + timedelta(hours=24)]


def test_a_failed_job_and_a_late_one_are_told(declare):
    declare("bad", timedelta(minutes=10), fail)
    declare("good", timedelta(minutes=10), lambda at: 7)
    run_due(NOON)
    assert [(run.name, run.state) for run in jobs.unwell(NOON)] == [("bad", "failed")]
    late = NOON + timedelta(hours=2, minutes=10)
    assert [(run.name, run.state) for run in jobs.unwell(late)] == [("bad", "failed"), ("good", "late")]


def test_a_fault_that_a_job_found_is_remembered_in_its_words(declare, caplog):
    def find(_at):
        raise jobs.Fault("3 faults: balance of X")

    declare("verify", timedelta(days=1), find)
    assert run_due(NOON) == [("verify", "3 faults: balance of X")]
    assert [run.state for run in jobs.unwell(NOON)] == ["failed"]
    assert "Traceback" not in caplog.text
