"""A count at the counter: bare numbers are quantities, a large difference wants a reason and a second press."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.supplies.test_scans import lines, press  # noqa: F401  a fixture
from tests.supplies.test_views import hidden, post
from tests.support import masters
from tests.support.reading import words_of
from webapp.district import service as district
from webapp.district.rules import Preferences
from webapp.extensions import db
from webapp.kernel import clock
from webapp.supplies import kinds, queries
from webapp.supplies.models import Slip, StockCount
from webapp.supplies.rules import expiry_of, is_large_difference

LABEL = "FL:L:XS-02:271231:A213B1"


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def counted(keeper, stocked):
    """The page of a count of lot A213B1 (1,200 bottles on the book), one bottle scanned."""
    return post(keeper, stocked, LABEL, mode="count")


def on_hand(app, house):
    with app.app_context():
        return queries.on_hand(house.here, queries.find_lot(house.item, "A213B1").id)


CASES = json.loads((Path(__file__).parent / "stock.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["differences"], ids=str)
def test_a_difference_is_large_above_its_share_of_the_book_and_above_an_amount(case):
    *numbers, expected = case.values()
    book, counted, scale, share, amount = numbers
    assert is_large_difference(book, counted, scale, share=share, amount=amount) is expected


@pytest.mark.parametrize("case", CASES["expiry"], ids=str)
def test_goods_are_good_through_the_day_itself(case):
    expires_on, today = date.fromisoformat(case["expires_on"]), date.fromisoformat(CASES["today"])
    assert expiry_of(expires_on, today).value == case["is"]


@pytest.mark.parametrize(
    ("typed", "quantity"), [("3000", "3000"), ("\uff13\uff10\uff10\uff10", "3000"), ("1,200", "1200"), ("0", "0")]
)
def test_a_bare_number_is_the_quantity_of_the_line_before(counted, press, typed, quantity):  # noqa: F811
    page = press(counted, "scan", code=typed)
    assert (page.status_code, [line[2] for line in lines(page)]) == (200, [quantity])


def test_a_bare_number_is_a_code_in_the_other_modes_and_a_barcode_in_all(keeper, stocked, counted, press):  # noqa: F811
    assert post(keeper, stocked, "3000", mode="in").status_code == 409
    assert "不认识这个条码" in words_of(press(counted, "scan", code="96385074"))


def test_a_number_that_is_an_own_code_too_is_asked_about(app, keeper, stocked, counted, press):  # noqa: F811
    item = {"code": "3000", "name": "帐篷", "category": "other", "unit_zh": "顶", "scale": "1"}
    assert keeper.post("/supplies/items/new", data=item).status_code == 303
    asked = press(counted, "scan", code="3000")
    assert (asked.status_code, len(lines(asked))) == (409, 1)
    assert [line[2] for line in lines(press(asked, "answer:number"))] == ["3000"]
    assert len(lines(press(asked, "answer:code"))) == 2


def test_one_enter_writes_nothing_off(app, stocked, counted, press):  # noqa: F811
    first = press(counted, "scan", code="")
    assert (first.status_code, on_hand(app, stocked)) == (409, 1200)
    assert "-1,199" in words_of(first).replace("\u2212", "-")
    second = press(first, "scan", code="")
    assert (second.status_code, "请填写差异原因" in words_of(second), on_hand(app, stocked)) == (409, True, 1200)
    third = press(second, "confirm", difference_reason="  ")
    assert (third.status_code, on_hand(app, stocked)) == (409, 1200)
    done = press(third, "confirm", difference_reason="漏记出库")
    assert done.headers["HX-Redirect"]
    assert on_hand(app, stocked) == 1
    with app.app_context():
        slip = db.session.scalars(select(Slip).order_by(Slip.received_at.desc())).first()
        assert (slip.difference_reason, queries.wants_reason(slip.id)) == ("漏记出库", False)


def test_other_numbers_are_asked_about_anew(app, stocked, counted, press):  # noqa: F811
    first = press(counted, "confirm")
    again = press(first, "confirm", difference_reason="漏记出库", **{"lines-0-quantity": "2"})
    assert (again.status_code, on_hand(app, stocked)) == (409, 1200)


def test_what_the_district_does_not_mind_is_booked_at_once(app, stocked, counted, press):  # noqa: F811
    near = press(press(counted, "scan", code="1000"), "confirm")
    assert near.headers["HX-Redirect"]
    assert on_hand(app, stocked) == 1000
    with app.app_context():
        district.change_preferences(Preferences(count_share=1), by=None, at=clock.now())


def test_the_share_is_the_districts(app, stocked, counted, press):  # noqa: F811
    with app.app_context():
        district.change_preferences(Preferences(count_share=1), by=None, at=clock.now())
    assert press(press(counted, "scan", code="1000"), "confirm").status_code == 409
    with app.app_context():
        district.change_preferences(Preferences(count_share=1, count_amount=200), by=None, at=clock.now())
    assert press(press(counted, "scan", code="1000"), "confirm").headers["HX-Redirect"]


def test_two_lines_of_one_lot_are_one_difference(app, keeper, stocked, counted, press):  # noqa: F811
    boxes = press(press(counted, "scan", code="39*(01)06901234567892(17)271231(10)a213b1"), "refresh")
    assert len(lines(boxes)) == 2
    filled = press(boxes, "refresh", **{"lines-0-quantity": "30"})
    assert words_of(filled).count("相符") == 2
    assert press(filled, "confirm").headers["HX-Redirect"]
    assert on_hand(app, stocked) == 1200


def test_a_count_that_agrees_is_kept_for_its_lot(app, stocked, counted, press):  # noqa: F811
    assert press(press(counted, "scan", code="1200"), "confirm").headers["HX-Redirect"]
    with app.app_context():
        assert db.session.scalars(select(StockCount.counted)).all() == [1200]


def test_goods_that_move_while_they_are_counted_show_the_new_book(app, stocked, counted, press, deliver, line):  # noqa: F811
    with app.app_context():
        deliver(kinds.OUT, [line(100, "base")], reason="issue", other=stocked.hospital)
    filled = press(counted, "scan", code="1200")
    changed = press(filled, "confirm")
    assert (changed.status_code, hidden(changed)["lines-0-book"]) == (409, "1100")
    assert press(press(changed, "scan", code="1100"), "confirm").headers["HX-Redirect"]


def test_a_far_off_count_from_a_device_is_booked_listed_and_explained(app, keeper, stocked, deliver, line):
    with app.app_context():
        slip = deliver(kinds.COUNT, [line(1, "base")]).receipt.uuid
    assert on_hand(app, stocked) == 1
    assert "PD" in words_of(keeper.get("/supplies/slips?difference=unexplained"))
    assert "盘点差异待说明" in words_of(keeper.get("/"))
    assert "说明盘点差异" in words_of(keeper.get(f"/supplies/slips/{slip}"))
    assert keeper.post(f"/supplies/slips/{slip}/explain", data={"difference_reason": " "}).status_code == 422
    assert keeper.post(f"/supplies/slips/{slip}/explain", data={"difference_reason": "漏记"}).status_code == 303
    assert keeper.post(f"/supplies/slips/{slip}/explain", data={"difference_reason": "另一个"}).status_code == 303
    assert "漏记" in words_of(keeper.get(f"/supplies/slips/{slip}"))
    assert "盘点差异待说明" not in words_of(keeper.get("/"))


@pytest.mark.parametrize(
    ("typed", "status"), [("999999", 204), ("1000000", 409), ("96385074", 422), ("6901234567892", 422)]
)
def test_a_huge_quantity_is_asked_about_and_a_barcode_is_none(app, keeper, stocked, press, typed, status):  # noqa: F811
    page = post(keeper, stocked, "(01)06901234567892(17)271231(10)A213B1", mode="in")
    first = press(page, "confirm", **{"lines-0-quantity": typed})
    assert first.status_code == status or (status == 204 and "HX-Redirect" in first.headers)
    if status == 409:
        assert press(first, "confirm").headers["HX-Redirect"]


@pytest.mark.parametrize(("years", "is_good"), [(20, True), (21, False)])
def test_a_date_too_far_away_is_refused_with_words(keeper, stocked, press, today, years, is_good):  # noqa: F811
    page = post(keeper, stocked, "(01)06901234567892(10)NEW", mode="in")
    day = f"{today.year + years}-06-01"
    answer = press(page, "confirm", **{"lines-0-expires_on": day})
    assert ("HX-Redirect" in answer.headers) is is_good
    assert ("日期太远" in words_of(answer)) is not is_good
    absurd = press(page, "confirm", **{"lines-0-expires_on": "275760-02-01"})
    assert (absurd.status_code, "275760-02-01" in absurd.text) == (422, True)
