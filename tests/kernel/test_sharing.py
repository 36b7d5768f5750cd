"""Works of several threads in one durable transaction: each gets what is its own, and only once it is committed."""

import threading
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text

from tests.support import masters
from tests.support.counting import counted
from webapp.extensions import db
from webapp.kernel import clock, journal, sharing
from webapp.kernel.database import connection, hold
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow
from webapp.kernel.sharing import in_shared_transaction
from webapp.kernel.unavailable import WriteBusy
from webapp.units.models import Unit
from webapp.units.rules import UnitKind


def add(code):
    """A unit with a row of the journal beside it."""
    row = {"code": code, "code_key": code.lower(), "name": code, "kind": UnitKind.BUREAU, "path": code}
    connection().execute(Unit.__table__.insert(), row)
    journal.write("test.added", "unit", code, by=None, at=clock.now())
    return code


def refused(code):
    add(code)
    raise Refusal("place-gone")


def broken(code):
    add(code)
    raise ZeroDivisionError(code)


@pytest.fixture
def crowd(app):
    """crowd(first, *others): the outcomes of works, in order. The first begins only when all others wait for it."""

    def crowd(first, *others):
        outcomes, inside, queue = {}, threading.Event(), app.extensions["frontline_sharing"]

        def run(number, work):
            with app.app_context():
                try:
                    outcomes[number] = in_shared_transaction(work, contends=True)
                except BaseException as error:
                    outcomes[number] = error

        def begin():
            if not inside.is_set():
                inside.set()
                reached(lambda: len(queue.waiting) == len(others))
            return first()

        threads = [threading.Thread(target=run, args=(0, begin))]
        threads[0].start()
        assert inside.wait(30)
        for number, work in enumerate(others, 1):
            threads.append(threading.Thread(target=run, args=(number, work)))
            threads[-1].start()
            reached(lambda number=number: number == len(others) or len(queue.waiting) == number)  # one after another
        for thread in threads:
            thread.join(60)
        return [outcomes[number] for number in range(len(threads))]

    return crowd


def reached(condition):
    """Wait for what other threads do."""
    never = threading.Event()
    for _look in range(3000):
        if condition():
            return
        never.wait(0.01)  # between two looks, not instead of one
    raise AssertionError("it never came")


def begun(statements):
    """How many write transactions there were: each writes its journal once, at its end."""
    return sum(one.startswith("INSERT INTO journal") for one in statements)


def codes(app):
    with app.app_context():
        noted = db.session.scalars(select(JournalRow.subject_id).where(JournalRow.action == "test.added")).all()
        return set(db.session.scalars(select(Unit.code))), sorted(noted)


def test_all_that_wait_are_written_with_one_commit(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 60.0)
    with counted(app) as statements:
        assert crowd(*[lambda n=n: add(f"U{n}") for n in range(4)]) == ["U0", "U1", "U2", "U3"]
    assert codes(app) == ({"U0", "U1", "U2", "U3"}, ["U0", "U1", "U2", "U3"])
    assert begun(statements) == 1


def test_after_a_while_the_next_transaction_begins(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 0.0)
    with counted(app) as statements:
        assert crowd(*[lambda n=n: add(f"U{n}") for n in range(3)]) == ["U0", "U1", "U2"]
    assert begun(statements) == 3


def test_a_refusal_takes_back_its_own_work_and_nothing_else(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 60.0)
    outcomes = crowd(lambda: add("U0"), lambda: refused("U1"), lambda: add("U2"), lambda: add("U0"), lambda: add("U3"))
    assert [type(one).__name__ for one in outcomes] == ["str", "Refusal", "str", "IntegrityError", "str"]
    assert codes(app) == ({"U0", "U2", "U3"}, ["U0", "U2", "U3"])


def test_whoever_begins_with_a_refusal_leaves_the_turn_to_the_next(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 60.0)
    outcomes = crowd(lambda: refused("U0"), lambda: add("U1"), lambda: add("U2"))
    assert [type(one).__name__ for one in outcomes] == ["Refusal", "str", "str"]
    assert codes(app) == ({"U1", "U2"}, ["U1", "U2"])


def test_a_mistake_of_ours_leaves_each_to_itself(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 60.0)
    outcomes = crowd(lambda: add("U0"), lambda: add("U1"), lambda: broken("U2"), lambda: add("U3"))
    assert [type(one).__name__ for one in outcomes] == ["str", "str", "ZeroDivisionError", "str"]
    assert codes(app) == ({"U0", "U1", "U3"}, ["U0", "U1", "U3"])


@pytest.mark.only_on("postgresql")
def test_a_lock_of_another_process_leaves_each_to_itself(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 60.0)
    with app.app_context():
        other = db.engine.connect().execution_options(isolation_level="READ COMMITTED")
        other.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('x', 0))"))
    calls = []

    def waits():
        calls.append("once more")
        if len(calls) == 2:
            other.rollback()
        hold("x")
        return add("U1")

    assert crowd(lambda: add("U0"), waits) == ["U0", "U1"]
    assert (len(calls), codes(app)[0]) == (2, {"U0", "U1"})
    other.close()


def test_nobody_is_answered_when_the_commit_fails(app, crowd, monkeypatch):
    monkeypatch.setattr(sharing, "HELD_S", 60.0)
    real, failed = db.session.commit, SimpleNamespace(left=1)

    def commit():
        if failed.left:
            failed.left -= 1
            raise OSError("the disk is gone")
        real()

    monkeypatch.setattr(db.session, "commit", commit)
    assert crowd(lambda: add("U0"), lambda: add("U1")) == ["U0", "U1"]
    assert codes(app) == ({"U0", "U1"}, ["U0", "U1"]), "each was written by its own thread, once"


def test_whoever_waits_too_long_is_told_and_nothing_of_theirs_is_written_later(app, monkeypatch):
    monkeypatch.setattr(sharing, "PATIENCE", 0.2)
    inside, let_go, outcomes = threading.Event(), threading.Event(), []

    def slow():
        inside.set()
        assert let_go.wait(30)
        return add("U0")

    def lead():
        with app.app_context():
            outcomes.append(in_shared_transaction(slow, contends=True))

    thread = threading.Thread(target=lead)
    thread.start()
    assert inside.wait(30)
    with app.app_context(), pytest.raises(WriteBusy):
        in_shared_transaction(lambda: add("U1"), contends=True)
    let_go.set()
    thread.join(60)
    assert outcomes == ["U0"]
    assert codes(app) == ({"U0"}, ["U0"])


def test_a_crowd_at_a_gate_is_recorded_once_each(app):
    masters.person(app, "spare", masters.Role.AUDITOR)
    start, outcomes = threading.Barrier(6), []

    def run(number):
        with app.app_context():
            start.wait(30)
            for step in range(10):
                outcomes.append(in_shared_transaction(lambda step=step: add(f"U{number}-{step}"), contends=True))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == len(outcomes) == 60
    queue = app.extensions["frontline_sharing"]
    assert (queue.is_led, len(queue.waiting)) == (False, 0)
