"""What a form does not know never vanishes with a receipt, and no slip is cut: it comes back and says so."""

from uuid import UUID

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.support import masters
from tests.support.device import Device
from webapp.extensions import db
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.kernel import clock
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalRow
from webapp.kernel.unknown import names_of, unknown_fields
from webapp.supplies.forms import MAX_LINES, InForm, OutForm
from webapp.supplies.models import Move
from webapp.sync import queries
from webapp.sync.models import ReceivedEnvelope


def entries(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry))


def returned_url(app):
    with app.app_context():
        return f"/sync/returned/{db.session.scalars(select(ReceivedEnvelope.id)).one()}"


def test_a_field_that_nobody_here_knows_comes_back_with_its_words(app, device, check):
    fields = check(no_bypass="no")
    sent = fields | {"smell_of_gas": "有刺鼻气味", "no_bypass-note": "旁路已封", "empty": "\u3000", "照片": "甲"}
    envelope = device.seal("inspection", sent)
    [told] = device.send(envelope)
    assert (told["outcome"], told["code"]) == ("returned", "fields-unknown")
    assert "3 项" in told["sentence"]
    assert "smell_of_gas, no_bypass-note, …" in told["sentence"]
    assert entries(app) == 0
    with app.app_context():
        noted = set(db.session.scalars(select(JournalRow.action)))
        assert {"envelope.returned", "entry.recorded"} & noted == {"envelope.returned"}
    page = device.client.get(returned_url(app)).text
    assert "有刺鼻气味" in page
    assert "旁路已封" in page
    again = device.client.post(returned_url(app), data=fields | {"no_bypass-note": "旁路已封"})
    assert (again.status_code, entries(app)) == (409, 0)
    done = device.client.post(returned_url(app), data=fields | {"no_bypass__note": "旁路已封，有刺鼻气味"})
    assert done.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(InspectionFinding.note)).one() == "旁路已封，有刺鼻气味"
        assert "smell_of_gas" in db.session.scalars(select(ReceivedEnvelope.payload)).one()


def test_a_form_that_posts_itself_is_told_too(app, device, check):
    answer = device.client.post("/inspections", data=check(no_bypass="no") | {"no_bypass-note": "旁路已封"})
    assert answer.status_code == 422
    assert "no_bypass-note" in answer.text
    assert entries(app) == 0


def test_hashes_beside_photos_and_fields_left_blank_say_nothing():
    fields = MultiDict(
        {"a-sha256": "ab" * 32, "a-original": "", "b": " ", "note": "x", "a-bytes": "12", "c-bytes": "十"}
    )
    assert unknown_fields((), fields, {"note"}) == ["c-bytes"]


@pytest.fixture
def keeper(stocked):
    return Device(masters.signed_in(stocked.app, "keeper"))


def slip(house, line, count, **head):
    fields = {"place": str(house.here), "reason": "purchase"} | head
    for number in range(count):
        one = line(1, lot=f"L{number}")
        fields |= {f"lines-{number}-{name}": str(value) for name, value in one.items()}
    return fields


def lots(app):
    with app.app_context():
        return db.session.scalar(select(func.count(func.distinct(Move.lot_id))))


@pytest.mark.parametrize(("count", "outcome"), [(MAX_LINES, "receipt"), (MAX_LINES + 1, "returned"), (120, "returned")])
def test_a_slip_with_too_many_lines_is_not_cut(app, stocked, keeper, line, count, outcome):
    before = lots(app)
    [told] = keeper.send(keeper.seal("stock.in", slip(stocked, line, count)))
    assert told["outcome"] == outcome
    assert lots(app) - before == (count if outcome == "receipt" else 0)
    if outcome == "returned":
        page = keeper.client.get(returned_url(app)).text
        assert f"这里有 {count} 行" in page
        assert f"lines-{count - 1}-quantity" in page, "all of them are still there"


def test_a_line_beyond_all_numbers_is_not_dropped(app, stocked, keeper, line):
    beyond = {f"lines-1000-{name}": str(value) for name, value in line(1).items()}
    [told] = keeper.send(keeper.seal("stock.in", slip(stocked, line, 1) | beyond))
    assert (told["outcome"], told["code"]) == ("returned", "fields-unknown")


def test_the_counter_does_not_cut_a_slip_either(app, stocked, keeper, line):
    before = lots(app)
    fields = slip(stocked, line, 120) | {"mode": "in", "act": "confirm"}
    answer = keeper.client.post("/supplies/counter", data=fields)
    assert answer.status_code == 422
    assert "这里有 120 行" in answer.text
    assert lots(app) == before


def test_a_form_names_the_fields_of_its_lines(app):
    with app.test_request_context():
        form = OutForm(MultiDict({"lines-0-item": "x", "lines-7-quantity": "1"}))
        assert {"place", "reason", "lines-0-lot", "lines-7-item"} <= names_of(form)
        assert "lines-1-item" not in names_of(form)
        assert "other" not in names_of(InForm(MultiDict()))


def test_the_second_content_of_another_author_is_kept_beside_the_first(app, device, check, ward):
    """C23: by form too; the docs say that both are kept."""
    from webapp.kernel.access import Role
    from webapp.kernel.entries import EntryConflict

    fields = check()
    assert device.client.post("/inspections", data=fields).status_code == 303
    masters.person(app, "colleague", Role.INSPECTOR, place_id=ward.here)
    colleague = masters.signed_in(app, "colleague")
    for _ in range(2):
        answer = colleague.post("/inspections", data=fields | {"witness": "程丽"})
        assert answer.status_code == 409
    with app.app_context():
        kept = db.session.scalars(select(EntryConflict)).one()
        assert "程丽" in kept.content
        assert kept.received_at <= clock.now()
        assert db.session.get(Inspection, UUID(fields["uuid"])).witness != "程丽"


def test_a_list_that_does_not_show_all_says_how_many_it_leaves_out(app, device, check, ward, monkeypatch):
    monkeypatch.setattr(queries, "MOST_RETURNED", 2)
    monkeypatch.setattr(queries, "MOST_SECONDS", 1)
    for _ in range(3):
        device.send(device.seal("inspection", check(place=ward.there)))
    fields = check()
    device.send(*(device.seal("inspection", fields | {"witness": f"证人{number}"}) for number in range(3)))
    page = device.client.get("/sync/returned").text
    assert "还有 1 条没有列出" in page
    assert "只列出最近 1 条，更早的还有 1 条" in page
    monkeypatch.setattr(queries, "MOST_RETURNED", 3)
    monkeypatch.setattr(queries, "MOST_SECONDS", 2)
    page = device.client.get("/sync/returned").text
    assert "处理完上面的就会出现" not in page
    assert "只列出最近" not in page
