import pytest
from sqlalchemy import text

from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.database import transaction


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


def write(*subjects):
    with transaction():
        for subject in subjects:
            journal.write("test.done", "thing", subject, by=None, at=clock.now(), n=1)


def tamper(statement):
    """As somebody with the database's own password would: past the guards of the tables."""
    with transaction() as session:
        if db.engine.dialect.name == "sqlite":
            for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))


def test_a_sealed_journal_verifies_and_goes_on():
    write("a", "b")
    assert journal.seal(at=clock.now()) == 2
    write("c")
    assert journal.unsealed() == 1
    assert journal.seal(at=clock.now()) == 1
    assert journal.seal(at=clock.now()) == 0
    assert journal.verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET subject_id = 'x' WHERE subject_id = 'b'",
        "UPDATE journal SET actor_id = NULL, action = 'other' WHERE subject_id = 'a'",
        "DELETE FROM journal WHERE subject_id = 'b'",
        "UPDATE journal_block SET hash = previous WHERE id = 1",
        "UPDATE journal SET block_id = 2 WHERE subject_id = 'a'",
    ],
)
def test_every_change_of_a_sealed_row_is_found(statement):
    write("a", "b")
    journal.seal(at=clock.now())
    write("c")
    journal.seal(at=clock.now())
    tamper(statement)
    assert journal.verify()


def test_a_tail_cut_off_is_found_by_the_seals_file():
    write("a")
    journal.seal(at=clock.now())
    write("b")
    journal.seal(at=clock.now())
    tamper("DELETE FROM journal WHERE block_id = 2")
    tamper("DELETE FROM journal_block WHERE id = 2")
    assert journal.verify() == ["block 2 is in the seals file but not in the database"]


def test_a_seal_whose_line_was_lost_in_a_crash_is_made_up_for(app):
    write("a")
    journal.seal(at=clock.now())
    (app.config["INSTANCE"] / "seals" / "journal.seals").write_text("")
    assert journal.verify() == []
    write("b")
    journal.seal(at=clock.now())
    assert (app.config["INSTANCE"] / "seals" / "journal.seals").read_text().count("\n") == 2
    assert journal.verify() == []


def rewrite(at):
    """As somebody who knows the algorithm would: change a row and seal everything again, so that the chain holds."""
    tamper("UPDATE journal SET subject_id = 'x', block_id = NULL WHERE subject_id = 'a'")
    tamper("UPDATE journal SET block_id = NULL")
    tamper("DELETE FROM journal_block")
    assert journal.seal(at=at) == 2


def test_a_history_rewritten_whole_is_found_by_the_seals_file():
    write("a", "b")
    journal.seal(at=clock.now())
    assert journal.verify() == []
    rewrite(clock.now())
    assert "block 1 differs from the seals file" in journal.verify()


def test_a_row_slipped_into_a_sealed_block_is_found():
    write("a", "b")
    journal.seal(at=clock.now())
    write("c")
    tamper("UPDATE journal SET block_id = 1 WHERE subject_id = 'c'")
    assert journal.verify() == ["block 1 holds 3 rows, sealed with 2"]


def test_rows_that_change_places_are_found():
    write("a", "b")
    journal.seal(at=clock.now())
    tamper("UPDATE journal SET seq = 99 WHERE subject_id = 'a'")
    assert journal.verify() == ["block 1 was changed after it was sealed"]


def seals(app):
    return app.config["INSTANCE"] / "seals" / "journal.seals"


@pytest.mark.parametrize("left", [1, 5, 40, 70, 96])
def test_a_torn_last_line_of_the_seals_is_written_again_and_told(app, caplog, left):
    for subject in "abc":
        write(subject)
        journal.seal(at=clock.now())
    whole = seals(app).read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    seals(app).write_bytes(whole[: start + left])
    assert journal.is_torn()
    assert journal.verify() == []
    write("d")
    with caplog.at_level("WARNING"):
        journal.seal(at=clock.now())
    assert "was torn" in caplog.text
    assert seals(app).read_bytes().startswith(whole)
    assert seals(app).read_bytes().count(b"\n") == 4
    assert journal.verify() == []


def test_a_torn_line_is_mended_when_nothing_else_is_to_be_sealed(app):
    write("a")
    journal.seal(at=clock.now())
    whole = seals(app).read_bytes()
    seals(app).write_bytes(whole[:-1])
    journal.seal(at=clock.now())
    assert seals(app).read_bytes() == whole


def test_a_line_of_the_seals_that_says_nothing_is_a_fault(app):
    write("a")
    journal.seal(at=clock.now())
    seals(app).write_bytes(b"1 1 abc\n" + seals(app).read_bytes())
    assert journal.verify() == ["line 1 of the seals file is no seal"]
