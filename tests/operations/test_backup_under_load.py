"""A copy taken while the journal is written and sealed verifies after it was restored, on both databases."""

import shutil
import threading
from dataclasses import replace

import pytest
from sqlalchemy.engine import make_url

from tests.support import masters, postgresql
from webapp import create_app
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.operations import backup, dump
from webapp.operations.refusals import Unfit

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


@pytest.mark.only_on("postgresql")
def test_the_copy_is_of_the_database_that_the_address_names_behind_its_question_mark(app, tmp_path):
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    settings = app.config["SETTINGS"]
    url = make_url(settings.database_url)
    query = {"host": url.host, "port": str(url.port), "sslmode": "disable"}
    named = url._replace(host=None, port=None).set(query=query).render_as_string(hide_password=False)
    dump.save(replace(settings, database_url=named), tmp_path / dump.NAME)
    assert (tmp_path / dump.NAME).read_bytes().startswith(b"PGDMP")
    with pytest.raises(Unfit, match="holds tables"):
        dump.refuse_used(replace(settings, database_url=named))
