"""An application with an empty database at an older migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.conftest import make_settings
from tests.support import postgresql
from webapp import create_app
from webapp.extensions import db


@contextmanager
def standing_at(revision: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Yield it inside its context; the fixture's parameter ("sqlite" or "postgresql") chooses the database."""
    url = f"sqlite:///{tmp_path}/instance/frontline.db"
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgresql_broom")[0].rsplit("/", 1)[0], f"old_{uuid4().hex[:8]}"
        postgresql.run(server, f"CREATE DATABASE {name}")
        url = f"{server}/{name}"
    app = create_app(make_settings(tmp_path / "instance", url))
    with app.app_context():
        upgrade(revision=revision)
        yield app
        db.session.remove()
        db.engine.dispose()
