"""The counter and codes that are not plain: lost separators, counts, serials, Chinese codes, open questions."""

import json
import re
from pathlib import Path

import pytest

from tests.supplies.test_views import HTMX, hidden, post
from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.parse.codes import lot_key
from webapp.supplies import kinds, queries, service
from webapp.supplies.counter.serials import Serials
from webapp.supplies.forms import MAX_LINES
from webapp.supplies.models import Barcode, Slip
from webapp.supplies.rules import scan

ITEMS = json.loads((Path(__file__).parent / "items.json").read_text(encoding="utf-8"))
GTIN = "06901234567892"
LOST = f"01{GTIN}10A213B117280228"


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def press(keeper, stocked):
    """press(page, act, **fields): the page as it stands with a button pressed."""

    def press(page, act, **fields):
        data = hidden(page) | {"place": str(stocked.here), "act": act} | fields
        return keeper.post("/supplies/counter", data=data, headers=HTMX)

    return press


def lines(page):
    fields = hidden(page)
    numbers = sorted({int(found) for name in fields for found in re.findall(r"^lines-(\d+)-item$", name)})
    return [tuple(fields[f"lines-{n}-{name}"] for name in ("lot", "expires_on", "quantity")) for n in numbers]


def slips(app):
    with app.app_context():
        return db.session.query(Slip).count()


@pytest.mark.parametrize(
    ("reading", "expected"), [(0, ("A213B1", "2028-02-28", "1")), (1, ("A213B117280228", "", "1"))]
)
def test_a_lost_separator_is_asked_about_and_a_press_takes_a_reading(keeper, stocked, press, reading, expected):
    asked = post(keeper, stocked, LOST, mode="in")
    assert (asked.status_code, lines(asked)) == (409, [])
    assert "2028-02-28" in words_of(asked)
    assert lines(press(asked, f"answer:reading:{reading}")) == [expected]


@pytest.mark.parametrize("separator", ["\t", "\x1e", "\x1d", "^]", "{GS}"])
def test_a_separator_in_any_spelling_needs_no_question(keeper, stocked, separator):
    page = post(keeper, stocked, f"01{GTIN}10A213B1{separator}17271231", mode="in")
    assert lines(page) == [("A213B1", "2027-12-31", "1")]


@pytest.mark.parametrize("code", ["6999999999994", LOST, f"01{GTIN}10A\x1d10B", "6901234567893", "no such code"])
def test_nothing_is_confirmed_while_a_question_is_open(app, keeper, stocked, press, code):
    before = slips(app)
    page = post(keeper, stocked, f"3*(01){GTIN}(17)271231(10)A213B1", mode="in")
    asked = press(page, "scan", code=code)
    assert asked.status_code == 409
    blocked = press(asked, "scan", code="")
    assert (blocked.status_code, "再确认单据" in words_of(blocked)) == (409, True)
    assert press(blocked, "confirm").status_code == 409
    assert slips(app) == before
    assert lines(blocked) == [("A213B1", "2027-12-31", "3")]
    assert press(press(blocked, "dismiss"), "confirm").headers["HX-Redirect"]
    assert slips(app) == before + 1


def test_the_question_stays_while_the_lines_are_changed_and_goes_with_the_next_scan(keeper, stocked, press):
    page = post(keeper, stocked, f"(01){GTIN}(17)271231(10)A213B1", mode="in")
    asked = press(page, "scan", code="nothing-known")
    again = press(asked, "refresh", **{"lines-0-quantity": "7"})
    assert "不认识这个条码" in words_of(again)
    taken = press(again, "scan", code=f"(01){GTIN}(17)271231(10)A213B1")
    assert (taken.status_code, lines(taken)) == (200, [("A213B1", "2027-12-31", "8")])
    assert "asked" not in hidden(taken)


@pytest.mark.parametrize(
    ("code", "quantity"),
    [
        (f"01{GTIN}1727123130" + "50\x1d10L1", "50"),
        (f"02{GTIN}3724\x1d10L1", "24"),
        (f"2*02{GTIN}3724\x1d10L1", "48"),
        (f"01{GTIN}10L1", "1"),
    ],
)
def test_a_count_in_the_code_is_the_quantity(keeper, stocked, code, quantity):
    page = post(keeper, stocked, code, mode="in")
    assert [line[2] for line in lines(page)] == [quantity]
    assert ("条码里的数量" in words_of(page)) is (quantity != "1")


def test_what_no_field_takes_is_named(keeper, stocked):
    page = post(keeper, stocked, f"01{GTIN}1727123113260101" + "10L1\x1d240REF7", mode="in")
    assert "(13) 260101" in words_of(page)
    assert "(240) REF7" in words_of(page)
    assert lines(post(keeper, stocked, f"01{GTIN}15271231" + "10L1", mode="in")) == [("L1", "2027-12-31", "1")]


