"""One write transaction at a time on SQLite, ordinary ones on PostgreSQL; both behind `transaction()`.

Measured (README, decisions): a deferred BEGIN that later writes fails under load, whatever the busy_timeout, so writers
begin IMMEDIATE; a file lock around them makes the slowest writers 4 to 20 times faster than SQLite's own polling lock.
synchronous=FULL because a device deletes its copy once it has our receipt.
"""

import contextlib
import os
import random
import re
import select
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app
from sqlalchemy import Connection, Dialect, Engine, Index, Insert, UniqueConstraint, Update, event, text
from sqlalchemy.exc import IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import scoped_session

from webapp.extensions import Base, db
from webapp.kernel.unavailable import WriteBusy

try:
    import fcntl
except ImportError:  # Windows: only SQLite's own lock
    fcntl = None  # type: ignore[assignment]

T = TypeVar("T")
WRITING = "frontline_writing"
CONNECTION, ONCE, FRESH, LAST = "frontline_connection", "frontline_once", "frontline_fresh", "frontline_last"
_TRIES = 6
_ABORTED = ("40P01", "40001")  # deadlock detected, could not serialize
_LOCK_TIMEOUT = "55P03"
CROSSED_MS = 100  # that a transaction for several entries waits for a lock: locks of two of them may cross
_HOLD_ALL = text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")
_WAIT_BRIEFLY = text("SELECT set_config('lock_timeout', :most, true)")
_READ, _WRITE, _SNAPSHOT = "AUTOCOMMIT", "READ COMMITTED", "REPEATABLE READ"  # of transactions on PostgreSQL
_FRESH_S = 5.0  # a connection to a server that was used this recently is not probed again
PATIENCE = 10.0  # seconds that a writer waits for the lock before WriteBusy
LEAST_PAUSE, LONGEST_PAUSE = 0.0002, 0.0005  # seconds between looks at a lock that is held for a few milliseconds
_threads = threading.Lock()
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "secure_delete=ON",
)


@contextlib.contextmanager
def transaction(*, patience: float = PATIENCE) -> Iterator[scoped_session[Any]]:
    """The single write transaction of an action: commits at the end, rolls back on any exception.

    Ends the request's read transaction first, since a snapshot cannot be made writable. Objects read before are
    expired, so services take plain values (`by=` an Actor), not rows.

    Raises WriteBusy when SQLite's write lock is not free within `patience` seconds; RuntimeError when a write
    transaction is already open or when changes were made outside one.
    """
    session = db.session
    if is_writing():
        raise RuntimeError("a write transaction is open already")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    session.rollback()
    with _file_lock(patience):
        session.connection(execution_options={WRITING: True} if is_sqlite() else {"isolation_level": _WRITE})
        session.info[WRITING] = True
        session.info[LAST] = []
        try:
            yield session
            _insert_last(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            for name in (WRITING, CONNECTION, LAST):
                session.info.pop(name, None)


@contextlib.contextmanager
def savepoint() -> Iterator[None]:
    """Takes back what the block wrote, and nothing before it, when it raises."""
    rows = db.session.info[LAST]
    before = len(rows)
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        del rows[before:]
        raise


def insert_last(statement: Insert, row: dict[str, Any]) -> None:
    """Insert a row at the end of the open transaction, together with others of this statement; until then it is not
    seen. For rows that nothing in the transaction reads or refers to.
    """
    db.session.info[LAST].append((statement, row))


def _insert_last(session: scoped_session[Any]) -> None:
    for statement, rows in groupby(session.info[LAST], itemgetter(0)):
        session.connection().execute(statement, [row for _statement, row in rows])


@contextlib.contextmanager
def one_state() -> Iterator[None]:
    """All reads of the block see the same state of the database, and may be streamed from it.

    Within a write transaction, and on SQLite, reads do so anyway. Others on PostgreSQL each see what is there at their
    moment, without a transaction: it would cost two round trips and, at the usual isolation, show no more.
    """
    if is_writing() or is_sqlite():
        yield
        return
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": _SNAPSHOT})
    try:
        yield
    finally:
        db.session.rollback()


@contextlib.contextmanager
def alone(*, patience: float = PATIENCE) -> Iterator[None]:
    """On SQLite: no writer but this one, outside any transaction. Raises WriteBusy."""
    db.session.rollback()
    with _file_lock(patience):
        yield


def retried(work: Callable[[], T]) -> T:
    """Call `work`, which consists of whole transactions, again when PostgreSQL aborts it because of a deadlock.

    Nothing of the aborted transaction was written, so it can be repeated. After `_TRIES` attempts the error is raised.
    """
    for number in range(1, _TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            if number == _TRIES or getattr(error.orig, "sqlstate", None) not in _ABORTED:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**number))
    raise AssertionError


def locked(model: type[T], id_: Any) -> T | None:
    """A row as it stands now, locked until the open transaction ends.

    Read again even where the session has the row already: it may have been read before somebody else's lock was waited
    for. For SQLite the whole transaction is the lock.
    """
    row: T | None = db.session.get(model, id_, with_for_update=True, populate_existing=True)
    return row


def connection() -> Connection:
    """The connection of the open transaction, for statements on tables: a mapped class costs several times as much.

    Changes of mapped objects that were not flushed are not seen by such statements.
    """
    session = db.session()
    begun = session.get_nested_transaction() or session.get_transaction()
    kept: tuple[Any, Connection] | None = session.info.get(CONNECTION)
    if kept and kept[0] is begun and begun.is_active:
        return kept[1]
    opened: Connection = session.connection()  # a transaction or savepoint begins with it
    session.info[CONNECTION] = session.get_nested_transaction() or session.get_transaction(), opened
    return opened


