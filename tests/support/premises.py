"""An application that serves all tests of a worker and is reset between them.

Building one, reading its templates and compiling its statements takes longer than most tests.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db


class Premises:
    """`settings.instance` is as it stood when the application was put together: an empty database, its keys."""

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
        """Every file and setting as it was; rows of PostgreSQL are swept elsewhere."""
        self.app.config.clear()
        self.app.config.update(self.config)
        if self.is_served:
            renew(self.settings.instance, self.kept)
            return
        shutil.rmtree(self.settings.instance)
        shutil.copytree(self.kept, self.settings.instance)

    def close(self) -> None:
        """No connection stays open."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def renew(instance: Path, kept: Path) -> None:
    """Rows, uploads and seals as they were kept, while a server goes on serving the instance."""
    name = "frontline.db"
    if (kept / name).exists():
        with closing(sqlite3.connect(kept / name)) as source, closing(sqlite3.connect(instance / name)) as own:
            own.execute("PRAGMA synchronous=OFF")
            source.backup(own)
    for part in ("uploads", "seals"):
        shutil.rmtree(instance / part, ignore_errors=True)
        if (kept / part).exists():
            shutil.copytree(kept / part, instance / part)


def _hurry(connection, _record):
    """As PostgreSQL here: nothing must survive a power cut. Processes of their own (kills, servers) keep FULL."""
    connection.execute("PRAGMA synchronous=OFF")
