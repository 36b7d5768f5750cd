"""Lists of goods are whole, or say what they leave out: on the device, at the counter, on the item's card."""

import re

import pytest
from sqlalchemy import insert, select

from tests.supplies.test_views import HTMX, hidden, post
from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import transaction
from webapp.supplies import kinds, queries, service
from webapp.supplies.models import Barcode, Item
from webapp.supplies.rules import Category
from webapp.supplies.views.counter import LEARNABLE


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def fill(app):
    """fill(count): so many more items, coded T-00000, T-00001 ..."""

    def fill(count):
        with app.app_context(), transaction() as session:
            rows = [{"code": f"T-{n:05}", "name": f"物资{n:05}", "name_en": f"Good {n}"} for n in range(count)]
            same = {
                "category": next(iter(Category)),
                "unit_zh": "个",
                "unit_en": "pcs",
                "scale": 1,
                "has_expiry": False,
            }
            session.execute(insert(Item), [row | same for row in rows])

    return fill


def items(app):
    with app.app_context():
        return len(queries.open_items())


def test_a_device_gets_every_item(app, keeper, fill):
    fill(5001)
    keeper.get("/")
    answer = keeper.get("/sync/reference", headers={"X-Frontline-Sync": "1"})
    assert len(answer.json["parts"]["items"]) == items(app) > 5001


@pytest.mark.parametrize("more", [0, 1])
def test_an_unknown_code_may_be_any_item_and_says_how_many_are_not_listed(app, keeper, stocked, fill, more):
    fill(LEARNABLE + more - items(app))
    asked = post(keeper, stocked, "6999999999997", mode="in")
    assert asked.text.count("<optgroup") == LEARNABLE
    assert (f"共 {LEARNABLE + 1} 种物资，下面只列出前 {LEARNABLE} 种" in words_of(asked)) is bool(more)
    if more:
        assert 'name="learn_find"' in asked.text
        found = press(keeper, asked, "refresh", learn_find="物资00001")
        assert found.status_code == 200
        assert re.findall(r'<optgroup label="(\S+)', found.text) == ["T-00001"]
        assert 'value="物资00001"' in found.text
        nothing = press(keeper, asked, "refresh", learn_find="没有")
        assert "没有找到这样的物资" in words_of(nothing)


def press(client, page, act, **fields):
    return client.post("/supplies/counter", data=hidden(page) | {"act": act} | fields, headers=HTMX)


@pytest.mark.parametrize("lots", [8, 9, 12])
def test_every_batch_that_may_be_used_instead_is_listed(app, keeper, stocked, deliver, line, lots):
    with app.app_context():
        for number in range(lots):
            assert deliver(kinds.IN, [line(1, lot=f"M{number:02}")], reason="purchase").receipt
    short = post(keeper, stocked, "FL:L:XS-02:-:A213B1", mode="out")
    short = press(keeper, short, "scan", code="99999*")
    assert short.status_code == 409
    assert set(re.findall(r"M\d\d", words_of(short))) == {f"M{number:02}" for number in range(lots)}
    assert ("另有" in words_of(short)) is (lots > 8)


def test_a_long_barcode_can_be_removed(app, keeper, stocked):
    code = "Z" * 120
    with app.app_context():
        service.add_barcode(stocked.item, code, "base", by=stocked.keeper, at=clock.now())
        kept = db.session.scalars(select(Barcode.code).where(Barcode.item_id == stocked.item)).all()
    [long] = [one for one in kept if len(one) > 80]
    assert keeper.post(f"/supplies/items/{stocked.item}/barcodes/remove", data={"code": long}).status_code == 303
    with app.app_context():
        assert long not in db.session.scalars(select(Barcode.code)).all()


def test_a_code_is_not_cut_into_another_one(app, keeper, stocked):
    """The first 200 characters of a longer text are no code that anybody scanned."""
    with app.app_context():
        service.add_barcode(stocked.item, "C" * 200, "base", by=stocked.keeper, at=clock.now())
    assert keeper.post("/scan", data={"code": "C" * 200}).status_code == 303
    longer = keeper.post("/scan", data={"code": "C" * 201})
    assert (longer.status_code, "没有找到" in words_of(longer)) == (200, True)


def test_no_box_for_codes_is_cut_by_the_browser(keeper, stocked):
    pages = [keeper.get(url).text for url in ("/supplies/counter", "/scan", "/offline/forms/stock")]
    pages.append(post(keeper, stocked, "XS-02", mode="in").text)
    boxes = [box for page in pages for box in re.findall(r"<input[^>]*data-(?:scan-box|line-input|field)[^>]*>", page)]
    assert len(boxes) > 5
    assert [box for box in boxes if "maxlength" in box] == []