@pytest.mark.parametrize("code", [f"01{GTIN}17271231" + "21S1\x1d10L1", "81234567890123456789"])
def test_the_same_serial_twice_is_asked_about(app, keeper, stocked, press, code):
    with app.app_context():
        service.add_barcode(stocked.item, "81234567890123456789", "base", by=stocked.keeper, at=clock.now())
    page = post(keeper, stocked, code, mode="in")
    twice = press(page, "scan", code=code)
    assert (twice.status_code, [line[2] for line in lines(twice)]) == (409, ["1"])
    assert [line[2] for line in lines(press(twice, "answer:another"))] == ["2"]
    other = press(page, "scan", code=code.replace("S1", "S2") if "S1" in code else code[:-1] + "0")
    assert (other.status_code, [line[2] for line in lines(other)]) == (200, ["2"])
    removed = press(page, "remove:0")
    assert press(removed, "scan", code=code).status_code == 200


def test_more_serials_than_a_thousand_are_asked_about(keeper, stocked, press):
    """The page's own size is the only bound: 5,000 pieces are 100 kB."""
    serials = Serials()
    for number in range(5000):
        serials.add(stocked.item, f"S{number:05}")
    page = post(keeper, stocked, f"01{GTIN}10L1", mode="in")
    for number in (0, 999, 1000, 4999):
        twice = press(page, "scan", code=f"01{GTIN}17271231" + f"21s{number:05}", serials=serials.texts)
        assert twice.status_code == 409, number
        assert f"s{number:05}" in words_of(twice)
    other = press(page, "scan", code=f"01{GTIN}10L1\x1d21S05000", serials=serials.texts)
    assert other.status_code == 200
    assert len(hidden(other)["serials"]) > 99_000
    again = press(other, "scan", code=f"01{GTIN}10L1\x1d21S05000")
    assert again.status_code == 409


def test_a_long_serial_is_asked_about(app, keeper, stocked, press):
    """An MA code is a serial number as a whole; this one has 199 characters."""
    product = "MA.156.M0.100001.10000017"
    with app.app_context():
        service.add_barcode(stocked.item, product, "base", by=stocked.keeper, at=clock.now())
    code = f"{product}.S{'7' * (198 - len(product) - 1)}"
    page = post(keeper, stocked, f"{code}8", mode="in")
    assert press(page, "scan", code=f"{code}8").status_code == 409
    assert press(page, "scan", code=f"{code}9").status_code == 200


def test_a_page_of_before_still_knows_its_serials(keeper, stocked, press):
    page = post(keeper, stocked, f"01{GTIN}10L1", mode="in")
    twice = press(
        page, "scan", code=f"01{GTIN}10L1\x1d21S7", serials=[f"{stocked.item}:s9", f"{stocked.item}:{lot_key('S7')}"]
    )
    assert twice.status_code == 409


def test_a_reading_of_a_known_article_is_offered_where_the_first_is_unknown(app, keeper, stocked, press):
    other = "16901234567899"
    code = f"10X01{other}21Y01{GTIN}"
    assert [one.gtin for one in scan(code).readings] == [other, GTIN]
    asked = post(keeper, stocked, code, mode="in")
    assert 'value="answer:reading:1"' in asked.text
    assert [lot for lot, _day, _quantity in lines(press(asked, "answer:reading:1"))] == [f"X01{other}21Y"]
    assert press(asked, "answer:reading:0").status_code == 409


def test_a_drug_code_and_an_ma_code_find_their_product(app, keeper, stocked):
    with app.app_context():
        for code in ("81234567890123456789", "MA.156.M0.100001.10000017.L1"):
            service.add_barcode(stocked.item, code, "base", by=stocked.keeper, at=clock.now())
        assert {one.code for one in queries.get_item(stocked.item).barcodes} >= {"8123456", "MA.156.M0.100001.10000017"}
    assert len(lines(post(keeper, stocked, "81234569999999999999", mode="in"))) == 1
    page = post(keeper, stocked, "MA.156.M0.100001.10000017.L2301.E271231", mode="in")
    assert len(lines(page)) == 1
    assert ".L2301.E271231" in words_of(page)


def test_an_own_code_that_is_a_valid_ean_8_is_found(app, keeper, stocked):
    item = {"code": "20411183", "name": "帐篷", "category": "other", "unit_zh": "顶", "scale": "1"}
    assert keeper.post("/supplies/items/new", data=item).status_code == 303
    assert len(lines(post(keeper, stocked, "20411183", mode="in"))) == 1


