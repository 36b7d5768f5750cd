"""Makes the space of purged rows unreadable, as far as the database allows.

SQLite overwrites freed pages (`secure_delete`); then the file is rewritten and the WAL truncated. PostgreSQL vacuums
the tables, but the bytes of deleted rows may remain in free space until they are overwritten, and in its WAL, replicas
and archives. File system snapshots and remapped SSD cells are out of reach. See docs/administration.md.
"""

import logging
import sqlite3
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.extensions import db
from webapp.kernel.database import alone, is_sqlite
from webapp.kernel.unavailable import WriteBusy

log = logging.getLogger(__name__)
LARGEST_REWRITTEN = 512 * 1024 * 1024  # bytes of a SQLite file that is written anew: some seconds without writers
_TRIES = 2  # each waits as long as a connection waits for a lock


class Space(StrEnum):
    """What was done to the space."""

    REWRITTEN = "rewritten"
    OVERWRITTEN = "overwritten"
    VACUUMED = "vacuumed"
    LEFT = "left"


def clear(tables: Iterable[str]) -> Space:
    """Make the space of deleted rows of these tables unreadable; a failure is logged and returned as `LEFT`."""
    try:
        return _sqlite() if is_sqlite() else _postgresql(tables)
    except (SQLAlchemyError, sqlite3.Error, WriteBusy) as error:
        log.warning("the room of purged records could not be cleared: %s", type(error).__name__)
        return Space.LEFT


def _sqlite() -> Space:
    with alone():
        connection = db.engine.raw_connection()
        try:
            cursor = connection.cursor()
            pages, size = (cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            is_small = pages * size <= LARGEST_REWRITTEN
            if is_small:
                cursor.execute("VACUUM")
            for _try in range(_TRIES):
                busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return Space.REWRITTEN if is_small else Space.OVERWRITTEN
            return Space.LEFT  # somebody goes on reading an older state of the file
        finally:
            connection.close()


def _postgresql(tables: Iterable[str]) -> Space:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in sorted(set(tables)):
            # Shortening the file would wait five seconds a table for whoever reads it, and hold up who wants to.
            connection.execute(text(f'VACUUM (TRUNCATE false) "{table}"'))
    return Space.VACUUMED
