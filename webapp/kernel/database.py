"""One write transaction at a time on SQLite, ordinary ones on PostgreSQL; both behind `transaction()`.

Measured (README, decisions): a deferred BEGIN that later writes fails under load and busy_timeout does not help, so
writers begin IMMEDIATE; a file lock around them keeps the slowest writers 4 to 20 times faster than SQLite's own
sleeping lock. synchronous=FULL because a device deletes its copy once it has our receipt.
"""

import contextlib
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, TypeVar

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, Index, Insert, UniqueConstraint, Update, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import scoped_session

from webapp.extensions import Base, db
from webapp.kernel.unavailable import WriteBusy

try:
    import fcntl
except ImportError:  # Windows: SQLite's own lock has to do
    fcntl = None  # type: ignore[assignment]

T = TypeVar("T")
WRITING = "frontline_writing"
_TRIES = 6
_GIVEN_UP = ("40P01", "40001")  # deadlock detected, could not serialize
PATIENCE = 10.0  # seconds a writer waits for the others before it is told that the server is busy
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
    """The one write transaction of an act: commits at the end, rolls back on any exception.

    On SQLite it waits for the write lock for `patience` seconds, then raises WriteBusy.

    Ends the read transaction of the request first, since a snapshot cannot be made writable. Objects read before
    are expired, so services take plain values (`by=` an Actor), not rows.

    Raises RuntimeError when one is open already or when changes were made outside it.
    """
    session = db.session
    if is_writing():
        raise RuntimeError("a write transaction is open already")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    session.rollback()
    with _file_lock(patience):
        session.connection(execution_options={WRITING: True})
        session.info[WRITING] = True
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop(WRITING, None)


def retried(work: Callable[[], T]) -> T:
    """Do work that is whole transactions, again from its beginning when the database gave it up for another's sake.

    PostgreSQL ends one of two transactions that wait for each other; nothing of it was written, and by itself it
    succeeds. After `_TRIES` the error is raised as it is.
    """
    for number in range(1, _TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            if number == _TRIES or getattr(error.orig, "sqlstate", None) not in _GIVEN_UP:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**number))
    raise AssertionError


def is_writing() -> bool:
    """Is a write transaction open here?"""
    return bool(db.session.info.get(WRITING))


def changed_one(statement: Update) -> bool:
    """Did a conditional UPDATE in the open transaction change a row? Of several people at once it does for one.

    What it says is done to the rows held in memory too: a condition must be one that Python can evaluate.
    """
    done = db.session.execute(statement, execution_options={"synchronize_session": "evaluate"})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def insert_ignoring(model: type[Base], values: dict[str, Any], unique: Sequence[str]) -> bool:
    """Insert a row unless one with the same `unique` columns exists; True when it was inserted."""
    return db.session.execute(_insert_ignoring(model, tuple(unique), is_sqlite()), values).first() is not None


def insert_ignoring_all(model: type[Base], rows: Sequence[dict[str, Any]], unique: Sequence[str]) -> None:
    """Insert rows in this order unless others with the same `unique` columns exist: one statement for all of them."""
    dialect = sqlite if is_sqlite() else postgresql
    statement = dialect.insert(model.__table__).on_conflict_do_nothing(index_elements=unique)
    db.session.connection().execute(statement, list(rows))


@lru_cache(maxsize=64)
def _insert_ignoring(model: type[Base], unique: tuple[str, ...], for_sqlite: bool) -> Insert:
    """RETURNING, since a row count is not reported alike by the two drivers."""
    dialect = sqlite if for_sqlite else postgresql
    table = model.__table__
    inserted: Insert = dialect.insert(table).on_conflict_do_nothing(index_elements=unique)
    return inserted.returning(table.c[unique[0]])


def hold(name: str, *, is_shared: bool = False) -> None:
    """Let nobody else past this point with the same name until the open transaction ends; who shares it lets sharers.

    On SQLite there is one writer anyway; on PostgreSQL an advisory lock, for what no row or constraint guards.
    """
    if not is_sqlite():
        lock = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
        db.session.execute(text(f"SELECT {lock}(hashtextextended(:name, 0))"), {"name": name})


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint that refused, on both databases; None when it cannot be told."""
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return diagnostic.constraint_name or None
    told = str(error.orig)
    if found := re.search(r"CHECK constraint failed: (\w+)", told):
        return found.group(1)
    if found := re.search(r"UNIQUE constraint failed: index '(\w+)'", told):
        return found.group(1)
    if found := re.search(r"UNIQUE constraint failed: (.+)", told):
        return _unique_over([part.strip() for part in found.group(1).split(",")])
    return None


def _unique_over(columns: list[str]) -> str | None:
    table = Base.metadata.tables.get(columns[0].split(".")[0])
    if table is None:
        return None
    wanted = {column.split(".")[1] for column in columns}
    uniques: list[UniqueConstraint | Index] = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    uniques += [index for index in table.indexes if index.unique]
    return next((str(one.name) for one in uniques if set(one.columns.keys()) == wanted), None)


@contextlib.contextmanager
def _file_lock(patience: float) -> Iterator[None]:
    """One writer at a time. Threads of a process queue on a lock of their own, so that only one of them polls the file:
    flock itself knows no time limit, and a stuck holder must not take every thread with it."""
    if fcntl is None or not is_sqlite():
        yield
        return
    ends = time.monotonic() + patience
    if not _threads.acquire(timeout=patience):
        raise WriteBusy(patience)
    try:
        with (Path(current_app.config["INSTANCE"]) / "write.lock").open("ab") as file:
            _lock_until(file, ends, patience)
            yield  # closing the file releases the lock
    finally:
        _threads.release()


def _lock_until(file: IO[bytes], ends: float, patience: float) -> None:
    pause = 0.0005
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise WriteBusy(patience) from None
        time.sleep(pause)
        pause = min(2 * pause, 0.004)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin ourselves
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def init_app(app: Flask) -> None:
    with app.app_context():
        engine: Engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
