import pytest
from sqlalchemy import text

from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.database import transaction


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


def test_sqlite_is_set_up_to_keep_what_it_acknowledged():
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's own settings")
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}
    assert {name: db.session.scalar(text(f"PRAGMA {name}")) for name in pragmas} == pragmas


def test_an_exception_leaves_nothing_behind():
    def fails_halfway():
        with transaction():
            journal.write("test.done", "thing", 1, by=None, at=clock.now())
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_halfway()
    assert journal.unsealed() == 0


def test_a_transaction_inside_another_is_a_mistake_of_ours():
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


def test_a_change_outside_a_transaction_is_a_mistake_of_ours():
    journal.write("test.done", "thing", 1, by=None, at=clock.now())
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
