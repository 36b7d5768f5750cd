"""A slip that takes what the book no longer has: from correcting to counting and back, and nothing typed is lost."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.support import masters
from tests.support.device import Device
from webapp.accounts.models import PersonGrant
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import transaction
from webapp.kernel.journal import JournalRow
from webapp.supplies import queries, service
from webapp.supplies.models import Balance, Move
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


def said(app, which="fields"):
    return dict(json.loads(row(app).payload)[which])


def book(app):
    with app.app_context():
        assert queries.verify_ledger() == []
        moves = [(one.reason.value, one.quantity) for one in db.session.scalars(select(Move).order_by(Move.seq))]
        return moves[1:], db.session.scalar(select(Balance.on_hand))


def test_a_correction_that_is_short_waits_for_a_count_as_it_is_now(app, device, out, page):
    typed = out(45, lot="", expires_on="")
    envelope, url = page(typed)
    assert (row(app).state, row(app).reason) == ("returned", "lot-needed")
    done = device.client.post(url, data=out(45))
    assert (done.status_code, done.location) == (303, url)
    assert (row(app).state, row(app).reason) == ("discrepancy", "stock-short")
    assert (said(app)["lines-0-lot"], said(app, "first")["lines-0-lot"]) == ("A213B1", "")
    assert book(app) == ([], 1200)
    count = device.client.get(url).text
    assert "A213B1" in count
    assert 'name="left_0"' in count
    assert url in device.client.get("/sync/returned").text
    assert device.send(envelope)[0]["outcome"] == "discrepancy"
    done = device.client.post(url, data={"left_0": "30"})
    assert done.location == f"/supplies/slips/{envelope['uuid']}"
    assert book(app) == ([("count", 180), ("issue", 1350)], 30)
    assert row(app).state == "corrected"
    assert said(app, "first")["lines-0-lot"] == ""
    assert device.send(envelope)[0]["outcome"] == "same"
    with app.app_context():
        acts = db.session.scalars(select(JournalRow.action).where(JournalRow.subject_kind == "envelope")).all()
    assert acts == ["envelope.returned", "envelope.returned", "envelope.corrected"]


@pytest.mark.parametrize(("boxes", "state"), [(40, "corrected"), (41, "discrepancy")])
def test_only_what_the_book_does_not_have_has_to_be_counted(app, device, out, page, boxes, state):
    _envelope, url = page(out(boxes, lot="", expires_on=""))
    assert device.client.post(url, data=out(boxes)).status_code == 303
    assert row(app).state == state


def test_a_wrong_number_is_put_right_instead_of_being_counted(app, device, out, page):
    envelope, url = page(out(45))
    assert f'href="{url}?edit=1"' in device.client.get(url).text
    form = device.client.get(f"{url}?edit=1").text
    assert 'name="lines-0-quantity" value="45"' in form
    assert device.client.post(f"{url}?edit=1", data=out(44)).location == url
    assert (row(app).state, said(app)["lines-0-quantity"]) == ("discrepancy", "44")
    assert device.client.post(f"{url}?edit=1", data=out(43)).location == url
    assert (said(app)["lines-0-quantity"], said(app, "first")["lines-0-quantity"]) == ("43", "45")
    assert device.client.post(f"{url}?edit=1", data=out(4)).location == f"/supplies/slips/{envelope['uuid']}"
    assert book(app) == ([("issue", 120)], 1080)


def test_what_is_refused_for_something_else_after_the_count_goes_back_with_the_count_kept(app, device, out, page):
    yesterday = (clock.district_day(clock.now()) - timedelta(days=1)).isoformat()
    envelope, url = page(out(45, lot="OLD1", expires_on=yesterday))
    assert (row(app).state, row(app).reason) == ("discrepancy", "stock-nowhere")
    done = device.client.post(url, data={"left_0": "7"})
    assert (done.status_code, done.location) == (303, url)
    assert (row(app).state, row(app).reason) == ("returned", "stock-expired")
    assert book(app) == ([], 1200)
    form = device.client.get(url).text
    assert "已过期" in form
    assert "OLD1 现在还剩" in form
    assert "<dd>7</dd>" in form
    disposal = out(45, lot="OLD1", expires_on=yesterday) | {"reason": "disposal", "other": ""}
    assert device.client.post(url, data=disposal).location == url
    count = device.client.get(url).text
    assert 'value="7"' in count
    assert device.client.post(url, data={"left_0": "7"}).location == f"/supplies/slips/{envelope['uuid']}"
    assert book(app)[0] == [("count", 1357), ("disposal", 1350)]


def test_a_count_that_is_none_is_refused_in_place_with_what_was_typed(app, device, out, page):
    _envelope, url = page(out(45))
    answer = device.client.post(url, data={"left_0": "0.5"})
    assert (answer.status_code, 'value="0.5"' in answer.text) == (409, True)
    assert (row(app).state, book(app)) == ("discrepancy", ([], 1200))


def test_a_slip_that_had_come_by_the_form_meanwhile_is_not_counted_in_again(app, device, out, page, deliver, line):
    """The goods came in, the form was sent again, more went out: the shelf is short, but of something else."""
    fields = out(45)
    envelope, url = page(fields)
    with app.app_context():
        assert deliver(service.IN, [line(10)], reason="purchase").receipt
    posted = {"mode": "out", "act": "confirm", "code": "", "touched": "0", "uuid": envelope["uuid"]}
    extra = {"lines-0-made_on": "", "lines-0-book": "", "counterparty": "", "document": "", "note": ""}
    assert device.client.post("/supplies/counter", data=fields | extra | posted).status_code == 303
    before = book(app)
    assert before[1] == 150
    done = device.client.post(url, data={"left_0": "30"})
    assert done.location == f"/supplies/slips/{envelope['uuid']}"
    assert book(app) == before
    assert row(app).state in ("applied", "conflict")


def test_a_count_for_a_slip_that_came_first_with_other_content_moves_nothing(app, device, out, page):
    envelope, url = page(out(45))
    posted = {"mode": "out", "act": "confirm", "code": "", "touched": "0", "uuid": envelope["uuid"]}
    assert device.client.post("/supplies/counter", data=out(2) | posted).status_code == 303
    before = book(app)
    done = device.client.post(url, data={"left_0": "0"})
    assert (done.status_code, done.location) == (303, f"/supplies/slips/{envelope['uuid']}")
    assert "您提交的一份与它不同" in device.client.get(done.location).text
    assert (row(app).state, book(app)) == ("conflict", before)
    assert device.client.post(url, data={"left_0": "0"}).status_code == 409


def test_a_keeper_who_has_moved_may_still_put_the_slip_right(app, stocked, device, out, page):
    """They no longer count this shelf, but they say what they took."""
    envelope, url = page(out(45))
    with app.app_context(), transaction() as session:
        session.execute(update(PersonGrant).values(place_id=stocked.there))
    assert device.client.post(url, data={"left_0": "0"}).status_code == 409
    assert device.client.post(f"{url}?edit=1", data=out(5)).status_code == 303
    assert book(app) == ([("issue", 150)], 1050)
    with app.app_context():
        assert str(db.session.scalar(select(Move.slip_id).order_by(Move.seq.desc()).limit(1))) == envelope["uuid"]
