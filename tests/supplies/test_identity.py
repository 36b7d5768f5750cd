"""A lot, an item, a place and a unit are the same however they are spelt, at every entrance."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.supplies.test_views import HTMX, LOTTED, hidden, post, upload, workbook
from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.errors import Refusal, refusal_of
from webapp.places import queries as places
from webapp.places import service as place_service
from webapp.places.rules import PlaceKind
from webapp.supplies import kinds, queries, service
from webapp.supplies.models import Balance, Lot

SPELLINGS = ["A213B1", "a213b1", "\uff21213\uff221", "A213B1\u200b", " A213 B1", "A213\u3000B1"]


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


def lots(house):
    return db.session.scalars(select(Lot.number).where(Lot.item_id == house.item)).all()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_lot_typed_in_another_way_is_the_same_lot(app, stocked, deliver, line, spelling):
    with app.app_context():
        assert deliver(kinds.IN, [line(1, lot=spelling)], reason="purchase").receipt
        assert deliver(kinds.OUT, [line(2, lot=spelling)], reason="issue", other=stocked.hospital).receipt
        assert lots(stocked) == ["A213B1"]
        assert db.session.scalar(select(func.sum(Balance.on_hand))) == 39 * 30


def test_a_lot_is_shown_as_it_was_first_written(app, house, deliver, line):
    with app.app_context():
        deliver(kinds.IN, [line(1, lot="\uff21\uff11")], reason="purchase")
        deliver(kinds.IN, [line(1, lot="A1")], reason="purchase")
        assert lots(house) == ["\uff21\uff11"]


def test_two_spellings_in_one_slip_are_one_lot(app, house, deliver, line):
    with app.app_context():
        assert deliver(kinds.IN, [line(1, lot="b7"), line(2, lot="\uff227")], reason="purchase").receipt
        assert db.session.scalar(select(func.sum(Balance.on_hand))) == 90
        assert lots(house) == ["b7"]


@pytest.mark.parametrize("number", ["", "\u200b", "\u3164", "\ufe0f", " \ufeff\u2060"])
def test_a_lot_number_that_shows_nothing_is_none(app, stocked, deliver, line, number):
    with app.app_context():
        for kind, head in ((kinds.IN, {"reason": "purchase"}), (kinds.COUNT, {})):
            with pytest.raises(Refusal) as refused:
                deliver(kind, [line(1, lot=number)], **head)
            assert refused.value.code == "lot-needed"


def test_a_hyphen_makes_another_lot(app, stocked, deliver, line):
    with app.app_context():
        deliver(kinds.IN, [line(1, lot="A213-B1")], reason="purchase")
        assert sorted(lots(stocked)) == ["A213-B1", "A213B1"]


@pytest.mark.parametrize("spelling", ["a213b1", "\uff21\uff12\uff11\uff13\uff22\uff11"])
def test_a_lot_scanned_in_another_way_is_found_on_the_shelf(keeper, stocked, spelling):
    page = post(keeper, stocked, f"FL:L:XS-02:271231:{spelling}")
    assert page.status_code == 200
    assert hidden(page)["lines-0-lot"] == "A213B1"
    again = keeper.post("/supplies/counter", data=hidden(page) | {"code": "FL:L:XS02:271231:A213B1"}, headers=HTMX)
    assert hidden(again)["lines-0-quantity"] == "2"


@pytest.mark.parametrize("spelling", ["XS-02", "xs02", "\uff38\uff33\uff0d\uff10\uff12", "XS\u201302", "xs -02\u200b"])
def test_an_item_code_is_found_however_it_is_spelt(app, keeper, stocked, spelling):
    assert hidden(post(keeper, stocked, f"2*{spelling}"))["lines-0-item"] == str(stocked.item)
    assert "XS-02" in words_of(keeper.get("/supplies", query_string={"q": spelling}))
    with app.app_context():
        assert queries.items_by_code([spelling])[spelling].id == stocked.item


def test_a_code_that_differs_by_a_hyphen_is_taken(app, stocked, keeper):
    item = {"code": "xs02", "name": "\u5e10\u7bf7", "category": "other", "unit_zh": "\u9876", "scale": "1"}
    assert keeper.post("/supplies/items/new", data=item).status_code in (409, 422)
    with app.app_context(), pytest.raises(IntegrityError) as taken:
        place_service.add_place(by=None, at=clock.now(), code="WH01", name="x", kind=PlaceKind.WAREHOUSE)
    with app.app_context():
        assert refusal_of(taken.value).code == "place-code-taken"


@pytest.mark.parametrize("spelling", ["H-01", "h01", "\uff28\uff0d\uff10\uff11", "H\u201401"])
def test_a_place_code_is_found_however_it_is_spelt(app, keeper, stocked, spelling):
    page = post(keeper, stocked, spelling)
    assert "\u53bb\u5411\uff1a" in page.text
    with app.app_context():
        assert places.find_by_label(spelling).id == stocked.hospital
        assert places.ids_by_code([spelling]) == {spelling: stocked.hospital}


def test_a_makers_code_is_learnt_once_however_it_is_spelt(app, stocked):
    with app.app_context():
        add = {"by": stocked.keeper, "at": clock.now()}
        service.add_barcode(stocked.item, "sn-77", "base", **add)
        other = queries.find_item_by_code("FH-01").id
        with pytest.raises(Refusal, match="barcode-taken"):
            service.add_barcode(other, "\uff33\uff2e77", "base", **add)
        with pytest.raises(Refusal, match="barcode-taken"):
            service.add_barcode(other, "xs02", "base", **add)
        assert queries.find_barcode("SN77").code == "sn-77"


def test_an_import_knows_lots_items_and_warehouses_by_their_keys(app, keeper, stocked):
    def rows(expiry):
        first = (*LOTTED[:8], "wh01", "l1", "", "2027-12-31", "20")
        return first, ("zz3", *LOTTED[1:8], "WH-01", "\uff2c1", "", expiry, "5")

    with app.test_request_context():
        contradicting, agreeing = workbook(*rows("2027-12-30")), workbook(*rows("2027-12-31"))
    page = upload(keeper, contradicting)
    assert (page.status_code, "L3" in words_of(page)) == (422, True)
    page = upload(keeper, agreeing)
    assert page.status_code == 200
    assert keeper.post("/supplies/import", data={"key": hidden(page)["key"]}).status_code in (200, 303)
    with app.app_context():
        item = queries.find_item_by_code("ZZ-3")
        assert db.session.scalars(select(Lot.number).where(Lot.item_id == item.id)).all() == ["l1"]
        lot = queries.find_lot(item.id, "L1")
        assert queries.on_hand(stocked.here, lot.id) == 25
