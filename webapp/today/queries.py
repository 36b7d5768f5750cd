"""How the installation is."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.extensions import db


def health() -> dict[str, Any]:
    """Status ok, behind (tables older than the code) or down; the database kind; the migrations, ours and its."""
    wanted = newest_migration()
    kind = db.engine.dialect.name
    try:
        found = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return {"status": "down", "database": kind, "migration": None, "newest_migration": wanted}
    status = "ok" if found == wanted else "behind"
    return {"status": status, "database": kind, "migration": found, "newest_migration": wanted}


@lru_cache(maxsize=1)
def newest_migration() -> str | None:
    """The migration this code expects."""
    config = Config()
    config.set_main_option("script_location", str(Path(current_app.root_path) / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()
