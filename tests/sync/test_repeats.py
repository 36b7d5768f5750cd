"""A field that arrives twice with different contents: none of them vanishes with a receipt, late or online."""

import pytest
import wtforms
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from tests.checkpoints.conftest import ARRIVAL, HTMX
from tests.support import masters
from tests.support.device import Device
from tests.support.reading import words_of
from webapp.accounts.forms import SignInForm
from webapp.extensions import db
from webapp.kernel import forms
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.kernel.repeats import repeats_of
from webapp.places.rules import PlaceKind
from webapp.sync.models import ReceivedEnvelope


class Sample(forms.Form):
    note = forms.text("note")
    size = forms.number("size")
    way = forms.choice("way", [("in", "in"), ("out", "out")], required=False)
    is_sure = forms.yes("sure")
    colours = wtforms.SelectMultipleField("colours", choices=[SelectChoice("red", "red"), SelectChoice("blue", "blue")])


def several(*pairs):
    return MultiDict(pairs)


@pytest.mark.parametrize(
    ("typed", "contents"),
    [
        (["a"], []),
        (["a", "a"], []),
        (["a", " a "], []),
        (["a\r\nb", "a\nb"], []),
        (["a", ""], []),
        (["a", "\u3000"], []),
        (["", ""], []),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "b"], ["a", "b"]),
        (["", "b"], ["b"]),
        (["a", "A"], ["a", "A"]),
    ],
)
def test_what_a_field_would_drop_is_named(app, typed, contents):
    with app.test_request_context():
        form = Sample(several(*(("note", text) for text in typed)))
        assert repeats_of(form.note) == contents
        assert form.validate() is not bool(contents)


def test_a_number_and_a_choice_are_held_to_the_same(app):
    with app.test_request_context():
        form = Sample(several(("size", "1"), ("size", "2"), ("way", "in"), ("way", "out")))
        assert not form.validate()
        assert set(form.errors) == {"size", "way"}
        assert "“1”、“2”" in form.errors["size"][0]


def test_fields_that_take_several_values_keep_them(app):
    with app.test_request_context():
        form = Sample(several(("colours", "red"), ("colours", "blue"), ("is_sure", "false"), ("is_sure", "y")))
        assert form.validate(), form.errors
        assert form.colours.data == ["red", "blue"]
        assert form.is_sure.data is True, "the hidden twin of a box stands for an unticked one"
        assert Sample(several(("is_sure", "false"))).is_sure.data is False


def test_what_was_typed_into_a_password_is_not_repeated(app):
    with app.test_request_context():
        form = SignInForm(several(("username", "u"), ("password", "first-word"), ("password", "second-word")))
        assert not form.validate()
        assert "password" in form.errors
        assert "-word" not in str(form.errors)


def entries(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry))


def returned_url(app):
    with app.app_context():
        return f"/sync/returned/{db.session.scalars(select(ReceivedEnvelope.id)).one()}"


def doubled(fields, name, other):
    return MultiDict([*((key, str(value)) for key, value in fields.items()), (name, other)])


@pytest.mark.parametrize("name", ["witness", "place"])
def test_a_late_check_with_two_contents_comes_back_with_both(app, device, check, ward, name):
    fields = check(witness="程丽")
    other = {"witness": "王秀英", "place": str(ward.there)}[name]
    [told] = device.send(device.seal("inspection", doubled(fields, name, other)))
    assert (told["outcome"], told["code"]) == ("returned", "form-invalid")
    assert entries(app) == 0
    page = words_of(device.client.get(returned_url(app)))
    assert "这一项收到了不止一个内容" in page
    assert f"“{fields[name]}”、“{other}”" in page
    again = device.client.post(returned_url(app), data=doubled(fields, name, other))
    assert (again.status_code, entries(app)) == (422, 0)
    assert device.client.post(returned_url(app), data=fields).status_code == 303
    assert entries(app) == 1


def test_the_same_word_twice_is_harmless(app, device, check):
    fields = check(witness="程丽")
    [told] = device.send(device.seal("inspection", doubled(fields, "witness", "程丽")))
    assert told["outcome"] == "receipt"


def test_a_check_that_posts_itself_keeps_both_contents(app, device, check):
    answer = device.client.post("/inspections", data=doubled(check(witness="程丽"), "witness", "王秀英"))
    assert answer.status_code == 422
    assert "“程丽”、“王秀英”" in words_of(answer)
    assert entries(app) == 0


@pytest.fixture
def gate(app):
    here = masters.place(app, "G-01", PlaceKind.CHECKPOINT)
    masters.person(app, "gatekeeper", Role.GATEKEEPER, place_id=here)
    return here


def test_an_arrival_keeps_both_contents(app, gate):
    client = masters.signed_in(app, "gatekeeper")
    sent = doubled(ARRIVAL | {"place": str(gate)}, "origin", "外地")
    answer = client.post(f"/checkpoints/{gate}/visits", data=sent, headers=HTMX)
    assert answer.status_code == 422
    assert "“本区三里庄”、“外地”" in words_of(answer)
    assert entries(app) == 0


@pytest.mark.parametrize("act", ["departures", "arrivals/undo"])
def test_two_visits_at_once_are_refused_in_words(app, gate, act):
    client = masters.signed_in(app, "gatekeeper")
    arrived = client.post(f"/checkpoints/{gate}/visits", data=ARRIVAL | {"place": str(gate)})
    assert arrived.status_code == 303
    visit = arrived.location.rsplit("=", 1)[1]
    sent = several(("visit", visit), ("visit", str(gate)), ("why", "按错了"))
    answer = client.post(f"/checkpoints/{gate}/{act}", data=sent, headers=HTMX)
    assert answer.status_code == 422
    assert "收到了不止一份（visit）" in words_of(answer)
    assert entries(app) == 1


@pytest.mark.parametrize(
    ("name", "other"), [("lines-0-quantity", "4"), ("reason", "donation"), ("document", "D-2"), ("place", None)]
)
@pytest.mark.parametrize("act", ["confirm", "scan", "refresh"])
def test_the_counter_keeps_both_contents(app, stocked, line, act, name, other):
    client = masters.signed_in(app, "keeper")
    fields = {"place": str(stocked.here), "reason": "purchase", "document": "D-1", "mode": "in", "act": act}
    fields |= {f"lines-0-{part}": str(value) for part, value in line(3).items()}
    before = entries(app)
    other = other or str(stocked.there)
    answer = client.post("/supplies/counter", data=doubled(fields, name, other))
    assert answer.status_code == 422
    assert f"“{fields[name]}”、“{other}”" in words_of(answer)
    assert entries(app) == before


def test_a_late_slip_with_two_quantities_comes_back(app, stocked, line):
    keeper = Device(masters.signed_in(app, "keeper"))
    fields = {"place": str(stocked.here), "reason": "purchase"}
    fields |= {f"lines-0-{part}": str(value) for part, value in line(3).items()}
    [told] = keeper.send(keeper.seal("stock.in", doubled(fields, "lines-0-quantity", "4")))
    assert (told["outcome"], told["code"]) == ("returned", "form-invalid")
    assert "“3”、“4”" in words_of(keeper.client.get(returned_url(app)))


def test_an_undo_with_two_reasons_is_refused_in_words(app, stocked):
    client = masters.signed_in(app, "keeper")
    with app.app_context():
        slip = db.session.scalars(select(Entry.uuid)).one()
    sent = several(("note", "数错"), ("note", "送错"))
    answer = client.post(f"/supplies/slips/{slip}/undo", data=sent)
    assert answer.status_code == 422
    assert "收到了不止一份（note）" in words_of(answer)
