"""Counting: several lines of a batch, a book that moves meanwhile, full counts, and what has to be counted again."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from tests.support import masters
from tests.support.device import Device, stamp
from tests.support.plans import planned
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.supplies import kinds, queries
from webapp.supplies.models import Balance, Lot, Slip, StockCount
from webapp.supplies.queries import contradictions
from webapp.supplies.rules import CountScope

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def device(app, keeper):
    return Device(keeper)


@pytest.fixture
def held(app, stocked):
    """held(lot): what the book says of a batch in the first warehouse; the whole ledger verifies."""

    def held(lot="A213B1"):
        with app.app_context():
            assert queries.verify_ledger() == []
            query = select(Balance.on_hand).join(Lot, Lot.id == Balance.lot_id)
            return db.session.scalar(query.where(Lot.number == lot, Balance.place_id == stocked.here)) or 0

    return held


@pytest.fixture
def slip(stocked, line):
    """slip(*lines, **head): the fields of a slip of the first warehouse."""

    def slip(*lines, **head):
        fields = {"uuid": str(uuid4()), "place": str(stocked.here)} | {n: str(v) for n, v in head.items()}
        for number, one in enumerate(lines):
            fields |= {f"lines-{number}-{name}": str(value) for name, value in one.items()}
        return fields

    return slip


@pytest.fixture
def counter(keeper):
    """counter(fields, act): press a button of the counter in count mode; what is far from the book is explained."""

    def counter(fields, act="confirm", mode="count"):
        answer = keeper.post("/supplies/counter", data=fields | {"mode": mode, "act": act})
        if sure := shown(answer, "sure"):
            explained = fields | {"sure": sure, "difference_reason": "recount"}
            answer = keeper.post("/supplies/counter", data=explained | {"mode": mode, "act": act})
        return answer

    return counter


def shown(page, name):
    """The value of a field on the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found and found.group(1)


def test_two_boxes_and_five_loose_are_65(held, counter, slip, line):
    answer = counter(slip(line(2, book=1200), line(5, "base", book=1200)))
    assert answer.status_code == 303
    assert held() == 65


def test_two_lines_of_a_batch_without_a_network_are_added_up_too(held, device, slip, line):
    [told] = device.send(device.seal("stock.count", slip(line(2) | {"book": ""}, line(5, "base") | {"book": ""})))
    assert told["outcome"] == "receipt"
    assert held() == 65


def test_the_page_shows_one_difference_for_all_lines_of_a_batch(counter, slip, line):
    page = counter(slip(line(39, book=1200), line(30, "base", book=1200)), act="refresh")
    differences = re.findall(r'data-label="差异">(.*?)</td>', page.text, re.DOTALL)
    assert len(differences) == 2
    for difference in differences:
        assert re.sub(r"<.*?>", "", difference).strip() == "相符"


def test_a_line_opened_before_goods_left_has_to_be_counted_again(app, stocked, held, counter, slip, line, deliver):
    page = counter(slip(line(40)), act="refresh")
    fields = slip(line(40, seen_seq=shown(page, "lines-0-seen_seq"), begun_at=shown(page, "lines-0-begun_at")))
    with app.app_context():
        deliver(kinds.OUT, [line(1)], reason="issue", other=stocked.hospital)
    answer = counter(fields)
    assert answer.status_code == 409
    assert "39 箱" in answer.text or "1,170" in answer.text
    assert shown(answer, "lines-0-quantity") == ""  # to be counted again
    again = fields | {f"lines-0-{name}": shown(answer, f"lines-0-{name}") for name in ("seen_seq", "begun_at", "book")}
    assert counter(again | {"lines-0-quantity": "39"}).status_code == 303
    assert held() == 39 * 30


def test_what_came_late_but_happened_before_does_not_disturb_a_count(stocked, held, counter, device, slip, line):
    """It left before the counting began, so it is not on the shelf; the count says what is there."""
    envelope = device.seal(
        "stock.out", slip(line(5), reason="issue", other=stocked.hospital), captured_at=stamp(clock.now() - AN_HOUR)
    )
    page = counter(slip(line(35)), act="refresh")
    fields = slip(line(35, seen_seq=shown(page, "lines-0-seen_seq"), begun_at=shown(page, "lines-0-begun_at")))
    device.send(envelope)
    assert counter(fields).status_code == 303
    assert held() == 35 * 30


def test_a_count_that_matches_the_book_is_kept(app, held, counter, slip, line, keeper):
    answer = counter(slip(line(40, book=1200)))
    assert answer.status_code == 303
    with app.app_context():
        [count] = db.session.scalars(select(StockCount)).all()
    page = keeper.get(f"/supplies/slips/{count.slip_id}")
    assert "账实相符" in page.text
    assert held() == 1200


