"""The ledger: all lines or none, never below zero, undone once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from tests.support.working import run_due
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.supplies import kinds, queries, service
from webapp.supplies.models import Balance, Lot, Move, Slip, StockCount


@pytest.fixture(autouse=True)
def _context(app, stocked):
    with app.app_context():
        yield


def held(place, lot="A213B1"):
    query = select(func.sum(Balance.on_hand)).where(Balance.place_id == place)
    return db.session.scalar(query) or 0


def only_lot():
    return db.session.scalars(select(Lot.id)).one()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_forty_boxes_are_twelve_hundred_bottles(house):
    assert held(house.here) == 1200
    assert queries.verify_ledger() == []


def test_issuing_more_than_there_is_is_refused_with_what_is_left(house, deliver, line):
    deliver(kinds.OUT, [line(15)], reason="issue", other=house.hospital)
    with pytest.raises(Refusal) as refused:
        deliver(kinds.OUT, [line(26)], reason="issue", other=house.hospital)
    assert refused.value.code == "stock-short"
    assert "只剩 25 箱，不够 26 箱" in refused.value.sentence
    assert held(house.here) == 25 * 30
    assert deliver(kinds.OUT, [line(25)], reason="issue", other=house.hospital).receipt


def test_a_slip_is_all_its_lines_or_none(house, deliver, line):
    entries_before = count(Entry)
    with pytest.raises(Refusal):
        deliver(kinds.OUT, [line(1), line(40)], reason="issue", other=house.hospital)
    db.session.rollback()
    assert held(house.here) == 1200
    assert (count(Slip), count(Move), count(Entry)) == (1, 1, entries_before)


def test_two_lines_of_one_batch_are_added_up_before_the_shelf_is_asked(house, deliver, line):
    with pytest.raises(Refusal):
        deliver(kinds.OUT, [line(20), line(21)], reason="issue", other=house.hospital)
    assert deliver(kinds.OUT, [line(20), line(20)], reason="issue", other=house.hospital).receipt
    assert held(house.here) == 0


def test_the_same_entry_twice_is_one_slip_and_one_receipt(house, deliver, line):
    uuid = uuid4()
    first = deliver(kinds.OUT, [line(3)], uuid=uuid, reason="issue", other=house.hospital)
    again = deliver(kinds.OUT, [line(3)], uuid=uuid, reason="issue", other=house.hospital)
    assert again.receipt.replayed
    assert first.receipt.seq == again.receipt.seq
    assert held(house.here) == 37 * 30
    with pytest.raises(Refusal, match="entry-conflict"):
        deliver(kinds.OUT, [line(4)], uuid=uuid, reason="issue", other=house.hospital)


def test_a_slip_is_undone_once_by_reversing_moves(house, deliver, line):
    slip = deliver(kinds.OUT, [line(15)], reason="issue", other=house.hospital).receipt.uuid
    undone = deliver(kinds.UNDO, [], slip=slip)
    assert held(house.here) == 1200
    moves = db.session.scalars(select(Move).where(Move.slip_id == undone.receipt.uuid)).all()
    assert [db.session.get(Move, move.reverses).slip_id for move in moves] == [slip]
    with pytest.raises(Refusal, match="slip-undone-already"):
        deliver(kinds.UNDO, [], slip=slip)
    with pytest.raises(Refusal, match="slip-is-undo"):
        deliver(kinds.UNDO, [], slip=undone.receipt.uuid)
    assert queries.verify_ledger() == []


def test_undoing_goods_that_are_gone_is_refused(house, deliver, line):
    received = db.session.scalars(select(Slip.id)).one()
    deliver(kinds.OUT, [line(1)], reason="issue", other=house.hospital)
    with pytest.raises(Refusal, match="undo-goods-gone"):
        deliver(kinds.UNDO, [], slip=received)
    assert held(house.here) == 39 * 30


def test_a_transfer_leaves_here_and_arrives_there(house, deliver, line):
    deliver(kinds.TRANSFER, [line(10)], other=house.there)
    assert (held(house.here), held(house.there)) == (900, 300)
    with pytest.raises(Refusal, match="warehouse-same"):
        deliver(kinds.TRANSFER, [line(1)], other=house.here)
    with pytest.raises(Refusal, match="place-gone"):
        deliver(kinds.TRANSFER, [line(1)], other=house.hospital)
    assert queries.verify_ledger() == []


def test_a_count_moves_only_the_differences(house, deliver, line):
    deliver(kinds.COUNT, [line(1190, "base", book=1200)])
    assert held(house.here) == 1190
    deliver(kinds.COUNT, [line(1201, "base", book=1190)])
    assert held(house.here) == 1201
    same = deliver(kinds.COUNT, [line(1201, "base", book=1201)]).receipt
    assert held(house.here) == 1201
    assert db.session.get(StockCount, (same.uuid, only_lot())).counted == 1201  # kept, though nothing differs
    assert queries.verify_ledger() == []


def test_a_count_against_an_old_book_is_refused(house, deliver, line):
    deliver(kinds.OUT, [line(1)], reason="issue", other=house.hospital)
    with pytest.raises(Refusal, match="count-changed"):
        deliver(kinds.COUNT, [line(1190, "base", book=1200)])


def test_a_count_finds_a_batch_nobody_knew(house, deliver, line):
    deliver(kinds.COUNT, [line(5, "base", lot="NEW", book=0)])
    assert held(house.here) == 1205


def test_expired_goods_go_out_only_as_waste(house, deliver, line, today, yesterday):
    deliver(kinds.IN, [line(1, lot="OLD", expires_on=yesterday)], reason="opening")
    deliver(kinds.IN, [line(1, lot="EDGE", expires_on=today)], reason="purchase")
    with pytest.raises(Refusal, match="stock-expired"):
        deliver(kinds.OUT, [line(1, lot="OLD")], reason="issue", other=house.hospital)
    with pytest.raises(Refusal, match="stock-expired"):
        deliver(kinds.IN, [line(1, lot="OLDER", expires_on=yesterday)], reason="purchase")
    assert deliver(kinds.OUT, [line(1, lot="EDGE")], reason="issue", other=house.hospital).receipt
    assert deliver(kinds.OUT, [line(1, lot="OLD")], reason="disposal").receipt


def test_a_batch_has_one_expiry(deliver, line):
    with pytest.raises(Refusal, match="lot-differs"):
        deliver(kinds.IN, [line(1, expires_on="2028-01-01")], reason="purchase")
    with pytest.raises(Refusal, match="lot-needed"):
        deliver(kinds.IN, [line(1, lot="")], reason="purchase")
    assert deliver(kinds.IN, [line(1, expires_on="")], reason="purchase").receipt  # known by its number


def test_goods_without_a_batch_need_none(house, deliver, line):
    thermometer = queries.find_item_by_code("QT-02").id
    bare = line(12, "base", lot="", expires_on="", item=thermometer)
    assert deliver(kinds.IN, [bare], reason="donation", counterparty="区红十字会").receipt
    assert deliver(kinds.OUT, [bare], reason="issue", counterparty="李建国").receipt


def test_a_part_of_the_smallest_step_is_refused(deliver, line):
    with pytest.raises(Refusal, match="quantity-not-whole"):
        deliver(kinds.IN, [line("0.01")], reason="purchase")


def test_another_keepers_warehouse_is_refused(house, deliver, line):
    with pytest.raises(Refusal, match="warehouse-not-yours"):
        deliver(kinds.IN, [line(1)], place=house.there, reason="purchase")


def test_issue_needs_somebody_and_lines(house, deliver, line):
    nobody = deliver(kinds.OUT, [line(1)], reason="issue")
    assert (nobody.receipt, list(nobody.form.errors)) == (None, ["counterparty"])
    assert deliver(kinds.OUT, [], reason="issue", other=house.hospital).receipt is None
    assert deliver(kinds.OUT, [line(0)], reason="issue", other=house.hospital).receipt is None


def test_the_ledger_runs_and_a_period_opens_with_what_was_before(house, deliver, line):
    at = clock.now()
    deliver(kinds.OUT, [line(15)], at=at + timedelta(days=2), reason="issue", other=house.hospital)
    ledger = queries.ledger_of(house.item, [house.here], None, None)
    assert [(row.incoming, row.outgoing, row.balance) for row in ledger.rows] == [(1200, 0, 1200), (0, 450, 750)]
    later = queries.ledger_of(house.item, [house.here], clock.district_day(at + timedelta(days=1)), None)
    assert (later.opening, later.outgoing, later.closing) == (1200, 450, 750)


def test_a_balance_changed_behind_the_ledger_is_found(house):
    db.session.rollback()
    db.session.execute(text("UPDATE balance SET on_hand = 1201"))
    db.session.commit()
    faults = queries.ledger_faults()
    assert [(fault.code, fault.ledger, fault.balance) for fault in faults] == [("differs", 1200, 1201)]
    assert "1 faults" in dict(run_due(clock.now()))["supplies.verify"]


def test_the_catalogue_is_loaded_once(house):
    assert service.load_catalogue(by=house.keeper, at=clock.now()) == 0
