"""What cannot be used is told in one sentence, without a traceback."""

import os
import socket
import sqlite3

import pytest

from webapp.operations.starting import is_only_here


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("PORT", "eighty", "PORT must be a whole number"),
        ("PORT", "0", "PORT must be a whole number"),
        ("PORT", "65536", "PORT must be a whole number"),
        ("PORT", "²", "PORT must be a whole number"),
        ("DEMO_DAYS", "401", "DEMO_DAYS must be a whole number from 0 to 400"),
        ("ASSETS", "ftp", "ASSETS must be one of cdn, local"),
        ("SECURE_COOKIES", "perhaps", "SECURE_COOKIES must be one of"),
        ("DISTRICT_ZONE", "Moon/Base", "DISTRICT_ZONE must be a time zone"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL must look like"),
        ("DATABASE_URL", "mysql://a:b@127.0.0.1/c", "DATABASE_URL must look like"),
        ("FRONTLINE_INSTANCE", "/dev/null/instance", "The instance folder cannot be used"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(refused_early, setting, value, told):
    assert told in refused_early("serve", **{setting: value})


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(refused, environ):
    told = refused("serve", DATABASE_URL=f"postgresql://somebody:hunter2@127.0.0.1:{environ['PORT']}/frontline")
    assert "The database cannot be opened" in told
    assert "hunter2" not in told


def test_a_file_that_is_no_database_is_one_sentence(refused, tmp_path):
    (tmp_path / "letter.db").write_text("Dear sirs, this is a letter and not a database. " * 40)
    assert "file is not a database" in refused("migrate", DATABASE_URL=f"sqlite:///{tmp_path}/letter.db")


def test_a_port_that_is_taken_is_one_sentence(refused, environ):
    with socket.create_server(("127.0.0.1", int(environ["PORT"])), reuse_port=True):
        told = refused("serve")
    assert f"port {environ['PORT']} (Address already in use)" in told


def test_a_folder_that_is_not_there_is_one_sentence(refused):
    assert "The database cannot be opened" in refused("serve", DATABASE_URL="sqlite:////nowhere/at/all.db")


def test_an_address_of_another_machine_is_one_sentence(refused):
    assert "Frontline cannot listen on 192.0.2.1" in refused("serve", HOST="192.0.2.1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_instance_folder_that_is_read_only_is_one_sentence(refused_early, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "Permission denied" in refused_early("serve", FRONTLINE_INSTANCE=f"{tmp_path}/locked")


def test_a_database_from_a_newer_version_is_left_alone(frontline, refused, environ):
    assert frontline("migrate").code == 0
    path = f"{environ['FRONTLINE_INSTANCE']}/frontline.db"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for command in ("serve", "run"):
        assert "made by a newer Frontline (migration 9999)" in refused(command)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    database.close()


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("10.0.0.7", False)],
)
def test_only_loopback_is_reached_by_nobody_else(host, only_here):
    assert is_only_here(host) is only_here
