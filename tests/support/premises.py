"""An application that serves all tests of a worker and is reset between them.

Building one, reading its templates and compiling its statements takes longer than most tests.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db


class Premises:
    """The application, and a copy `kept` of its instance folder: an empty database and its keys."""

    def __init__(self, settings: Settings, kept: Path) -> None:
        self.settings, self.kept = settings, kept
        self.app = create_app(settings)
        with self.app.app_context():
            if db.engine.dialect.name == "sqlite":
                event.listen(db.engine, "connect", _hurry)
        self.close()
        self.config = dict(self.app.config)
        self.is_served = False
        shutil.copytree(settings.instance, kept)

    def clean(self) -> None:
        """Restore every file and setting; `postgresql.empty` deletes the rows of PostgreSQL."""
        self.app.config.clear()
        self.app.config.update(self.config)
        if self.is_served:
            renew(self.settings.instance, self.kept)
            return
        shutil.rmtree(self.settings.instance)
        shutil.copytree(self.kept, self.settings.instance)

    def fill(self, work: Callable[[], object]) -> None:
        """Run `work` on the empty database; on SQLite once only, its rows and files are brought back from then on."""
        filled = self.kept.with_name("filled")
        if filled.exists():
            self.close()
            shutil.rmtree(self.settings.instance)
            shutil.copytree(filled, self.settings.instance)
            return
        with self.app.app_context():
            work()
        self.close()
        if self.settings.database_url.startswith("sqlite"):
            shutil.copytree(self.settings.instance, filled)

    def close(self) -> None:
        """Close every connection."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def renew(instance: Path, kept: Path) -> None:
    """Restore rows, uploads and seals from `kept` while a server serves the instance."""
    name = "frontline.db"
    if (kept / name).exists():
        with closing(sqlite3.connect(kept / name)) as source, closing(sqlite3.connect(instance / name)) as own:
            own.execute("PRAGMA synchronous=OFF")
            source.backup(own)
    for part in ("uploads", "seals"):
        shutil.rmtree(instance / part, ignore_errors=True)
        if (kept / part).exists():
            shutil.copytree(kept / part, instance / part, dirs_exist_ok=True)  # a job may have sealed meanwhile


def _hurry(connection, _record):
    """Do not wait for the disk: no test cuts the power. Separate processes (kills, servers) keep synchronous=FULL."""
    connection.execute("PRAGMA synchronous=OFF")