@contextlib.contextmanager
def asking_once() -> Iterator[None]:
    """Within, `once` reads each thing once: for several entries in a transaction that writes none of it."""
    db.session.info[ONCE] = {}
    try:
        yield
    finally:
        del db.session.info[ONCE]


def once(about: Hashable, read: Callable[[], T]) -> T:
    """What `read` returns; within `asking_once` that of the first time."""
    known: dict[Hashable, Any] | None = db.session.info.get(ONCE)
    if known is None:
        return read()
    if about not in known:
        known[about] = read()
    answer: T = known[about]
    return answer


def is_writing() -> bool:
    """Whether a write transaction is open in this context."""
    return bool(db.session.info.get(WRITING))


def changed_one(statement: Update) -> bool:
    """Execute a conditional UPDATE; True when it changed a row. Of concurrent callers exactly one gets True.

    The change is also applied to rows in the session, so Python must be able to evaluate the condition.
    """
    done = db.session.execute(statement, execution_options={"synchronize_session": "evaluate"})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def hold(name: str, *, is_shared: bool = False) -> None:
    """Take the lock of this name until the open transaction ends; holders with `is_shared` do not exclude each other.

    An advisory lock on PostgreSQL, for what no row or constraint guards; SQLite has a single writer anyway.
    """
    if not is_sqlite():
        lock = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
        db.session.execute(text(f"SELECT {lock}(hashtextextended(:name, 0))"), {"name": name})


def hold_all(names: Iterable[str]) -> None:
    """Take the locks of several names as `hold` does, in the order of the names, so that two callers never cross."""
    if not is_sqlite():
        connection().execute(_HOLD_ALL, {"names": sorted(set(names))})


def wait_briefly() -> None:
    """On PostgreSQL, for the open transaction: a lock that takes longer than CROSSED_MS is an OperationalError
    (`is_crossed`).
    """
    if not is_sqlite():
        connection().execute(_WAIT_BRIEFLY, {"most": f"{CROSSED_MS}ms"})


def is_crossed(error: Exception) -> bool:
    """Whether PostgreSQL gave up a transaction because of the locks of another one."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in (*_ABORTED, _LOCK_TIMEOUT)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def violated(error: IntegrityError) -> str | None:
    """The name of the violated constraint, on both databases; None when the error does not name it."""
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return diagnostic.constraint_name or None
    message = str(error.orig)
    if match := re.search(r"CHECK constraint failed: (\w+)", message):
        return match.group(1)
    if match := re.search(r"UNIQUE constraint failed: index '(\w+)'", message):
        return match.group(1)
    if match := re.search(r"UNIQUE constraint failed: (.+)", message):
        return _unique_over([part.strip() for part in match.group(1).split(",")])
    return None


def _unique_over(columns: list[str]) -> str | None:
    table = Base.metadata.tables.get(columns[0].split(".")[0])
    if table is None:
        return None
    names = {column.split(".")[1] for column in columns}
    uniques: list[UniqueConstraint | Index] = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    uniques += [index for index in table.indexes if index.unique]
    return next((str(unique.name) for unique in uniques if set(unique.columns.keys()) == names), None)


@contextlib.contextmanager
def _file_lock(patience: float) -> Iterator[None]:
    """Admit one writer at a time; raises WriteBusy after `patience` seconds.

    Threads of a process queue on a lock of their own, so that only one of them polls the file: flock has no timeout,
    and a stuck holder must not block every thread.
    """
    if fcntl is None or not is_sqlite():
        yield
        return
    ends = time.monotonic() + patience
    if not _threads.acquire(timeout=patience):
        raise WriteBusy(patience)
    try:
        descriptor = os.open(Path(current_app.config["INSTANCE"]) / "write.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock_until(descriptor, ends, patience)
            yield
        finally:
            os.close(descriptor)  # releases the lock
    finally:
        _threads.release()


def _lock_until(descriptor: int, ends: float, patience: float) -> None:
    pause = LEAST_PAUSE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise WriteBusy(patience) from None
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin ourselves
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def engine_options(url: str) -> dict[str, object]:
    """How the engine of a database is made. No values of statements, which are personal data, come into its log."""
    return {"hide_parameters": True} | ({} if url.startswith("sqlite") else {"isolation_level": _READ})


def in_one_transaction(engine: Engine) -> Connection:
    """A connection whose changes of tables are one transaction, on both databases."""
    opened = engine.connect()
    return opened if engine.dialect.name == "sqlite" else opened.execution_options(isolation_level=_WRITE)


def init_app(app: Flask) -> None:
    with app.app_context():
        engine: Engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    else:
        event.listen(engine, "checkin", _on_checkin)
        event.listen(engine, "checkout", partial(_on_checkout, engine.dialect))


def _on_checkin(_connection: Any, record: Any) -> None:
    record.info[FRESH] = time.monotonic() + _FRESH_S


def _on_checkout(dialect: Dialect, connection: Any, record: Any, _proxy: Any) -> None:
    """Probe a connection that was not used for a while, or whose server has hung up, which is seen without asking."""
    if time.monotonic() > record.info.get(FRESH, 0) or _has_news(connection):
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _has_news(connection: Any) -> bool:
    """Whether the server has sent something unasked: the end of an idle connection."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
