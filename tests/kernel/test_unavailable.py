""" "Busy" is said only when it is busy; anything else names its cause, to the person and in the log."""

import errno
import itertools
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from tests.support import masters
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import public
from webapp.kernel.database import transaction
from webapp.kernel.unavailable import Cause, WriteBusy, cause_of

HOLDER = """
import fcntl, sys
with open(sys.argv[1], "ab") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def every_connection(app, statement):
    """What an administrator's mistake or a full disk does to all connections."""
    with app.app_context():
        engine = db.engine

    def apply(connection, _record):
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", apply)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", apply)
        engine.dispose()


@pytest.fixture
def posting(app):
    """A post that writes: a unit is added."""
    boss, numbers = masters.administrator(app), itertools.count()

    def posting(**headers):
        fields = {"code": f"U-{next(numbers)}", "name": "疾控中心", "kind": "bureau"}
        return boss.post("/units/add", data=fields, headers=headers)

    return posting


def test_that_post_succeeds_so_that_the_others_can_fail(posting):
    assert posting().status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_full_disk_is_told_to_the_person_and_logged_with_its_cause(app, posting, caplog):
    with every_connection(app, "PRAGMA max_page_count = 1"):
        answer = next(answer for answer in (posting() for _ in range(200)) if answer.status_code != 303)
    assert answer.status_code == 503
    assert "磁盘已满" in answer.text
    assert "系统正忙" not in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert "disk-full" in caplog.text
    assert "database or disk is full" in caplog.text
    assert "POST /units/add" in caplog.text
    assert "Traceback" in caplog.text or "File " in caplog.text
    assert "疾控中心" not in caplog.text


def test_a_database_that_is_read_only_is_told(app, posting, database, caplog):
    statement = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}[database]
    with every_connection(app, statement):
        answer = posting(Accept="application/json")
        health = app.test_client().get("/health")
    assert (answer.status_code, answer.json["code"]) == (503, "read-only")
    assert answer.json["number"] in caplog.text
    assert (health.status_code, health.json["status"]) == (503, "read-only")


@pytest.mark.only_on("sqlite")  # on the other the tables stay for the next test
def test_a_missing_column_is_a_fault_of_ours_with_its_traceback_not_busy(app, posting, caplog):
    assert app.test_client().get("/health").status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE unit RENAME COLUMN code TO kode"))
    answer = posting()
    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    assert "OperationalError: no such column: unit.code" in caplog.text
    assert "queries.py" in caplog.text or "service" in caplog.text
    health = app.test_client().get("/health")
    assert (health.status_code, health.json["status"], health.json["lacking"]) == (503, "behind", ["unit.code"])


@pytest.mark.only_on("postgresql")
def test_a_missing_column_is_named_in_the_log(app, failing, caplog):
    with app.app_context(), pytest.raises(ProgrammingError) as caught:
        db.session.execute(text("SELECT kode FROM unit"))
    failing(caught.value)
    assert 'UndefinedColumn: column "kode" does not exist' in caplog.text


@pytest.fixture
def failing(app, monkeypatch):
    """failing(error): the answer of a view in which that happens."""

    def failing(error):
        def view():
            raise error

        monkeypatch.setitem(app.view_functions, "today.health", public(view))
        return app.test_client().get("/health", headers={"Accept": "text/html"})

    return failing


def test_the_number_on_the_page_is_the_number_in_the_log(failing, caplog):
    answer = failing(ZeroDivisionError("a name that somebody typed"))
    assert answer.status_code == 500
    number = answer.text.split("编号 ")[1][:8]
    assert f"number {number}, GET /health" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "somebody typed" not in caplog.text


@pytest.fixture
def held_lock(app):
    """Another process holds the write lock and does nothing."""
    lock = app.config["INSTANCE"] / "write.lock"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], **pipes)
    assert holder.stdout.readline() == b"held\n"
    yield
    holder.communicate()