@pytest.fixture
def more_lots(app, stocked, deliver, line):
    with app.app_context():
        other = queries.find_item_by_code("QT-02").id
        deliver(kinds.IN, [line(1, lot="B2"), line(2, lot="C3")], reason="purchase")
        deliver(kinds.IN, [line(7, "base", lot="", expires_on="", item=other)], reason="purchase")


@pytest.mark.parametrize(("scope", "left"), [("listed", (30, 60)), ("items", (0, 0)), ("warehouse", (0, 0))])
def test_a_full_count_enters_what_was_not_found_as_0(app, held, counter, slip, line, more_lots, scope, left):
    page = counter(slip(line(40), scope=scope), act="refresh")
    words = words_of(page)
    assert ("B2" in words, "C3" in words) == ((scope != "listed"),) * 2  # told before it is confirmed
    assert counter(slip(line(40), scope=scope)).status_code == 303
    assert (held("B2"), held("C3"), held()) == (*left, 1200)
    assert held("") == (0 if scope == "warehouse" else 7)


def test_the_differences_of_a_count_are_told_lot_by_lot(app, stocked, more_lots, line):
    lines = [line(39, lot="a213b1"), line(5, "base"), line("", lot="B2")]
    drafted = [{name: str(value) for name, value in one.items()} for one in lines]
    with app.app_context():
        listed = queries.differences(stocked.here, drafted, CountScope.LISTED)
        assert [(one.lot, one.book, one.counted, one.steps) for one in listed] == [("A213B1", 1200, 1175, -25)]
        whole = queries.differences(stocked.here, drafted, CountScope.ITEMS)
        # B2 stands on the slip, it is not counted yet
        assert {(one.lot, one.steps) for one in whole if not one.is_listed} == {("C3", -60)}


def test_a_full_count_holds_for_a_batch_that_becomes_known_later(stocked, held, counter, device, slip, line):
    before = device.seal(
        "stock.in", slip(line(3, lot="LATE"), reason="purchase"), captured_at=stamp(clock.now() - AN_HOUR)
    )
    assert counter(slip(line(40), scope="warehouse")).status_code == 303
    assert device.send(before)[0]["outcome"] == "receipt"
    assert held("LATE") == 0


def test_a_new_batch_needs_its_expiry_in_a_count_too(app, held, counter, device, slip, line):
    assert counter(slip(line(1, lot="N1", expires_on=""))).status_code == 422
    [told] = device.send(device.seal("stock.count", slip(line(1, lot="N1", expires_on=""))))
    assert (told["outcome"], told["code"]) == ("returned", "lot-needed")
    assert counter(slip(line(1, lot="N1"))).status_code == 303
    assert held("N1") == 30


def test_a_shelf_that_a_late_slip_contradicts_is_listed_until_it_is_counted(
    stocked, held, keeper, counter, device, slip, line
):
    assert "A213B1" not in keeper.get("/supplies/to-count").text
    [told] = device.send(device.seal("stock.out", slip(line(45), reason="issue", other=stocked.hospital)))
    assert told["outcome"] == "discrepancy"
    page = keeper.get("/supplies/to-count").text
    assert "A213B1" in page
    assert "待盘点（批）" in keeper.get("/").text
    assert "账面不足" in keeper.get(told["url"]).text
    assert counter(slip(line(3, book=0))).status_code == 303
    assert "A213B1" not in keeper.get("/supplies/to-count").text
    assert held() == 90


def test_shelves_beyond_those_listed_are_counted_and_announced(stocked, keeper, device, slip, line, monkeypatch):
    for lot in ("A213B1", "N7"):
        fields = slip(line(45, lot=lot), reason="issue", other=stocked.hospital)
        device.send(device.seal("stock.out", fields))
    monkeypatch.setattr(contradictions, "MOST", 1)
    page = words_of(keeper.get("/supplies/to-count"))
    assert "待盘点 2" in page
    assert "还有 1 条没有列出" in page


def test_goods_that_came_in_before_take_it_off_the_list(stocked, keeper, device, held, slip, line):
    earlier = stamp(clock.now() - AN_HOUR)
    received = device.seal("stock.in", slip(line(10), reason="purchase"), captured_at=earlier)
    device.send(device.seal("stock.out", slip(line(45), reason="issue", other=stocked.hospital)))
    assert "A213B1" in keeper.get("/supplies/to-count").text
    device.send(received)
    assert "A213B1" not in keeper.get("/supplies/to-count").text
    assert held() == 5 * 30


def test_a_slip_of_the_time_of_counting_has_the_shelf_counted_again(stocked, keeper, counter, device, held, slip, line):
    now = clock.now()
    fields = slip(line(1), reason="issue", other=stocked.hospital)
    during = device.seal("stock.out", fields, captured_at=stamp(now - AN_HOUR / 2))
    begun = slip(line(40, seen_seq=10**9, begun_at=(now - AN_HOUR).isoformat()))
    assert counter(begun).status_code == 303
    assert "盘点期间有收发" not in keeper.get("/supplies/to-count").text
    device.send(during)
    assert "盘点期间有收发" in keeper.get("/supplies/to-count").text
    assert held() == 1200
    assert counter(slip(line(39))).status_code == 303
    assert "盘点期间有收发" not in keeper.get("/supplies/to-count").text


