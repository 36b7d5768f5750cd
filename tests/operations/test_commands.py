"""Every command, in a process of its own; on both databases where the database matters."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.operations.test_serving import keys
from tests.support import masters
from webapp.accounts.models import Person
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import Role


@pytest.fixture
def beside(app):
    """The settings with which a command works on this test's own database and folder."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    settings = app.config["SETTINGS"]
    return {"DATABASE_URL": settings.database_url, "FRONTLINE_INSTANCE": str(settings.instance)}


def test_help_names_every_command_and_what_the_script_itself_knows(frontline):
    said = frontline("--help").output
    assert "Usage: ./frontline" in said
    named = set(re.findall(r"^  ([a-z][a-z-]+)  ", said, re.MULTILINE))
    named |= set(re.findall(r"^    ([a-z-]+)  ", said, re.MULTILINE))
    assert named == {
        *("backup", "certificate", "create-administrator", "demo", "jobs", "journal", "keys", "ledger", "migrate"),
        *("restore", "run", "serve", "setup", "states", "test", "bench"),
    }


def test_an_unknown_command_is_refused(frontline):
    answer = frontline("administer")
    assert answer.code == 2
    assert "No such command 'administer'" in answer.output


def test_migrate_makes_the_tables_and_may_be_repeated(frontline):
    for _time in range(2):
        answer = frontline("migrate")
        assert (answer.code, answer.output) == (0, "The database is up to date.\n")


def test_the_first_administrator_signs_in(app, frontline, beside):
    typed = "long enough 7\nlong enough 7\n"
    answer = frontline("create-administrator", "first", "王主任", typed=typed, **beside)
    assert answer.code == 0, answer.output
    assert "first may sign in now." in answer.output
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        assert (person.name, [grant.role for grant in person.grants]) == ("王主任", [Role.ADMINISTRATOR])
        assert not person.is_demonstration
    signed_in = app.test_client().post("/sign-in", data={"username": "first", "password": "long enough 7"})
    assert signed_in.status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_password_that_is_too_short_makes_nobody(app, frontline, beside):
    answer = frontline("create-administrator", "first", "王主任", typed="short\nshort\n", **beside)
    assert answer.code == 1
    assert "password-too-short" in answer.output
    assert "Traceback" not in answer.output
    with app.app_context():
        assert db.session.scalars(select(Person)).all() == []


@pytest.mark.only_on("sqlite")
def test_a_username_is_taken_once(app, frontline, beside):
    masters.person(app, "first", Role.ADMINISTRATOR)
    answer = frontline("create-administrator", "first", "x", typed="long enough 7\nlong enough 7\n", **beside)
    assert (answer.code, "username-taken" in answer.output) == (1, True)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("username", "name", "password", "code"),
    [
        ("Wang Gong", "王工", "long enough 7", "username-invalid"),
        ("王工", "王工", "long enough 7", "username-invalid"),
        ("wang", " ", "long enough 7", "name-missing"),
        ("wang", "王工", "password123456", "password-common"),
        ("wanggong", "王工", "x7-wanggong-k2q", "password-like-username"),
    ],
)
def test_an_administrator_of_the_command_line_obeys_the_rules_of_the_forms(
    app, frontline, beside, username, name, password, code
):
    typed = f"{password}\n{password}\n"
    answer = frontline("create-administrator", username, name, typed=typed, **beside)
    assert (answer.code, code in answer.output) == (1, True), answer.output
    with app.app_context():
        assert db.session.scalars(select(Person)).all() == []


def test_demo_refuses_a_database_in_which_there_is_anybody(app, frontline, beside):
    masters.person(app, "first", Role.ADMINISTRATOR)
    answer = frontline("demo", **beside)
    assert answer.code == 1
    assert "The database is not empty" in answer.output


@pytest.mark.only_on("sqlite")
def test_a_demonstration_password_that_is_too_weak_fills_nothing(app, frontline, beside):
    answer = frontline("demo", DEMO_PASSWORD="short", **beside)
    assert (answer.code, "password-too-short" in answer.output) == (1, True)
    with app.app_context():
        assert db.session.scalars(select(Person)).all() == []


def test_journal_verify_tells_a_true_journal_from_a_changed_one(app, frontline, beside):
    masters.person(app, "first", Role.ADMINISTRATOR)
    with app.app_context():
        journal.seal(at=clock.now())
    assert frontline("journal", "verify", **beside).output == "journal: 0 faults; 0 rows wait for the next seal\n"
    seals = Path(beside["FRONTLINE_INSTANCE"]) / "seals" / "journal.seals"
    number, count, digest, sealed_at = seals.read_text().split()
    seals.write_text(f"{number} {count} {digest[::-1]} {sealed_at}\n")
    answer = frontline("journal", "verify", **beside)
    assert (answer.code, answer.output) == (1, "FAULT block 1 differs from the seals file\njournal: 1 faults\n")


def test_ledger_verify_tells_a_true_ledger(frontline, beside):
    answer = frontline("ledger", "verify", **beside)
    assert (answer.code, answer.output) == (0, "ledger: 0 faults; every balance equals its moves\n")


def test_jobs_does_what_is_due_and_then_nothing(frontline, beside):
    first = frontline("jobs", **beside)
    assert first.code == 0
    assert {"journal.seal", "media.sweep"} <= set(keys(first.output))
    assert "failed" not in first.output
    assert frontline("jobs", **beside).output == "Nothing is due.\n"
