"""The gate's rule on both sides of each threshold, and what a typed text looks like."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from webapp.checkpoints import rules
from webapp.checkpoints.forms import VisitForm
from webapp.checkpoints.rules import Decision, Looks, PlateKind, Proposal, Reason
from webapp.district.rules import Comparison, Preferences

TABLE = json.loads((Path(__file__).parent / "decisions.json").read_text(encoding="utf-8"))
PLATES = json.loads((Path(__file__).parent / "plates.json").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("王秀英", Looks.NAME),
        ("Anna Müller", Looks.NAME),
        ("12345", Looks.DOCUMENT),
        ("138 0013 8000", Looks.PHONE),
        ("+86 138 0013 8000", Looks.PHONE),
        ("+852 9123 4567", Looks.PHONE),
        ("1380013800", Looks.PHONE),  # a digit short: to be put right in the phone's field
        (RESIDENT, Looks.ID_NUMBER),
        ("11010519491231002", Looks.ID_NUMBER),
        ("鲁A12345", Looks.PLATE),
        ("鲁AD12345", Looks.PLATE),
        ("应急12345", Looks.PLATE),
        ("WJ鲁12345", Looks.PLATE),
        ("E12345678", Looks.DOCUMENT),
        ("H12345678", Looks.DOCUMENT),
        ("😷", Looks.NAME),
    ],
)
def test_what_was_typed_looks_like_something(text, looks):
    assert rules.looks_like(text) is looks


def test_a_resident_id_needs_no_type_chosen():
    form = VisitForm(MultiDict({"id_number": RESIDENT}))
    form.validate()
    assert (form.id_type.data, list(form.id_number.errors)) == ("resident_id", [])
    form = VisitForm(MultiDict({"id_number": "E12345678"}))
    form.validate()
    assert form.id_number.errors