STATISTICS = [  # of the demonstration, which has no counts
    {"table": "move", "index": "ix_move_event", "rows": "1231 4"},
    {"table": "move", "index": "ix_move_stands", "rows": "1231 4"},
    {"table": "move", "index": "ix_move_lot", "rows": "1231 7 1 1"},
    {"table": "move", "index": "ix_move_item", "rows": "1231 62 1 1"},
    {"table": "stock_slip", "index": "ix_stock_slip_received_at", "rows": "396 1"},
    {"table": "stock_slip", "index": "sqlite_autoindex_stock_slip_1", "rows": "396 1"},
]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("is_disturbed", [False, True])
def test_reading_the_shelves_to_count_never_walks_the_ledger(app, stocked, keeper, counter, slip, line, is_disturbed):
    """Whatever the database knows of its rows: with these statistics it began with all moves or all slips."""
    assert counter(slip(line(40, book=1200))).status_code == 303
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(StockCount).values(is_disturbed=is_disturbed))
        connection.execute(text("ANALYZE"))
        connection.execute(text("DELETE FROM sqlite_stat1"))
        connection.execute(text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :rows)"), STATISTICS)
    with app.app_context():
        db.engine.dispose()  # a connection reads statistics once
    with planned(app) as plans:
        assert keeper.get("/supplies/to-count").status_code == 200
    lines = [step for plan in plans for step in plan[1:]]
    assert any("ix_stock_count_disturbed" in step for step in lines)
    assert [s for s in lines if s.startswith(("SCAN move", "SCAN stock_slip")) and "shortfall" not in s] == []


def test_an_undo_stands_where_its_slip_stood(app, stocked, held, deliver, line):
    """Issued by mistake, counted, then undone: the count stays."""
    with app.app_context():
        mistaken = deliver(kinds.OUT, [line(10)], reason="issue", other=stocked.hospital).receipt.uuid
        deliver(kinds.COUNT, [line(40)])
        deliver(kinds.UNDO, [], slip=mistaken)
    assert held() == 1200


def test_an_undo_names_the_slip_that_used_the_goods(app, stocked, held, keeper, deliver, line):
    with app.app_context():
        received = deliver(kinds.IN, [line(2, lot="B2")], reason="purchase").receipt.uuid
        used = deliver(kinds.OUT, [line(1, lot="B2")], reason="issue", other=stocked.hospital).receipt.uuid
        number = db.session.get_one(Slip, used).number
    answer = keeper.post(f"/supplies/slips/{received}/undo")
    assert answer.status_code == 409
    assert number in answer.text
    assert held("B2") == 30


def test_a_clock_that_jumped_back_changes_no_balance(app, stocked, held, deliver, line):
    ahead = clock.now() + AN_HOUR
    with app.app_context():
        deliver(kinds.COUNT, [line(30)], at=ahead)
        deliver(kinds.OUT, [line(5)], at=ahead - AN_HOUR, reason="issue", other=stocked.hospital)
    assert held() == 25 * 30


def test_two_expiries_of_a_batch_hold_it_back(app, stocked, held, keeper, device, deliver, slip, line):
    [told] = device.send(device.seal("stock.in", slip(line(1, expires_on="2028-06-30"), reason="purchase")))
    assert told["outcome"] == "receipt"
    assert held() == 41 * 30
    fields = slip(line(1), reason="issue", other=stocked.hospital)
    answer = keeper.post("/supplies/counter", data=fields | {"mode": "out", "act": "confirm"})
    assert answer.status_code == 409
    assert "2027-12-31" in answer.text
    assert "2028-06-30" in answer.text
    with app.app_context():
        lot = db.session.scalars(select(Lot).where(Lot.number == "A213B1")).one()
        item_id, lot_id = lot.item_id, lot.id
    assert keeper.post(f"/supplies/lots/{lot_id}/expiry", data={"expires_on": "2031-01-01"}).status_code == 409
    page = keeper.get(f"/supplies/items/{item_id}").text
    assert 'value="2028-06-30"' in page
    assert keeper.post(f"/supplies/lots/{lot_id}/expiry", data={"expires_on": "2028-06-30"}).status_code == 303
    assert "已暂停出库" not in keeper.get(f"/supplies/items/{item_id}").text
    fields |= {"lines-0-expires_on": "2028-06-30"}
    answer = keeper.post("/supplies/counter", data=fields | {"mode": "out", "act": "confirm"})
    assert answer.status_code == 303