@pytest.mark.only_on("sqlite")
def test_waiting_for_the_write_lock_ends_in_busy(app, held_lock):
    with app.app_context(), pytest.raises(WriteBusy), transaction(patience=0.2):
        pass
    with app.app_context():
        assert journal.unsealed() == 0


@pytest.mark.only_on("sqlite")
def test_a_writer_that_gave_up_leaves_the_lock_to_the_next(app, held_lock):
    with app.app_context():
        for _time in range(2):
            with pytest.raises(WriteBusy), transaction(patience=0):
                pass


@pytest.mark.only_on("sqlite")
def test_a_page_that_is_read_waits_for_no_writer(app, request):
    boss = masters.administrator(app)
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE sign_in SET seen_at = '2020-01-01 00:00:00', began_at = began_at"))
        session.execute(text("UPDATE sign_in SET seen_at = :at"), {"at": _minutes_ago(30)})
    request.getfixturevalue("held_lock")
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    answers = {path: boss.get(path).status_code for path in rules}
    assert {path: status for path, status in answers.items() if status == 503} == {}
    with app.app_context():
        assert str(db.session.scalar(text("SELECT seen_at FROM sign_in"))) == _minutes_ago(30)


def _minutes_ago(minutes):
    at = clock.now().replace(second=0, microsecond=0).timestamp() // 3600 * 3600 - 60 * minutes
    return str(clock.datetime.fromtimestamp(at, clock.UTC).replace(tzinfo=None)) + ".000000"


def failure(**orig):
    return OperationalError("SELECT 1", {}, SimpleNamespace(**orig))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (failure(sqlite_errorcode=sqlite3.SQLITE_BUSY), Cause.BUSY),
        (failure(sqlite_errorcode=sqlite3.SQLITE_BUSY_SNAPSHOT), Cause.BUSY),
        (failure(sqlite_errorcode=sqlite3.SQLITE_FULL), Cause.DISK_FULL),
        (failure(sqlite_errorcode=sqlite3.SQLITE_IOERR_WRITE), Cause.BROKEN_DISK),
        (failure(sqlite_errorcode=sqlite3.SQLITE_READONLY_DBMOVED), Cause.READ_ONLY),
        (failure(sqlite_errorcode=sqlite3.SQLITE_ERROR), None),
        (failure(sqlstate="40P01"), Cause.BUSY),
        (failure(sqlstate="53300"), Cause.BUSY),
        (failure(sqlstate="53100"), Cause.DISK_FULL),
        (failure(sqlstate="57P01"), Cause.UNREACHABLE),
        (failure(sqlstate="57014"), Cause.BUSY),
        (failure(sqlstate="08006"), Cause.UNREACHABLE),
        (failure(sqlstate="42703"), None),
        (failure(sqlstate=None), Cause.UNREACHABLE),
        (DBAPIError("SELECT 1", {}, SimpleNamespace(sqlstate="25006")), Cause.READ_ONLY),
        (OSError(errno.ENOSPC, "No space left on device"), Cause.DISK_FULL),
        (OSError(errno.EROFS, "Read-only file system"), Cause.READ_ONLY),
        (OSError(errno.ECONNRESET, "Connection reset"), None),
        (WriteBusy(10), Cause.BUSY),
        (ValueError("x"), None),
    ],
)
def test_the_cause_is_told_by_codes(error, cause):
    assert cause_of(error) is cause


@pytest.mark.only_on("sqlite")
def test_a_photo_on_a_full_disk_is_told_like_a_row(failing, caplog):
    """No space for a file is an OSError, not the database's."""

    answer = failing(OSError(errno.ENOSPC, "No space left on device", "/srv/frontline/uploads/x.part"))
    assert answer.status_code == 503
    assert "磁盘已满" in answer.text
    assert "No space left on device" in caplog.text


@pytest.mark.only_on("sqlite")
def test_sqlite_really_says_so(tmp_path):
    """The codes above are those of the driver, on this Python."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("CREATE TABLE t (a)").execute("CREATE INDEX i ON t (a)")
        assert caught.value.sqlite_errorcode == sqlite3.SQLITE_FULL
