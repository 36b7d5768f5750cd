"""The check of the ledger finds what does not follow from the slips, whatever was changed behind its back."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update

from tests.support import masters
from webapp.extensions import db
from webapp.supplies import kinds, queries
from webapp.supplies.models import Balance, Move, Slip, StockCount
from webapp.supplies.rules import Reason


@pytest.fixture
def counted(app, house, stocked, deliver, line):
    """1,200 bottles came in, 30 went out, 1,100 were counted, 60 went out."""
    with app.app_context():
        deliver(kinds.OUT, [line(1)], reason="issue", other=house.hospital)
        count = deliver(kinds.COUNT, [line(1100, "base")]).receipt.uuid
        deliver(kinds.OUT, [line(2)], reason="issue", other=house.hospital)
        assert queries.verify_ledger() == []
        db.session.rollback()
        yield count


def codes():
    db.session.flush()
    found = [fault.code for fault in queries.ledger_faults()]
    db.session.rollback()
    return set(found)


def add_move(place_from, place_to, like, **more):
    """A row behind the ledger's back; moves can be added, never changed."""
    values = {column.name: getattr(like, column.name) for column in Move.__table__.columns if column.name != "seq"}
    values |= {"from_id": place_from, "to_id": place_to, "line_no": 99, "reverses": None} | more
    db.session.execute(insert(Move).values(**values))


def issue():
    return db.session.scalars(select(Move).where(Move.reason == Reason.ISSUE).order_by(Move.seq)).first()


def test_a_balance_that_is_not_the_sum_of_its_moves(counted):
    db.session.execute(update(Balance).values(on_hand=Balance.on_hand + 1))
    assert codes() == {"differs"}


def test_a_move_before_a_count_that_the_count_does_not_absorb(counted, house):
    add_move(house.here, house.hospital, issue(), quantity=5)
    db.session.execute(update(Balance).values(on_hand=Balance.on_hand - 5))
    assert codes() == {"unsettled", "count", "correction"}


def test_a_correction_that_no_slip_needs(counted, house):
    like = issue()
    found = db.session.scalars(select(Move.from_id).where(Move.is_fix)).first()
    add_move(house.here, house.hospital, like, quantity=7, is_fix=True)
    assert found is not None
    db.session.execute(update(Balance).values(on_hand=Balance.on_hand - 7))
    assert "correction" in codes()


def test_a_count_that_was_changed(counted):
    db.session.execute(update(StockCount).values(counted=1))
    assert {"count", "correction", "unsettled"} <= codes()


def test_a_count_without_its_row(counted):
    db.session.execute(text("DELETE FROM stock_count"))
    assert "uncounted" in codes()


@pytest.mark.parametrize(("scope", "is_fault"), [("listed", False), ("items", True), ("warehouse", True)])
def test_a_full_count_that_misses_a_batch(app, house, stocked, deliver, line, scope, is_fault):
    with app.app_context():
        deliver(kinds.COUNT, [line(3, lot="OTHER")])
        deliver(kinds.COUNT, [line(3, lot="OTHER")], scope=scope)
        assert queries.verify_ledger() == []
        db.session.execute(text("DELETE FROM stock_count WHERE counted = 0"))
        assert ("not-found" in codes()) is is_fault


def test_a_row_that_stands_elsewhere_than_its_slip(counted):
    moved = update(Slip).where(Slip.id == issue().slip_id).values(stands_at=Slip.stands_at - timedelta(seconds=1))
    at = db.session.scalar(select(Slip.stands_at).where(Slip.id == issue().slip_id)) - timedelta(seconds=1)
    db.session.execute(moved.values(stands_at=at))
    assert codes() == {"stand"}


def test_a_balance_that_does_not_know_the_latest_slip(counted):
    db.session.execute(update(Balance).values(last_stand_at=None))
    assert codes() == {"last-stand"}


def test_more_issued_than_there_was(counted, house):
    add_move(house.here, house.hospital, issue(), quantity=5000)
    assert {"differs", "negative"} <= codes()


def test_an_undone_slip_that_still_moves(app, house, counted, deliver):
    slip = issue().slip_id
    deliver(kinds.UNDO, [], slip=slip)
    assert queries.verify_ledger() == []
    db.session.rollback()
    add_move(house.here, house.hospital, issue(), quantity=5)
    assert "undone" in codes()


def test_the_page_names_the_fault_and_its_slip(app, house, stocked, deliver, line):
    with app.app_context():
        deliver(kinds.OUT, [line(1)], reason="issue", other=house.hospital)
        count = deliver(kinds.COUNT, [line(1100, "base")]).receipt.uuid
        number = db.session.get_one(Slip, count).number
        add_move(house.here, house.hospital, issue(), quantity=5)
        db.session.commit()
    page = masters.signed_in(app, "keeper").get("/supplies/ledger-check").text
    assert "盘点数与台账不符" in page
    assert number in page
