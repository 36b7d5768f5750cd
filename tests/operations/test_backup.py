"""A backup holds everything, names the keys, and a damaged one is refused before anything is touched."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from webapp.operations import backup
from webapp.operations.backup import Unfit


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
    backup.save(instance, instance / "frontline.db", tmp_path / "copy", datetime.now(UTC))
    return tmp_path / "copy"


def test_what_was_saved_comes_back_and_devices_are_told_by_a_new_epoch(saved, tmp_path):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    contents = backup.restore(saved, fresh)
    assert contents["envelope_keys"] == ["ab12"]
    assert (fresh / "uploads" / "x").read_text() == "photo"
    assert not (fresh / "keys" / "epoch").exists()
    with closing(sqlite3.connect(fresh / "frontline.db")) as connection:
        assert connection.execute("SELECT n FROM t").fetchall() == [(7,)]


def test_a_backup_without_the_key_is_none(instance, tmp_path):
    (instance / "keys" / "data.key").unlink()
    with pytest.raises(Unfit, match=r"data\.key"):
        backup.save(instance, instance / "frontline.db", tmp_path / "copy", datetime.now(UTC))
    assert not (tmp_path / "copy").exists()


def test_a_folder_is_never_overwritten(instance, saved):
    with pytest.raises(Unfit, match="exists"):
        backup.save(instance, instance / "frontline.db", saved, datetime.now(UTC))
    with pytest.raises(Unfit, match="holds a database"):
        backup.restore(saved, instance)


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
        backup.restore(saved, fresh)
    assert list(fresh.iterdir()) == []
