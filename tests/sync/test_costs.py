"""What a batch of envelopes asks of the database, and how it behaves when one of them fails."""

import pytest
from sqlalchemy import func, select, text

from tests.checkpoints.conftest import gates, tablet  # noqa: F401  fixtures
from tests.support.counting import counted
from webapp.checkpoints.forms import VisitForm
from webapp.checkpoints.models import Visit
from webapp.checkpoints.service import arrivals
from webapp.extensions import db
from webapp.kernel.columns import digest
from webapp.kernel.database import is_writing
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.service import delivery

# Savepoint and its release, entry, who is inside, visit; on PostgreSQL a lock of the visitor.
EACH = {"sqlite": 5, "postgresql": 6}
# Session, contact, tombstones, envelopes and their rows, grant, author, gate, rule, journal and the answer.
BATCH = {"sqlite": 25, "postgresql": 23}

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def batch(tablet, count):  # noqa: F811
    return [tablet.arrived(5, phone=f"1380000{number:04}", id_type=None, id_number=None) for number in range(count)]


def test_the_envelopes_of_a_batch_share_what_they_ask_alike(app, database, tablet, monkeypatch):  # noqa: F811
    for name in ("HELD_S", "HELD_ON_ROWS_S"):  # on a slow machine a batch takes several transactions
        monkeypatch.setattr(delivery, name, 60.0)
    envelopes = batch(tablet, 20)
    tablet.send(envelopes[0])  # warms what is kept, and announces the numbers of all
    with counted(app) as statements:
        assert {outcome for outcome, _code in tablet.send(*envelopes[1:])} == {"receipt"}
    assert len(statements) == 19 * EACH[database] + BATCH[database], statements
    if database == "sqlite":
        assert sum(text.startswith("BEGIN IMMEDIATE") for text in statements) == 2, "the contact and the batch"


@pytest.mark.only_on("postgresql")
def test_a_batch_that_meets_the_lock_of_another_call_is_received_one_by_one(app, tablet, monkeypatch):  # noqa: F811
    alone, envelopes = [], batch(tablet, 3)
    with app.app_context():
        held = f"visit {digest(Visit.phone_blind, '13800000001')}"
        other, taken = db.engine.connect(), delivery._take_alone
        other.execution_options(isolation_level="READ COMMITTED").execute(LOCK, {"name": held})

    def let_go(reception):
        other.rollback()
        alone.append(reception)
        return taken(reception)

    monkeypatch.setattr(delivery, "_take_alone", let_go)
    assert tablet.send(*envelopes) == [("receipt", None)] * 3
    assert len(alone) == 3, "the one before and the one after the wait, and the last, which was left alone"
    other.close()


@pytest.mark.only_on("sqlite")
def test_a_batch_lets_go_of_the_lock_when_its_time_is_over(app, tablet, monkeypatch):  # noqa: F811
    monkeypatch.setattr(delivery, "HELD_S", 0.0)
    envelopes = batch(tablet, 3)
    with counted(app) as statements:
        assert {outcome for outcome, _code in tablet.send(*envelopes)} == {"receipt"}
    assert sum(text.startswith("BEGIN IMMEDIATE") for text in statements) == 1 + 3


def test_one_that_fails_by_a_mistake_of_ours_takes_nothing_of_the_others_with_it(app, tablet, monkeypatch):  # noqa: F811
    envelopes, real = batch(tablet, 4), arrivals._let_in

    def fails_once(visit, answer):
        if visit["phone_blind"] == digest(Visit.phone_blind, "13800000002"):
            raise ZeroDivisionError
        return real(visit, answer)

    monkeypatch.setattr(arrivals, "_let_in", fails_once)
    assert tablet.send(*envelopes) == [("receipt", None)] * 2 + [("review", "failed")] + [("receipt", None)]
    assert tablet.send(*envelopes) == [("same", None)] * 2 + [("review", "failed")] + [("same", None)]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 3


@pytest.mark.only_on("sqlite")
def test_an_envelope_that_a_batch_brings_twice_is_one_and_another_content_is_kept_beside_it(app, tablet, monkeypatch):  # noqa: F811
    monkeypatch.setattr(delivery, "HELD_S", 60.0)
    first, second = batch(tablet, 2)
    other = tablet.arrived(5, uuid=first["uuid"], phone="13900000000", id_type=None, id_number=None)
    forged = second | {"mac": first["mac"]}
    sent = [first, first, other, forged, second, second]
    with counted(app) as statements:
        outcomes = [outcome for outcome, _code in tablet.send(*sent)]
    assert sum(text.startswith("BEGIN IMMEDIATE") for text in statements) == 2, "nothing was taken back"
    assert outcomes == ["receipt", "same", "conflict", "review", "receipt", "same"]
    with app.app_context():
        counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Visit, ReceivedEnvelope)]
    assert counts == [2, 3]


@pytest.mark.only_on("sqlite")
def test_the_forms_of_a_batch_are_bound_before_the_lock(tablet, monkeypatch):  # noqa: F811
    bound, real = [], VisitForm.validate

    def watched(form, *given):
        bound.append(is_writing())
        return real(form, *given)

    monkeypatch.setattr(VisitForm, "validate", watched)
    assert {outcome for outcome, _code in tablet.send(*batch(tablet, 3))} == {"receipt"}
    assert bound == [False] * 3
