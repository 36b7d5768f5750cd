"""Slips recorded without a network: applied once, late, returned to be corrected, or ended by a count."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.support import masters
from tests.support.device import Device, stamp
from webapp.extensions import db
from webapp.kernel import clock, kept
from webapp.supplies import kinds, queries
from webapp.supplies.models import Balance, Item, Lot, Move, Slip, StockCount
from webapp.sync.models import ReceivedEnvelope

SAME = ("receipt", "same")  # an envelope of another content would be "conflict"


@pytest.fixture
def device(app, house):
    return Device(masters.signed_in(app, "keeper"))


@pytest.fixture
def slip(house, line):
    """slip(*lines, **head): the fields of one slip of the first warehouse, as a device sends them."""

    def slip(*lines, **head):
        fields = {"uuid": str(uuid4()), "place": str(house.here)} | {n: str(v) for n, v in head.items()}
        for number, one in enumerate(lines or [line(1)]):
            fields |= {f"lines-{number}-{name}": str(value) for name, value in one.items()}
        return fields

    return slip


@pytest.fixture
def out(house, slip, line):
    """out(boxes, **line): the fields of goods out to the hospital."""
    return lambda boxes, **more: slip(line(boxes, **more), reason="issue", other=house.hospital)


@pytest.fixture
def book(house):
    """book(lot): what the book says of a batch in the first warehouse, and its moves in the order of the ledger."""

    def book(lot="A213B1"):
        with house.app.app_context():
            found = db.session.scalars(select(Lot).where(Lot.item_id == house.item, Lot.number == lot)).one_or_none()
            if found is None:
                return SimpleNamespace(held=0, moves=[])
            where = Balance.lot_id == found.id, Balance.place_id == house.here
            held = db.session.scalar(select(Balance.on_hand).where(*where)) or 0
            moves = db.session.scalars(select(Move).where(Move.lot_id == found.id).order_by(Move.seq)).all()
            signs = [(one.reason.value, one.quantity * (1 if one.to_id == house.here else -1)) for one in moves]
            assert queries.verify_ledger() == []
            return SimpleNamespace(held=held, moves=signs)

    return book


def row_id(app):
    with app.app_context():
        return db.session.scalars(select(ReceivedEnvelope.id).order_by(ReceivedEnvelope.received_at.desc())).first()


def slips(app):
    with app.app_context():
        return [one.kind.value for one in db.session.scalars(select(Slip).order_by(Slip.number))]


def test_a_day_at_the_counter_arrives_in_order_and_once(app, house, device, slip, out, line, book):
    day = [
        device.seal("stock.in", slip(line(40), reason="purchase")),
        device.seal("stock.out", out(15)),
        device.seal("stock.count", slip(line(24) | {"book": ""})),
    ]
    assert [one["outcome"] for one in device.send(*day)] == ["receipt"] * 3
    assert [one["outcome"] for one in device.send(*day)] == ["same"] * 3
    assert sum(steps for _reason, steps in book().moves) == book().held == 720


def test_a_transfer_arrives_too(house, device, stocked, slip, line, book):
    [told] = device.send(device.seal("stock.transfer", slip(line(3), other=house.there)))
    assert told["outcome"] == "receipt"
    assert told["url"].startswith("/supplies/slips/")
    assert book().held == 1110


def test_a_move_bears_the_corrected_time_and_stands_where_it_was_recorded(app, house, device, stocked, out, deliver):
    real = datetime.now(UTC) - timedelta(hours=5)
    ahead = timedelta(hours=3)  # the device's clock
    with app.app_context():
        deliver(kinds.OUT, [{"item": house.item, "quantity": 1, "measure": house.box, "lot": "A213B1"}], reason="loss")
    envelope = device.seal("stock.out", out(1), captured_at=stamp(real + ahead))
    [told] = device.send(envelope, now=stamp(datetime.now(UTC) + ahead))
    assert told["outcome"] == "discrepancy"  # it left before the goods came in
    with app.app_context():
        moves = db.session.scalars(select(Move).order_by(Move.seq)).all()
        mine = next(one for one in moves if one.slip_id == UUID(envelope["uuid"]) and not one.is_fix)
        assert abs(mine.stands_at - real) < timedelta(minutes=1)
        assert mine.stands_at < moves[1].stands_at  # it happened before, it was recorded after
        assert db.session.get_one(Slip, UUID(envelope["uuid"])).stands_at == mine.stands_at


def test_what_the_counter_had_posted_already_is_the_same_slip(app, device, stocked, out):
    fields = out(2) | {"lines-0-made_on": "", "lines-0-book": "", "counterparty": "", "document": "", "note": ""}
    posted = fields | {"mode": "out", "act": "confirm", "code": "", "touched": "0", "captured_at": stamp()}
    answer = device.client.post("/supplies/counter", data=posted)
    assert answer.status_code == 303, answer.text
    uuid, seq = answer.headers["Frontline-Receipt"].split()
    [told] = device.send(device.seal("stock.out", fields))
    assert told["outcome"] in SAME
    assert (told["uuid"], told["seq"]) == (uuid, int(seq))
    assert slips(app).count("out") == 1


@pytest.mark.parametrize("mode", ["in", "transfer", "count"])
def test_the_other_modes_post_what_they_keep(app, house, device, stocked, slip, line, mode):
    head = {"in": {"reason": "purchase"}, "transfer": {"other": house.there}, "count": {}}[mode]
    fields = slip(line(41) | ({"book": 1200} if mode == "count" else {}), **head)
    if mode == "transfer":
        fields["lines-0-quantity"] = "2"
    posted = fields | {"mode": mode, "act": "confirm", "code": "", "touched": ""}
    assert device.client.post("/supplies/counter", data=posted).status_code == 303
    [told] = device.send(device.seal(f"stock.{mode}", fields))
    assert told["outcome"] in SAME
    assert slips(app).count(mode) == (2 if mode == "in" else 1)  # `stocked` is one of them


def test_taking_what_is_no_longer_there_is_booked_and_never_negative(app, device, stocked, out, book):
    """1,200 bottles on the book, 45 boxes of 30 taken: so many more must have lain there."""
    envelope = device.seal("stock.out", out(45))
    [told] = device.send(envelope)
    assert told["outcome"] == "discrepancy"
    assert book().moves == [("purchase", 1200), ("shortfall", 150), ("issue", -1350)]
    assert book().held == 0
    assert device.client.get(told["url"]).status_code == 200
    assert device.send(envelope)[0]["outcome"] == "same"
    assert book().held == 0


def test_a_batch_nobody_had_brought_in_is_made_by_the_slip_that_took_it(app, device, stocked, out, book):
    [told] = device.send(device.seal("stock.out", out(2, lot="NEU1", expires_on="2028-01-31")))
    assert told["outcome"] == "discrepancy"
    assert book("NEU1").moves == [("shortfall", 60), ("issue", -60)]
    with app.app_context():
        assert str(db.session.scalars(select(Lot.expires_on).where(Lot.number == "NEU1")).one()) == "2028-01-31"


def test_a_transfer_that_is_short_arrives_whole(app, house, device, stocked, slip, line, book):
    [told] = device.send(device.seal("stock.transfer", slip(line(41), other=house.there)))
    assert told["outcome"] == "discrepancy"
    assert book().moves == [("purchase", 1200), ("shortfall", 30), ("transfer", -1230)]


def test_expired_goods_come_back_and_go_out_as_written_off(app, device, house, line, deliver, slip, yesterday, book):
    with app.app_context():
        deliver(kinds.IN, [line(3, expires_on=yesterday)], reason="opening")
    fields = slip(line(3, expires_on=yesterday), reason="issue", other=house.hospital)
    [told] = device.send(device.seal("stock.out", fields))
    assert (told["outcome"], told["code"]) == ("returned", "stock-expired")
    page = device.client.get(f"/sync/returned/{row_id(app)}")
    assert page.status_code == 200
    assert 'name="lines-0-quantity" value="3"' in page.text
    done = device.client.post(f"/sync/returned/{row_id(app)}", data=fields | {"reason": "disposal"})
    assert done.status_code == 303, done.text
    assert book().moves[-1] == ("disposal", -90)


def test_goods_with_an_expiry_do_not_leave_without_a_batch(app, device, stocked, out, book):
    fields = out(1, lot="", expires_on="")
    [told] = device.send(device.seal("stock.out", fields))
    assert (told["outcome"], told["code"]) == ("returned", "lot-needed")
    url = f"/sync/returned/{row_id(app)}"
    assert device.client.post(url, data=fields | {"lines-0-lot": "A213B1"}).status_code == 303
    assert book().held == 1170


def count_at(device, slip, line, boxes, moment):
    return device.seal("stock.count", slip(line(boxes) | {"book": ""}), captured_at=stamp(moment))


def test_a_count_without_the_book_is_held_against_the_book_of_its_moment(app, house, device, slip, line, deliver, book):
    now = clock.now()
    with app.app_context():
        deliver(kinds.IN, [line(40)], reason="purchase", at=now - timedelta(hours=4))
        deliver(kinds.OUT, [line(5)], reason="issue", other=house.hospital, at=now - timedelta(hours=1))
    [told] = device.send(count_at(device, slip, line, 39, now - timedelta(hours=2)))
    assert told["outcome"] == "receipt"
    assert ("count", -30) in book().moves  # 40 lay there, not the 35 of now
    assert book().held == 34 * 30


def test_a_late_count_that_finds_what_the_book_says_is_kept_as_a_slip(app, device, stocked, slip, line, book):
    [told] = device.send(count_at(device, slip, line, 40, clock.now()))
    assert told["outcome"] == "receipt"
    assert device.client.get(told["url"]).status_code == 200
    assert slips(app).count("count") == 1
    with app.app_context():
        assert db.session.scalars(select(StockCount.counted)).all() == [1200]


def test_a_returned_count_shows_the_book_of_now(app, house, device, stocked, slip, line, book):
    fields = slip(line(39, lot="", expires_on="") | {"book": ""})
    [told] = device.send(device.seal("stock.count", fields))
    assert (told["outcome"], told["code"]) == ("returned", "lot-needed")
    url = f"/sync/returned/{row_id(app)}"
    assert device.client.get(url).status_code == 200
    named = fields | {"lines-0-lot": "A213B1", "lines-0-book": "1200"}
    assert device.client.post(url, data=named).status_code == 303
    assert book().held == 39 * 30


@pytest.mark.parametrize("kind", ["stock.in", "stock.out", "stock.transfer", "stock.count"])
def test_anothers_warehouse_comes_back(house, device, stocked, slip, line, kind):
    other = {"stock.transfer": house.here}.get(kind, house.hospital)
    fields = slip(line(1), reason={"stock.in": "purchase"}.get(kind, "issue"), other=other)
    [told] = device.send(device.seal(kind, fields | {"place": str(house.there)}))
    assert (told["outcome"], told["code"]) == ("returned", "warehouse-not-yours")


def test_the_device_keeps_items_stock_and_places_to_go_and_nobody_elses_shelves(app, house, stocked, line, deliver):
    with app.app_context():
        parts = kept.parts(house.keeper, clock.now())
        code = db.session.get_one(Item, house.item).code
    item = next(one for one in parts["items"] if one["id"] == str(house.item))
    assert (item["code"], item["has_expiry"]) == (code, True)
    assert {one["key"]: one["steps"] for one in item["measures"]}[house.box] == 30
    assert item["codes"]["06901234567892"] == house.box
    assert [(one["place"], one["lot"], one["free"], one["expires_on"]) for one in parts["stock"]] == [
        (str(house.here), "A213B1", 1200, "2027-12-31")
    ]
    told = {one["code"]: one["kind"] for one in parts["consumers"]}
    assert (told["H-01"], told["WH-02"]) == ("hospital", "warehouse")


def test_the_blank_form_knows_nobody_and_no_data(app, house, stocked):
    for query in ("", "?lang=en"):
        answer = app.test_client().get(f"/offline/forms/stock{query}")
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        for word in ("A213B1", "XS-02", "WH-01", str(house.here), "csrf"):
            assert word not in answer.text
