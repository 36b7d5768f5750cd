"""Interim."""

import pytest

from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db


@pytest.fixture
def app(tmp_path):
    app = create_app(Settings(instance=tmp_path, database_url=f"sqlite:///{tmp_path}/t.db", secret_key="k", testing=True))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app):
    return app.test_client()
