"""The gate's rule on both sides of each threshold, and what a typed text looks like."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import get_template_attribute
from werkzeug.datastructures import MultiDict

from webapp.checkpoints import rules
from webapp.checkpoints.forms import VisitForm
from webapp.checkpoints.labels import ON_A_DEVICE
from webapp.checkpoints.pages import started_with
from webapp.checkpoints.rules import Decision, PlateKind, Proposal, Reason
from webapp.district.rules import Comparison, Preferences
from webapp.kernel import clock
from webapp.kernel.personal import normal_plate, parse_phone

TABLE = json.loads((Path(__file__).parent / "decisions.json").read_text(encoding="utf-8"))
PLATES = json.loads((Path(__file__).parent / "plates.json").read_text(encoding="utf-8"))
LOOKS = json.loads((Path(__file__).parent / "looks.json").read_text(encoding="utf-8"))
FAULTS = json.loads((Path(__file__).parent / "faults.json").read_text(encoding="utf-8"))
RESIDENT = "11010519491231002X"


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["say"])
def test_the_gate_proposes(case):
    district = Preferences(
        fever_celsius=Decimal(case.get("fever", TABLE["fever"])),
        fever_comparison=Comparison(case["comparison"]),
        risk_areas=tuple(case.get("areas", TABLE["areas"])),
    )
    celsius = VisitForm(MultiDict({"celsius": case["celsius"]})).celsius.data
    is_fever = celsius is not None and district.is_fever(celsius)
    proposal = rules.propose(celsius, is_fever=is_fever, risk_area=district.risk_area_of(case["origin"]))
    assert proposal == Proposal(Decision(case["decision"]), tuple(Reason(one) for one in case["reasons"]))


@pytest.mark.parametrize("decision", Decision)
def test_deciding_otherwise_is_an_override(decision):
    assert rules.is_override(Proposal(Decision.REFUSE), decision) == (decision is not Decision.REFUSE)


@pytest.mark.parametrize("case", PLATES["cases"], ids=lambda case: case["plate"] or "none")
def test_plates(case):
    assert rules.plate_kind(case["plate"]) is PlateKind(case["kind"])


@pytest.mark.parametrize("case", LOOKS["cases"], ids=lambda case: case["text"])
def test_what_was_typed_goes_into_the_field_that_it_looks_like(built, case):
    with built.test_request_context():
        started = started_with(case["text"])
    assert {field.name: field.data for field in started if field.data} == case["fields"]


def test_a_resident_id_needs_no_type_chosen():
    form = VisitForm(MultiDict({"id_number": RESIDENT}))
    form.validate()
    assert (form.id_type.data, list(form.id_number.errors)) == ("resident_id", [])
    form = VisitForm(MultiDict({"id_number": "E12345678"}))
    form.validate()
    assert form.id_number.errors


@pytest.mark.parametrize("case", FAULTS["cases"], ids=lambda case: str(case["change"]))
def test_what_is_wrong_with_phone_and_document_is_told(built, monkeypatch, case):
    noon = datetime.fromisoformat(f"{FAULTS['on']}T12:00:00+08:00")
    monkeypatch.setattr(clock, "now", lambda: noon)
    with built.test_request_context():
        form = VisitForm(MultiDict(FAULTS["good"] | case["change"]))
        form.validate()
        names = {str(sentence): name for name, sentence in ON_A_DEVICE.items()}
        errors = [(name, error) for name in ("phone", "id_type", "id_number") for error in form[name].errors]
        assert [names.get(str(error), name) for name, error in errors] == case["faults"]


@pytest.mark.parametrize("case", FAULTS["who"], ids=lambda case: case["words"])
def test_who_somebody_is_stands_masked(built, case):
    entry = case["entry"]
    visit = SimpleNamespace(
        name=entry["name"],
        phone=parse_phone(entry["phone"]) if entry["phone"] else None,
        plate=normal_plate(entry["plate"]),
    )
    with built.test_request_context():
        text = get_template_attribute("checkpoints/_who.html", "who")(visit)
    assert text == case["words"]
