"""What is drawn once for everybody never shows what one person typed, another language or choices of before."""

import re

from tests.support import masters
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind


def filters_of(answer):
    return re.search(r'<form method="get".*?</form>', answer.text, re.DOTALL)[0]


def test_a_filter_that_was_filled_in_is_blank_for_the_next_reader(app):
    masters.person(app, "reader", Role.AUDITOR)
    client = masters.signed_in(app, "reader")
    assert 'value="北门"' in filters_of(client.get("/checkpoints/visits?place=北门"))
    blank = filters_of(client.get("/checkpoints/visits"))
    assert 'value="北门"' not in blank
    with client.session_transaction() as session:
        session["language"] = "en"
    assert filters_of(client.get("/checkpoints/visits")) != blank


def test_a_filter_offers_what_was_added_since_it_was_last_drawn(app):
    masters.person(app, "chief", Role.ADMINISTRATOR)
    client = masters.signed_in(app, "chief")
    before = filters_of(client.get("/persons"))
    unit = str(masters.unit(app, "NEW"))
    assert unit not in before
    assert unit in filters_of(client.get("/persons"))


def test_the_blank_form_of_a_gate_holds_nothing_of_a_search_or_of_another_gate(app):
    here, there = (masters.place(app, code, PlaceKind.CHECKPOINT) for code in ("G-01", "G-02"))
    masters.person(app, "gatekeeper", Role.GATEKEEPER)
    client = masters.signed_in(app, "gatekeeper")
    blank = forms_of(client.get(f"/checkpoints/{here}/gate"))
    searched = client.post(f"/checkpoints/{here}/look", data={"q": "王秀英"}, headers={"HX-Request": "true"})
    assert 'value="王秀英"' in forms_of(searched)
    refused = client.post(f"/checkpoints/{here}/visits", data={"place": str(here), "name": "李四"})
    assert refused.status_code == 422
    assert 'value="李四"' in forms_of(refused)
    assert forms_of(client.get(f"/checkpoints/{here}/gate")) == blank
    assert f'value="{there}"' in forms_of(client.get(f"/checkpoints/{there}/gate"))
    with client.session_transaction() as session:
        session["language"] = "en"
    assert "Temperature" in forms_of(client.get(f"/checkpoints/{here}/gate"))


def forms_of(answer):
    """What stands in the form of the gate, without its envelope."""
    return answer.text.partition("data-gate")[2].partition("data-draft-restored")[2].partition("</form>")[0]
