"""A slip that came back to its author is asked about as at the counter, and drawn again without being recorded."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests.supplies.test_views import hidden, post
from tests.support import masters
from tests.support.device import Device
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.supplies import kinds, queries
from webapp.supplies.models import Slip
from webapp.sync.models import ReceivedEnvelope

CONTROL = re.compile(r"<(?:input|select)\b[^>]*>")
VALUES = re.compile(r' (?:value|max)="[^"]*"| (?:data-wanted|aria-invalid="true")')


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def returned(app, keeper, stocked):
    """returned(kind, line, **head): a slip that came back because a field is unknown; gives its page's address."""
    device = Device(keeper)

    def returned(kind, line, **head):
        fields = {"uuid": str(uuid4()), "place": str(stocked.here), "unheard_of": "x"} | head
        fields |= {f"lines-0-{name}": str(value) for name, value in line.items()}
        [told] = device.send(device.seal(kind, fields))
        assert told["outcome"] == "returned"
        with app.app_context():
            newest = select(ReceivedEnvelope.id).order_by(ReceivedEnvelope.received_at.desc())
            return f"/sync/returned/{db.session.scalars(newest).first()}"

    return returned


@pytest.fixture
def press(keeper):
    """press(url, page, **fields): the page as it stands, with fields typed over, sent."""

    def press(url, page, **fields):
        return keeper.post(url, data=hidden(page) | fields)

    return press


@pytest.fixture
def held(app, stocked):
    def held(lot="A213B1"):
        with app.app_context():
            return queries.on_hand(stocked.here, queries.find_lot(stocked.item, lot).id)

    return held


def slips(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Slip))


def test_a_large_difference_wants_a_reason_and_a_second_press(app, keeper, returned, press, held, line):
    url = returned("stock.count", line(1))
    first = press(url, keeper.get(url))
    assert (first.status_code, held()) == (409, 1200)
    assert "账面 1,200 瓶，盘点 30 瓶" in words_of(first)
    assert "再次确认" in words_of(first)
    assert "remove:" not in first.text  # this page has no such act
    second = press(url, first, difference_reason="  ")
    assert (second.status_code, "请填写差异原因" in words_of(second), held()) == (409, True, 1200)
    other = press(url, second, difference_reason="漏记出库", **{"lines-0-quantity": "2"})
    assert (other.status_code, held()) == (409, 1200)  # other numbers are asked about anew
    assert press(url, other).status_code == 303
    assert held() == 60
    with app.app_context():
        reasons = db.session.scalars(select(Slip.difference_reason).order_by(Slip.received_at.desc()))
        assert reasons.first() == "漏记出库"


@pytest.mark.parametrize(("boxes", "status"), [(32, 303), (31, 409)])
def test_only_a_difference_above_the_districts_share_is_asked_about(keeper, returned, press, line, boxes, status):
    url = returned("stock.count", line(boxes))
    assert press(url, keeper.get(url)).status_code == status


def test_a_reason_that_was_typed_without_a_network_is_still_there(keeper, returned, press, held, line):
    url = returned("stock.count", line(1), difference_reason="破损未登记")
    first = press(url, keeper.get(url))
    assert hidden(first)["difference_reason"] == "破损未登记"
    assert press(url, first).status_code == 303


@pytest.mark.parametrize(("quantity", "status"), [("999999", 303), ("1000000", 409)])
def test_a_huge_quantity_is_asked_about_in_every_kind(keeper, returned, press, line, quantity, status):
    url = returned("stock.in", line(quantity, "base"), reason="purchase")
    first = press(url, keeper.get(url))
    assert first.status_code == status
    if status == 409:
        assert press(url, first).status_code == 303


def test_another_scope_draws_what_is_entered_as_0_and_records_nothing(
    app, stocked, keeper, returned, press, deliver, line
):
    with app.app_context():
        deliver(kinds.IN, [line(1, lot="NOTFOUND22")], reason="purchase")
    url, before = returned("stock.count", line(40), scope="listed"), slips(app)
    page = keeper.get(url)
    assert "NOTFOUND22" not in words_of(page)
    drawn = press(url, page, scope="items", act="refresh")
    assert (drawn.status_code, "NOTFOUND22" in words_of(drawn)) == (200, True)
    back = press(url, drawn, scope="listed", act="refresh")
    assert (back.status_code, "NOTFOUND22" in words_of(back), slips(app)) == (200, False, before)


def test_goods_that_moved_while_the_page_stood_open_are_counted_again(
    app, stocked, keeper, returned, press, held, deliver, line
):
    url = returned("stock.count", line(40))
    page = keeper.get(url)
    with app.app_context():
        deliver(kinds.OUT, [line(1)], reason="issue", other=stocked.hospital)
    drawn = press(url, page, act="refresh")  # to look again is not to count again
    changed = press(url, drawn)
    assert (changed.status_code, hidden(changed)["lines-0-quantity"], held()) == (409, "", 1170)
    assert press(url, changed, **{"lines-0-quantity": "39"}).status_code == 303
    assert held() == 1170


@pytest.mark.parametrize(("is_moved", "status"), [(False, 303), (True, 409)])
def test_a_batch_that_is_named_on_the_page_was_there_before(
    app, stocked, keeper, returned, press, deliver, line, is_moved, status
):
    url = returned("stock.count", line(40, lot="", expires_on=""))
    page = keeper.get(url)
    if is_moved:
        with app.app_context():
            deliver(kinds.OUT, [line(1)], reason="issue", other=stocked.hospital, at=clock.now())
    assert press(url, page, **{"lines-0-lot": "A213B1"}).status_code == status


def test_the_shelves_of_another_warehouse_are_not_told(stocked, keeper, returned, press, line):
    url = returned("stock.count", line(1))
    answer = press(url, keeper.get(url), place=str(stocked.there))
    assert answer.status_code == 409
    assert not re.search(r"data-doubts", answer.text)


def fields_of(page, start, item="{item}"):
    """The controls of the first line after `start`, without values, the line's number and the item's name."""
    row = page.text.partition(start)[2].partition("</tr>")[0]
    return [VALUES.sub("", control).replace("lines-0-", "").replace(item, "{item}") for control in CONTROL.findall(row)]


def test_a_line_has_the_same_fields_on_its_three_pages(keeper, stocked, returned, line):
    kept = fields_of(keeper.get("/offline/forms/stock"), "<template data-line>")
    names = [re.search(r' name="(\w+)"', control)[1] for control in kept]
    assert names == ["item", "book", "made_on", "quantity", "measure", "lot", "expires_on"]
    item = "84消毒液（500毫升）"
    assert fields_of(post(keeper, stocked, "XS-02", mode="in"), "<tbody>", item) == kept
    came_back = keeper.get(returned("stock.in", line(1), reason="purchase"))
    assert fields_of(came_back, "<tbody>", item) == kept
