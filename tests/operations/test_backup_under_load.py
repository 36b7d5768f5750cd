"""A copy taken while the journal is written and sealed verifies after it was restored, on both databases."""

import shutil
import threading
from dataclasses import replace

import pytest

from tests.support import masters, postgresql
from webapp import create_app
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.operations import backup

UPLOADS = 1_500  # so that copying them takes longer than a seal


@pytest.fixture
def emptied(request, database, tmp_path):
    """The settings of an empty installation to restore into."""
    if database == "sqlite":
        return {"instance": tmp_path / "fresh", "database_url": f"sqlite:///{tmp_path}/fresh/frontline.db"}
    server = request.getfixturevalue("postgresql_broom")[0].rsplit("/", 1)[0]
    postgresql.run(server, "DROP DATABASE IF EXISTS fresh")
    postgresql.run(server, "CREATE DATABASE fresh")
    return {"instance": tmp_path / "fresh", "database_url": f"{server}/fresh"}


def keep_sealing(app, ready, ends):
    with app.app_context():
        while not ends.is_set():
            with transaction():
                journal.write("test.done", "thing", 1, by=None, at=clock.now())
            journal.seal(at=clock.now())
            ready.set()
        db.session.remove()


def test_a_copy_made_while_the_journal_is_sealed_verifies(app, emptied, tmp_path, database):
    if database == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    masters.person(app, "inspector", Role.INSPECTOR, phone="13800138000")
    settings = app.config["SETTINGS"]
    (settings.instance / "uploads").mkdir(exist_ok=True)
    for number in range(UPLOADS):
        (settings.instance / "uploads" / f"{number}").write_bytes(b"photo" * 200)
    ready, ends = threading.Event(), threading.Event()
    sealer = threading.Thread(target=keep_sealing, args=(app, ready, ends))
    sealer.start()
    try:
        assert ready.wait(30)
        backup.save(settings, tmp_path / "copy", clock.now())
    finally:
        ends.set()
        sealer.join(30)
    restored = replace(settings, **emptied)
    restored.instance.mkdir()
    backup.restore(tmp_path / "copy", restored)
    other = create_app(restored)
    with other.app_context():
        assert journal.verify() == []
        journal.seal(at=clock.now())
        assert journal.verify() == []
        db.session.remove()
        db.engine.dispose()
