import contextlib
from datetime import date

import pytest
from sqlalchemy import insert, select, text

from tests.conftest import make_settings
from webapp import create_app
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.database import connection, locked, one_state, transaction
from webapp.kernel.numbers import DocumentNumber

DAY = date(2026, 11, 28)


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


@pytest.mark.only_on("sqlite")
def test_sqlite_is_set_up_to_keep_what_it_acknowledged(database, tmp_path):
    """In an application as it is put together: those of the tests do not wait for the disk."""
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}
    own = create_app(make_settings(tmp_path, f"sqlite:///{tmp_path}/own.db"))
    with own.app_context(), db.engine.connect() as connection:
        assert {name: connection.scalar(text(f"PRAGMA {name}")) for name in pragmas} == pragmas
        db.engine.dispose()


def test_an_exception_leaves_nothing_behind():
    def fails_halfway():
        with transaction():
            journal.write("test.done", "thing", 1, by=None, at=clock.now())
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_halfway()
    assert journal.unsealed() == 0


def test_the_connection_at_hand_begins_each_savepoint_and_ends_with_the_transaction():
    def note(number):
        values = {"series": f"S{number}", "day": DAY, "last": number}
        connection().execute(insert(DocumentNumber.__table__), values)

    for first in (1, 4):
        with transaction() as session:
            note(first)
            with contextlib.suppress(ZeroDivisionError), session.begin_nested():
                note(first + 1)
                raise ZeroDivisionError
            note(first + 2)
    kept = db.session.scalars(select(DocumentNumber.last).order_by(DocumentNumber.last)).all()
    assert kept == [1, 3, 4, 6]


def test_a_transaction_inside_another_is_a_mistake_of_ours():
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


def test_a_change_outside_a_transaction_is_a_mistake_of_ours():
    with pytest.raises(RuntimeError):
        journal.write("test.done", "thing", 1, by=None, at=clock.now())
    db.session.add(DocumentNumber(series="X", day=DAY, last=1))
    with pytest.raises(RuntimeError), transaction():
        pass
    db.session.rollback()


@pytest.mark.parametrize("statement", ["UPDATE journal SET action = 'x'", "DELETE FROM journal"])
def test_the_journal_cannot_be_rewritten_through_the_application(statement):
    with transaction():
        journal.write("test.done", "thing", 1, by=None, at=clock.now())
    with pytest.raises(Exception, match="append-only"), transaction() as session:
        session.execute(text(statement))
    assert journal.unsealed() == 1


@pytest.mark.only_on("postgresql")
def test_a_locked_row_is_as_it_stands_now_though_it_was_read_before_the_lock():
    """Somebody else's lock may have been waited for in between."""
    with transaction() as session:
        session.add(DocumentNumber(series="T", day=DAY, last=1))
    with transaction() as session:
        assert session.get_one(DocumentNumber, ("T", DAY)).last == 1
        with db.engine.begin() as another:
            another.execute(text("UPDATE document_number SET last = 2 WHERE series = 'T'"))
        assert locked(DocumentNumber, ("T", DAY)).last == 2


@pytest.mark.only_on("postgresql")  # a file does not hang up
def test_a_connection_whose_server_hung_up_is_replaced_before_it_is_used(app, postgresql_broom):
    with app.app_context():
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        db.session.rollback()
        with postgresql_broom[1].transaction():
            postgresql_broom[1].execute("SELECT pg_terminate_backend(%s, 10000)", (own,))
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != own


@pytest.mark.only_on("postgresql")
def test_reads_hold_no_transaction_and_those_of_one_state_see_one(app, postgresql_broom):
    """Another session adds a job between two reads: the second read sees it, but not within `one_state`."""
    count = text("SELECT count(*) FROM job_run")
    with app.app_context():
        before = db.session.scalar(count)
        _add_job(postgresql_broom[1], "first")
        assert db.session.scalar(count) == before + 1
        with one_state():
            assert db.session.scalar(count) == before + 1
            _add_job(postgresql_broom[1], "second")
            assert db.session.scalar(count) == before + 1
        assert db.session.scalar(count) == before + 2


def _add_job(connection, name):
    with connection.transaction():
        connection.execute("INSERT INTO job_run (name, failures) VALUES (%s, 0)", (name,))
