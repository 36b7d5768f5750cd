"""The health of the installation, for monitoring and for administrators."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.extensions import Base, db
from webapp.kernel import jobs
from webapp.kernel.contributions import Contribution
from webapp.kernel.database import is_sqlite
from webapp.kernel.unavailable import Cause, cause_of

MEGABYTE = 1024 * 1024
LOW_MB = 500  # free disk below which administrators are warned
_SQLITE_COLUMNS = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
_POSTGRESQL_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
)


@dataclass(frozen=True, slots=True)
class Check:
    """A health check of a feature; `status` is the answer of /health while `is_well` is False."""

    status: str
    is_well: Callable[[], bool]


checks: Contribution[tuple[Check, ...]] = Contribution("health_checks")


def state(at: datetime) -> dict[str, Any]:
    """The state of the server as plain data.

    `status` is ok, behind (tables older than the code, or columns missing), down, disk-full, read-only, keys-missing
    or that of a feature's check. Failed or late jobs and the free disk space are listed beside it.
    """
    expected, kind = newest_migration(), db.engine.dialect.name
    facts = {"database": kind, "newest_migration": expected, "free_mb": free_mb()}
    try:
        migration = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        lacking = _lacking()
        is_whole = migration == expected and not lacking
        status = _status(is_whole)
        unwell = {run.name: run.state for run in jobs.unwell(at)} if is_whole else {}
    except SQLAlchemyError as error:
        db.session.rollback()
        cause = cause_of(error)
        return facts | {"status": "down", "cause": cause, "migration": None, "jobs": {}}
    named = {"lacking": lacking} if lacking else {}
    return facts | named | {"status": status, "migration": migration, "jobs": unwell}


def _lacking() -> list[str]:
    """The columns of the code that are missing in the database, as table.column."""
    query = _SQLITE_COLUMNS if is_sqlite() else _POSTGRESQL_COLUMNS
    present = {(table, column) for table, column in db.session.execute(text(query))}
    expected = {(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns}
    return sorted(".".join(column) for column in expected - present)


def free_mb() -> int:
    return shutil.disk_usage(current_app.config["INSTANCE"]).free // MEGABYTE


def _status(is_up_to_date: bool) -> str:
    if not is_up_to_date:
        return "behind"
    if cause := _cannot_write():
        return cause
    return next((check.status for check in checks() if not check.is_well()), "ok")


def _cannot_write() -> Cause | None:
    """Why nothing can be written: tests the disk by writing a file, the database by its own setting."""
    try:
        with tempfile.TemporaryFile(dir=current_app.config["INSTANCE"]) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return cause_of(error) or Cause.BROKEN_DISK
    query = "PRAGMA query_only" if is_sqlite() else "SHOW transaction_read_only"
    return Cause.READ_ONLY if db.session.scalar(text(query)) in (1, "on") else None


@lru_cache(maxsize=1)
def newest_migration() -> str | None:
    """The migration that this code expects."""
    config = Config()
    config.set_main_option("script_location", str(Path(current_app.root_path) / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()
