"""Marks of counts follow the shelf as it stands: goods moved while they were counted, a difference wants a reason."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from tests.support import masters
from tests.support.device import Device, stamp
from tests.support.reading import words_of
from webapp.district import service as district
from webapp.district.rules import Preferences
from webapp.extensions import db
from webapp.kernel import clock
from webapp.supplies import kinds, queries
from webapp.supplies.models import Slip, StockCount
from webapp.supplies.rules import is_explained

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def stocked(app, house, deliver, line):
    """40 boxes of lot A213B1 lie in the first warehouse since five hours."""
    with app.app_context():
        assert deliver(kinds.IN, [line(40)], reason="purchase", at=clock.now() - 5 * AN_HOUR).receipt
    return house


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def late(stocked, keeper, line):
    """late(kind, boxes, ago, lot): a slip that happened so long ago, from a device that had no contact since."""

    def late(kind, boxes, ago, lot="A213B1", **head):
        head = {"out": {"reason": "issue", "other": stocked.hospital}, "in": {"reason": "purchase"}}.get(
            kind, {}
        ) | head
        fields = {"uuid": str(uuid4()), "place": str(stocked.here)} | {n: str(v) for n, v in head.items()}
        fields |= {f"lines-0-{name}": str(value) for name, value in line(boxes, lot=lot).items()}
        device = Device(keeper)
        envelope = device.seal(f"stock.{kind}", fields, captured_at=stamp(clock.now() - ago))
        assert device.send(envelope)[0]["outcome"] in ("receipt", "discrepancy")
        return UUID(envelope["uuid"])

    return late


@pytest.fixture
def count(app, deliver, line):
    """count(boxes, **line): a count at the counter; gives its id."""

    def count(boxes, reason=None, lot="A213B1", **more):
        with app.app_context():
            head = {"difference_reason": reason} if reason else {}
            return deliver(kinds.COUNT, [line(boxes, lot=lot, **more)], **head).receipt.uuid

    return count


@pytest.fixture
def undo(app, deliver):
    def undo(slip):
        with app.app_context():
            return deliver(kinds.UNDO, [], slip=slip).receipt.uuid

    return undo


@pytest.fixture
def is_listed(keeper):
    """Is a batch listed for counting, because it moved while it was counted?"""
    return lambda: "盘点期间有收发" in words_of(keeper.get("/supplies/to-count"))


@pytest.fixture
def is_wanted(app, keeper):
    """Is a reason wanted for this count, on its page and on the list?"""

    def is_wanted(slip):
        with app.app_context():
            number = db.session.get_one(Slip, slip).number
        is_on_page = "说明盘点差异" in words_of(keeper.get(f"/supplies/slips/{slip}"))
        assert is_on_page is (number in keeper.get("/supplies/slips?difference=unexplained").text)
        return is_on_page

    return is_wanted


@pytest.fixture
def disturbed(count, late):
    """Counted from an hour ago until now; half an hour ago a box was taken, which is known now."""
    slip = count(40, seen_seq=10**9, begun_at=(clock.now() - AN_HOUR).isoformat())
    return slip, late("out", 1, AN_HOUR / 2)


def test_what_moved_while_it_was_counted_stays_listed_until_a_count_stands_later(app, disturbed, is_listed, count):
    with app.app_context():
        for slip in db.session.scalars(select(Slip)):  # it was a hundred days ago
            long_ago = slip.received_at - timedelta(days=100)
            db.session.execute(update(Slip).where(Slip.id == slip.id).values(received_at=long_ago))
        db.session.commit()
    assert is_listed()
    count(39)
    assert not is_listed()


def test_a_count_from_a_device_settles_it_only_if_it_stands_later(disturbed, is_listed, late):
    late("count", 40, AN_HOUR * 2)
    assert is_listed()
    late("count", 39, timedelta())
    assert not is_listed()


def test_undoing_the_later_count_lists_it_again(disturbed, is_listed, count, undo):
    later = count(39)
    undo(later)
    assert is_listed()


@pytest.mark.parametrize("number", [0, 1])
def test_undoing_the_count_or_what_was_taken_ends_it(disturbed, is_listed, undo, number):
    undo(disturbed[number])
    assert not is_listed()


def test_a_count_that_is_not_the_latest_is_never_marked(app, stocked, count, late, is_listed, undo):
    count(40, seen_seq=10**9, begun_at=(clock.now() - AN_HOUR).isoformat())
    latest = count(40)
    late("out", 1, AN_HOUR / 2)
    assert not is_listed()
    undo(latest)
    assert is_listed()


def test_a_late_issue_that_explains_a_difference_takes_it_off_the_list(count, late, is_wanted):
    slip = count(30)
    assert is_wanted(slip)
    late("out", 3, AN_HOUR)  # 37 on the book: 7 less is below the fifth that is asked about
    assert not is_wanted(slip)


def test_a_late_issue_makes_an_equal_count_one_to_explain(count, late, is_wanted):
    slip = count(40)
    assert not is_wanted(slip)
    late("out", 6, AN_HOUR)
    assert not is_wanted(slip)
    late("out", 1, AN_HOUR)  # 33 on the book: 7 more is above a fifth
    assert is_wanted(slip)


@pytest.mark.parametrize(("more", "is_again"), [("out", False), ("in", True)])
def test_a_reason_holds_until_the_difference_grows(app, keeper, count, late, is_wanted, more, is_again):
    slip = count(20, reason="破损")
    assert not is_wanted(slip)
    late(more, 1, AN_HOUR)
    assert is_wanted(slip) is is_again
    if is_again:
        keeper.post(f"/supplies/slips/{slip}/explain", data={"difference_reason": "漏记"})
        assert not is_wanted(slip)
        assert "破损；漏记" in words_of(keeper.get(f"/supplies/slips/{slip}"))


@pytest.mark.parametrize(
    ("difference", "explained", "is_held"),
    [(-5, -5, True), (-4, -5, True), (-6, -5, False), (5, -5, False), (5, None, False), (5, 0, False)],
)
def test_a_reason_holds_for_no_more_and_not_the_other_way(difference, explained, is_held):
    assert is_explained(difference, explained) is is_held


def test_an_undone_count_has_nothing_to_explain(count, undo, is_wanted):
    slip = count(20)
    undo(slip)
    assert not is_wanted(slip)


def test_a_late_slip_of_one_batch_takes_no_other_batch_off_the_list(app, deliver, line, late, is_wanted):
    """Also where the district asks about less by now."""
    with app.app_context():
        deliver(kinds.IN, [line(40, lot="B2")], reason="purchase", at=clock.now() - 4 * AN_HOUR)
        slip = deliver(kinds.COUNT, [line(30), line(38, lot="B2")]).receipt.uuid
        district.change_preferences(Preferences(count_share=50), by=None, at=clock.now())
    late("out", 1, AN_HOUR, lot="B2")
    assert is_wanted(slip)


def test_a_full_count_that_covers_a_late_batch_is_judged_again(app, deliver, line, late, is_wanted):
    with app.app_context():
        slip = deliver(kinds.COUNT, [line(40)], scope="warehouse").receipt.uuid
    assert not is_wanted(slip)
    late("in", 1, AN_HOUR, lot="LATE")  # counted as 0
    assert is_wanted(slip)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StockCount).where(StockCount.wants_reason)) == 1
        assert queries.verify_ledger() == []
