"""Particulars of people: the cases that the device is held to as well (tests/js/personal.test.js)."""

import json
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from webapp.kernel import personal
from webapp.kernel.personal import IdType

TABLE = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
MASKS = {
    "name": personal.mask_name,
    "number": personal.mask_number,
    "phone": personal.mask_phone,
    "plate": personal.mask_plate,
}


@pytest.mark.parametrize(("one", "other"), [pair for group in TABLE["same"] for pair in combinations(group, 2)])
def test_what_means_the_same_compares_alike(one, other):
    assert personal.compared(one) == personal.compared(other)


@pytest.mark.parametrize(("one", "other"), TABLE["different"])
def test_what_differs_compares_differently(one, other):
    assert personal.compared(one) != personal.compared(other)


@pytest.mark.parametrize(("typed", "phone"), TABLE["phones"])
def test_a_phone_reaches_a_person_or_is_refused(typed, phone):
    assert personal.parse_phone(typed) == phone
    assert personal.phone_key(typed) == (phone or personal.compared(typed))


@pytest.mark.parametrize(("typed", "phone"), TABLE["contacts"])
def test_a_contact_may_have_a_landline_and_an_extension(typed, phone):
    assert personal.contact_phone(typed) == phone


@pytest.mark.parametrize(("kind", "number", "is_good"), TABLE["documents"])
def test_a_documents_number_is_one_of_its_kind(kind, number, is_good):
    assert personal.is_id_number(IdType(kind), number, date.fromisoformat(TABLE["on"])) is is_good


@pytest.mark.parametrize(("kind", "plain", "masked"), [(kind, *row) for kind in MASKS for row in TABLE["masks"][kind]])
def test_masks(kind, plain, masked):
    assert MASKS[kind](plain) == masked


@pytest.mark.parametrize("kind", MASKS)
def test_nothing_is_masked_as_nothing(kind):
    assert MASKS[kind](None) == ""