def test_a_wrong_check_digit_is_said_and_not_learnt(app, keeper, stocked):
    page = post(keeper, stocked, "6901234567893", mode="in")
    assert "校验码不对" in words_of(page)
    assert "记住并加入" not in words_of(page)
    with app.app_context(), pytest.raises(Refusal, match="barcode-check-digit"):
        service.add_barcode(stocked.item, "6901234567893", "base", by=stocked.keeper, at=clock.now())
    with app.app_context(), pytest.raises(Refusal, match="barcode-broken"):
        service.add_barcode(stocked.item, f"01{GTIN}10A\x1d10B", "base", by=stocked.keeper, at=clock.now())


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("FH-03", 2),
        ("fh03", 2),
        ("6901234567892", 2),
        (f"(01){GTIN}(17)271231(10)L9", 2),
        ("FL:I:FH-03", 2),
        ("L77", 1),
    ],
)
def test_a_code_typed_into_the_batch_is_a_scan(keeper, stocked, press, typed, count):
    page = post(keeper, stocked, "XS-02", mode="in")
    after = press(page, "refresh", entered="lines-0-lot", **{"lines-0-lot": typed})
    assert len(lines(after)) == count
    assert lines(after)[0][0] == ("L77" if typed == "L77" else "")


def test_a_barcode_in_the_quantity_is_a_scan(keeper, stocked, press):
    page = post(keeper, stocked, f"(01){GTIN}(17)271231(10)L9", mode="in")
    after = press(page, "refresh", entered="lines-0-quantity", **{"lines-0-quantity": "6901234567892"})
    assert [line[2] for line in lines(after)] == ["", "1"]


def test_a_batch_that_the_item_has_is_a_batch_whatever_it_looks_like(app, keeper, stocked, press, deliver, line):
    with app.app_context():
        deliver(kinds.IN, [line(1, lot="FH-03")], reason="purchase")
    page = post(keeper, stocked, "XS-02", mode="in")
    after = press(page, "refresh", entered="lines-0-lot", **{"lines-0-lot": "FH-03"})
    assert [one[0] for one in lines(after)] == ["FH-03"]


def test_zero_times_counts_zero_and_is_refused_elsewhere(keeper, stocked):
    assert [one[2] for one in lines(post(keeper, stocked, "0*FL:L:XS-02:271231:A213B1", mode="count"))] == ["0"]
    refused = post(keeper, stocked, "0*FL:L:XS-02:271231:A213B1", mode="in")
    assert (refused.status_code, lines(refused)) == (409, [])


def test_a_split_that_finds_no_room_drops_nothing(app, keeper, stocked, deliver, line, press):
    with app.app_context():
        for number in range(14):
            day = f"2027-02-{number + 1:02}"
            deliver(kinds.IN, [line(1, "base", lot=f"S{number}", expires_on=day)], reason="purchase")
    page = post(keeper, stocked, "XS-02", mode="out")
    full = {}
    for number in range(MAX_LINES - 10):
        full |= {f"lines-{number}-item": str(stocked.item), f"lines-{number}-lot": f"X{number}"}
        full |= {f"lines-{number}-quantity": "1", f"lines-{number}-measure": "base"}
    split = press(page, "scan", code="14*FL:I:XS-02", **full)
    assert (split.status_code, len(lines(split))) == (409, MAX_LINES - 10)
    assert len(lines(press(page, "scan", code="10*FL:I:XS-02", **full))) == MAX_LINES


@pytest.mark.parametrize("code", [LOST, f"{LOST}\x1d", "(01)06901234567892(17)271231(10)A213B1"])
def test_the_one_scan_box_finds_the_item_also_where_a_separator_may_have_been_lost(keeper, stocked, code):
    assert keeper.post("/scan", data={"code": code}).location == f"/supplies/items/{stocked.item}"


@pytest.mark.parametrize("blank", ["\u200b", "\u3000\ufeff"])
def test_a_box_that_shows_nothing_confirms_like_an_empty_one(app, keeper, stocked, blank):
    page = post(keeper, stocked, f"3*{GTIN}", mode="count")
    asked = keeper.post("/supplies/counter", data=hidden(page) | {"code": blank, "mode": "count"}, headers=HTMX)
    assert [line[2] for line in lines(asked)] == ["3"]
    assert (asked.status_code, "差异" in words_of(asked)) == (409, True)


@pytest.mark.parametrize(("text", "unit"), ITEMS["cases"])
def test_a_code_stands_for_a_unit_of_an_item(house, text, unit):
    with house.app.app_context():
        with transaction() as session:
            session.add(Barcode(code="MAKER-1", item_id=house.item))
        found = queries.find_scanned(scan(text))
        expected = {"box": house.box}.get(unit, unit)
        assert (found and (found[0].code, found[1])) == (expected and ("XS-02", expected))
