"""A slip that takes what the book no longer has is booked; what is refused is told to its author."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.support import masters
from tests.support.device import Device
from webapp.accounts.models import Person
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import transaction
from webapp.supplies import queries
from webapp.supplies.models import Balance, Item, Move
from webapp.sync.models import ReceivedEnvelope


@pytest.fixture
def device(app, stocked):
    return Device(masters.signed_in(app, "keeper"))


@pytest.fixture
def out(stocked, line):
    """out(boxes, **line): the fields of goods out to the hospital."""

    def out(boxes, **more):
        lines = {f"lines-0-{name}": str(value) for name, value in line(boxes, **more).items()}
        return {"place": str(stocked.here), "reason": "issue", "other": str(stocked.hospital)} | lines

    return out


@pytest.fixture
def page(app, device):
    """page(fields): seal and send a slip; gives its envelope and the page where it is dealt with."""

    def page(fields):
        envelope = device.seal("stock.out", fields)
        device.send(envelope)
        return envelope, f"/sync/returned/{row(app).id}"

    return page


def row(app):
    with app.app_context():
        return db.session.scalars(select(ReceivedEnvelope)).one()


def book(app):
    with app.app_context():
        assert queries.verify_ledger() == []
        moves = [(one.reason.value, one.quantity) for one in db.session.scalars(select(Move).order_by(Move.seq))]
        return moves[1:], db.session.scalar(select(Balance.on_hand))


def test_a_correction_that_is_short_is_booked_with_what_must_have_lain_there(app, device, out, page):
    envelope, url = page(out(45, lot="", expires_on=""))
    assert (row(app).state, row(app).reason) == ("returned", "lot-needed")
    done = device.client.post(url, data=out(45))
    assert (done.status_code, done.location) == (303, f"/supplies/slips/{envelope['uuid']}")
    assert book(app) == ([("shortfall", 150), ("issue", 1350)], 0)
    assert row(app).state == "corrected"
    assert device.send(envelope)[0]["outcome"] == "same"


def test_a_slip_that_had_come_by_the_form_is_not_booked_again(app, device, out):
    fields = out(2) | {"lines-0-made_on": "", "lines-0-book": "", "counterparty": "", "document": "", "note": ""}
    envelope = device.seal("stock.out", fields)
    posted = {"mode": "out", "act": "confirm", "code": "", "touched": "0", "uuid": envelope["uuid"]}
    assert device.client.post("/supplies/counter", data=fields | posted).status_code == 303
    before = book(app)
    assert device.send(envelope)[0]["outcome"] in ("receipt", "same", "conflict")
    assert book(app) == before


def test_the_reason_of_a_returned_slip_is_told_in_the_language_of_its_author(app, device, out, page):
    """Whoever delivered it may read another one."""
    yesterday = (clock.district_day(clock.now()) - timedelta(days=1)).isoformat()
    device.client.get("/language/zh")
    page(out(45, lot="OLD1", expires_on=yesterday))
    assert (row(app).state, row(app).reason) == ("returned", "stock-expired")
    with app.app_context():
        item = db.session.scalars(select(Item).where(Item.code == "XS-02")).one()
        names = item.name, item.name_en
    assert row(app).values["item"] == {"term": "item", "id": str(item.id)}
    assert names[0] in device.client.get("/sync/returned").text
    with app.app_context(), transaction() as session:
        session.execute(update(Person).values(language="en"))
    english = masters.signed_in(app, "keeper").get("/sync/returned").text
    assert (names[1] in english, names[0] in english) == (True, False)
