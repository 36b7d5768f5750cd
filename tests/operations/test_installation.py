"""Folder, database and keys belong together; a command that finds them apart refuses and changes nothing."""

import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.operations.conftest import one_sentence
from tests.support import masters
from tests.support.browser import ROOT
from webapp.extensions import db
from webapp.kernel import clock, installation
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.sync import keys

OTHERS = [
    ("backup", "copy"),
    ("certificate", "192.0.2.10"),
    ("create-administrator", "boss", "负责人", "--password", "correct horse 9"),
    ("demo",),
    ("jobs",),
    ("journal", "verify"),
    ("keys", "rotate"),
    ("ledger", "verify"),
]


@pytest.mark.parametrize("command", OTHERS, ids=lambda command: command[0])
def test_a_command_without_an_installation_refuses_and_makes_none(refused_early, environ, command):
    assert "There is no installation here" in refused_early(*command)
    assert not Path(environ["FRONTLINE_INSTANCE"]).exists()


@pytest.fixture
def beside(app):
    """The settings with which a command works on this test's own database and folder."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    settings = app.config["SETTINGS"]
    return {"DATABASE_URL": settings.database_url, "FRONTLINE_INSTANCE": str(settings.instance)}


def test_every_command_says_what_it_works_on(frontline, beside, database):
    where = frontline("jobs", **beside).where
    assert where.startswith(f"Instance {beside['FRONTLINE_INSTANCE']}, ")
    assert ("PostgreSQL database test at 127.0.0.1:" if database == "postgresql" else "SQLite database") in where
    assert "postgres@" not in where


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("command", ["serve", "backup", "jobs"])
def test_without_its_database_url_an_installation_is_not_worked_on(frontline, beside, tmp_path, command):
    arguments = ["backup", str(tmp_path / "copy")] if command == "backup" else [command]
    answer = frontline(*arguments, FRONTLINE_INSTANCE=beside["FRONTLINE_INSTANCE"])
    assert "belongs to PostgreSQL database test" in one_sentence(answer.code, answer.output)
    assert list(Path(beside["FRONTLINE_INSTANCE"]).glob("*.db*")) == []
    assert not (tmp_path / "copy").exists()


@pytest.mark.only_on("sqlite")
def test_another_database_of_the_same_kind_is_refused(frontline, beside, tmp_path):
    assert frontline("migrate", FRONTLINE_INSTANCE=str(tmp_path / "other")).code == 0
    url = f"sqlite:///{tmp_path}/other/frontline.db"
    answer = frontline("jobs", DATABASE_URL=url, FRONTLINE_INSTANCE=beside["FRONTLINE_INSTANCE"])
    assert "is not that database" in one_sentence(answer.code, answer.output)


@pytest.mark.only_on("sqlite")
def test_a_database_that_vanished_is_not_replaced_by_an_empty_one(frontline, beside):
    file = Path(beside["FRONTLINE_INSTANCE"]) / "frontline.db"
    file.rename(file.with_suffix(".away"))
    answer = frontline("serve", **beside)
    assert "is missing" in one_sentence(answer.code, answer.output)
    assert not file.exists()


@pytest.mark.parametrize("command", ["serve", "migrate", "jobs"])
def test_a_lost_data_key_is_not_replaced(frontline, beside, command):
    key = Path(beside["FRONTLINE_INSTANCE"]) / "keys" / "data.key"
    key.unlink()
    answer = frontline(command, **beside)
    assert "data.key is missing" in one_sentence(answer.code, answer.output)
    assert not key.exists()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("has_record", [True, False])
def test_another_data_key_is_refused_also_by_an_installation_of_before(app, frontline, beside, has_record):
    masters.person(app, "inspector", Role.INSPECTOR, phone="13800138000")
    with app.app_context(), transaction() as session:
        if not has_record:
            session.execute(text("DELETE FROM installation"))
            (Path(beside["FRONTLINE_INSTANCE"]) / "installation.json").unlink()
    (Path(beside["FRONTLINE_INSTANCE"]) / "keys" / "data.key").write_text("ab" * 32)
    answer = frontline("migrate", **beside)
    assert "is not the key of" in one_sentence(answer.code, answer.output)


@pytest.mark.parametrize("kind", ["rsa", "agreement"])
def test_a_host_that_lacks_an_envelope_key_refuses_until_it_is_given_up(app, frontline, beside, kind):
    with app.app_context():
        keys.rotate(clock.now())
        made = getattr(keys.current(), kind).id
        pem = Path(beside["FRONTLINE_INSTANCE"]) / "keys" / "envelopes" / f"{made}.pem"
    pem.unlink()
    answer = frontline("serve", **beside)
    assert f"lacks {made}.pem" in one_sentence(answer.code, answer.output)
    with app.app_context():
        assert not keys.is_here(made)
        assert getattr(keys.current(), kind).id != made
    assert frontline("keys", "forget", made, **beside).code == 0
    assert frontline("jobs", **beside).code == 0
    with app.app_context():
        assert keys.is_here(made)
        assert keys.unwrap(made, 1, b"x", uuid4()) is None


@pytest.mark.only_on("sqlite")  # the database on PostgreSQL keeps its first keys over all tests
def test_an_installation_from_before_version_2_gets_its_key_at_the_next_start_and_only_once(app, frontline, beside):
    with app.app_context():
        old, first = keys.current(), keys.ids()
        (Path(beside["FRONTLINE_INSTANCE"]) / "keys" / "envelopes" / f"{old.agreement.id}.pem").unlink()
        with transaction() as session:
            session.execute(text("DELETE FROM envelope_key WHERE id = :id"), {"id": old.agreement.id})
        assert keys.current().agreement is None
    for _start in range(2):
        assert frontline("migrate", **beside).code == 0
    with app.app_context():
        assert (keys.current().rsa, len(keys.ids()), keys.missing()) == (old.rsa, len(first), [])
        assert keys.current().agreement.id not in first


@pytest.fixture
def second_host(app, tmp_path):
    """A folder for another host of the same database, with `keys/` copied as far as `without` says."""

    def second_host(*, without=()):
        folder = tmp_path / "second"
        first = app.config["SETTINGS"].instance
        shutil.copytree(first / "keys", folder / "keys", ignore=shutil.ignore_patterns(*without))
        return {"DATABASE_URL": app.config["SETTINGS"].database_url, "FRONTLINE_INSTANCE": str(folder)}

    return second_host


@pytest.mark.only_on("postgresql")
def test_a_second_host_with_the_keys_of_the_first_has_its_epoch_and_its_envelope_key(app, frontline, second_host):
    with app.app_context():
        before = (installation.epoch(), keys.ids())
    settings = second_host()
    assert frontline("migrate", **settings).code == 0
    with app.app_context():
        assert (installation.epoch(), keys.ids()) == before
        assert keys.missing() == []
    copied = Path(settings["FRONTLINE_INSTANCE"]).glob("keys/envelopes/*.pem")
    assert sorted(path.stem for path in copied) == before[1]


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(("without", "says"), [("*.pem", ".pem: records"), ("data.key", "data.key is missing")])
def test_a_second_host_that_lacks_keys_of_the_first_refuses(frontline, second_host, without, says):
    settings = second_host(without=[without])
    answer = frontline("serve", **settings)
    assert says in one_sentence(answer.code, answer.output)
    assert list(Path(settings["FRONTLINE_INSTANCE"]).rglob(without)) == []


def test_two_migrations_at_once_wait_for_each_other(request, environ, tmp_path, database):
    url = ""
    if database == "postgresql":
        from tests.support import postgresql

        server = request.getfixturevalue("postgresql_broom")[0].rsplit("/", 1)[0]
        postgresql.run(server, "DROP DATABASE IF EXISTS twice")
        postgresql.run(server, "CREATE DATABASE twice")
        url = f"{server}/twice"
    command = [sys.executable, "-m", "webapp", "migrate"]
    settings = environ | {"DATABASE_URL": url}
    both = [subprocess.Popen(command, cwd=ROOT, env=settings, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=240)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said


def test_a_restored_installation_has_another_epoch(app, frontline, beside):
    with app.app_context():
        before = installation.epoch()
    (Path(beside["FRONTLINE_INSTANCE"]) / "keys" / "restored").touch()
    for _time in range(2):
        assert frontline("migrate", **beside).code == 0
    with app.app_context():
        assert len(installation.epoch()) == 16
        after = installation.epoch()
        assert after != before
    assert frontline("migrate", **beside).code == 0
    with app.app_context():
        assert installation.epoch() == after
