"""A backup holds everything, names the keys, and a damaged one is refused before anything is touched."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from webapp.config import Settings
from webapp.operations import backup
from webapp.operations.refusals import Unfit


def settings_of(folder, url=None):
    return Settings(
        instance=folder, database_url=url or f"sqlite:///{folder}/frontline.db", secret_key="only for tests"
    )


@pytest.fixture
def instance(tmp_path):
    folder = tmp_path / "instance"
    for name, text in {
        "keys/data.key": "k",
        "keys/epoch": "e",
        "keys/envelopes/ab12.pem": "p",
        "uploads/x": "photo",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with closing(sqlite3.connect(folder / "frontline.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n)")
        connection.execute("INSERT INTO t VALUES (7)")
        connection.commit()
    return folder


@pytest.fixture
def saved(instance, tmp_path):
    backup.save(settings_of(instance), tmp_path / "copy", datetime.now(UTC))
    return tmp_path / "copy"


def test_what_was_saved_comes_back_and_devices_are_told_by_a_new_epoch(saved, tmp_path):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    contents = backup.restore(saved, settings_of(fresh))
    assert contents["envelope_keys"] == ["ab12"]
    assert (fresh / "uploads" / "x").read_text() == "photo"
    assert not (fresh / "keys" / "epoch").exists()
    assert (fresh / "keys" / "restored").exists()
    with closing(sqlite3.connect(fresh / "frontline.db")) as connection:
        assert connection.execute("SELECT n FROM t").fetchall() == [(7,)]


def test_a_backup_without_the_key_is_none(instance, tmp_path):
    (instance / "keys" / "data.key").unlink()
    with pytest.raises(Unfit, match=r"data\.key"):
        backup.save(settings_of(instance), tmp_path / "copy", datetime.now(UTC))
    assert not (tmp_path / "copy").exists()


def test_a_folder_is_never_overwritten(instance, saved):
    with pytest.raises(Unfit, match="exists"):
        backup.save(settings_of(instance), saved, datetime.now(UTC))
    with pytest.raises(Unfit, match="holds an installation"):
        backup.restore(saved, settings_of(instance))


@pytest.mark.parametrize("part", ["uploads/x", "keys/envelopes/ab12.pem", "frontline.db", "contents.json"])
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_damaged_backup_is_refused(saved, tmp_path, part, how):
    if how == "gone":
        (saved / part).unlink()
    else:
        raw = (saved / part).read_bytes()
        (saved / part).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with pytest.raises(Unfit):
        backup.restore(saved, settings_of(fresh))
    assert list(fresh.iterdir()) == []


@pytest.mark.parametrize("inside", ["copy", "uploads/copy", "keys/../uploads/copy"])
def test_a_copy_is_not_made_inside_the_instance_folder(instance, inside):
    with pytest.raises(Unfit, match="inside the instance folder"):
        backup.save(settings_of(instance), instance / inside, datetime.now(UTC))
    assert not (instance / inside).exists()


def test_a_photo_that_is_being_written_is_not_copied(instance, tmp_path):
    (instance / "uploads" / "y.part").write_text("half")
    contents = backup.save(settings_of(instance), tmp_path / "copy", datetime.now(UTC))
    assert sorted(name for name in contents["files"] if name.startswith("uploads")) == ["uploads/x"]


def test_keys_are_copied_apart_and_found_again(instance, tmp_path):
    backup.save(settings_of(instance), tmp_path / "copy", datetime.now(UTC), keys=tmp_path / "apart")
    assert not (tmp_path / "copy" / "keys").exists()
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with pytest.raises(Unfit, match=r"incomplete or changed: keys/data\.key"):
        backup.restore(tmp_path / "copy", settings_of(fresh))
    backup.restore(tmp_path / "copy", settings_of(fresh), tmp_path / "apart")
    assert (fresh / "keys" / "data.key").read_text() == "k"


def test_a_copy_that_fails_leaves_nothing_that_looks_like_one(instance, tmp_path):
    (instance / "frontline.db").write_text("no database at all, but long enough to be read as one" * 20)
    with pytest.raises(sqlite3.DatabaseError):
        backup.save(settings_of(instance), tmp_path / "copy", datetime.now(UTC))
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("name", ["keys/data.key", "installation.json", "uploads/x", "seals/journal.seals"])
def test_whatever_an_installation_leaves_in_its_folder_keeps_a_restore_away(saved, tmp_path, name):
    """On PostgreSQL there is no database file: the keys of a live installation were overwritten."""
    fresh = tmp_path / "fresh"
    (fresh / name).parent.mkdir(parents=True)
    (fresh / name).write_text("mine")
    with pytest.raises(Unfit, match="holds an installation"):
        backup.restore(saved, settings_of(fresh, "postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert (fresh / name).read_text() == "mine"


def test_a_copy_of_sqlite_is_not_restored_into_postgresql(saved, tmp_path):
    with pytest.raises(Unfit, match="not restored into PostgreSQL"):
        backup.restore(saved, settings_of(tmp_path / "fresh", "postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert not (tmp_path / "fresh").exists()


def test_a_copy_that_another_run_makes_meanwhile_is_not_removed(instance, saved, tmp_path, monkeypatch):
    monkeypatch.setattr(type(saved), "exists", lambda _path: False)
    with pytest.raises(FileExistsError):
        backup.save(settings_of(instance), saved, datetime.now(UTC))
    assert (saved / "contents.json").is_file()
