"""The gate's rule on both sides of each threshold, identifiers, masks."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from webapp.checkpoints import rules
from webapp.checkpoints.forms import VisitForm
from webapp.checkpoints.rules import Decision, IdType, Looks, PlateKind, Proposal, Reason
from webapp.district.rules import Comparison, Preferences

TABLE = json.loads((Path(__file__).parent / "decisions.json").read_text(encoding="utf-8"))
PLATES = json.loads((Path(__file__).parent / "plates.json").read_text(encoding="utf-8"))
RESIDENT = "11010519491231002X"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(body):
    """As GB 11643-1999 says it, apart from the code under test."""
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


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


def test_the_number_of_the_standard_is_good_however_it_is_written():
    for typed in (RESIDENT, RESIDENT.lower(), " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"):
        assert rules.is_id_number(IdType.RESIDENT_ID, typed)


@pytest.mark.parametrize("position", range(18))
def test_any_one_wrong_digit_is_noticed(position):
    others = {digit for digit in "0123456789X" if digit != RESIDENT[position]}
    changed = [RESIDENT[:position] + digit + RESIDENT[position + 1 :] for digit in sorted(others)]
    assert [number for number in changed if rules.is_id_number(IdType.RESIDENT_ID, number)] == []


def test_two_neighbours_swapped_are_noticed():
    for at in range(17):
        swapped = RESIDENT[:at] + RESIDENT[at + 1] + RESIDENT[at] + RESIDENT[at + 2 :]
        assert swapped == RESIDENT or not rules.is_id_number(IdType.RESIDENT_ID, swapped)


@pytest.mark.parametrize(
    "area",
    ["371202", "371203", "370116", "330114", "360104", "653130", "469001", "540233", "810000", "820000", "830000"],
)
def test_counties_that_came_or_went_are_good(area):
    """Laiwu left the map in 2019, Qiantang came in 2021; the last three are residence permits."""
    assert rules.is_id_number(IdType.RESIDENT_ID, with_check_digit(f"{area}19900307123"))


@pytest.mark.parametrize(
    "number",
    [
        with_check_digit("11010519490230002"),  # 30 February
        with_check_digit("11010519491331002"),
        with_check_digit("00010519491231002"),
        with_check_digit("91010519491231002"),
        "110105491231002",  # 15 digits: no document since 2013
        "",
        "X" * 18,
        "١" * 18,
        RESIDENT + "\n1",
        RESIDENT * 500,
    ],
)
def test_other_numbers_are_no_resident_id(number):
    assert not rules.is_id_number(IdType.RESIDENT_ID, number)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (IdType.TRAVEL_PERMIT, "H12345678", "H1234567"),
        (IdType.TRAVEL_PERMIT, "M1234567801", "M123456780"),
        (IdType.TRAVEL_PERMIT, "12345678", "123456789"),
        (IdType.TRAVEL_PERMIT, "h 1234 5678", "A12345678"),
        (IdType.PASSPORT, "E12345678", "E123"),
        (IdType.PASSPORT, "A1B2C", "护照12345"),
        (IdType.PASSPORT, "X" * 20, "X" * 21),
        (IdType.FOREIGN_RESIDENT, "ABC123456789012", "AB1234567890123"),
        (IdType.FOREIGN_RESIDENT, with_check_digit("91101019900307123"), with_check_digit("81101019900307123")),
    ],
)
def test_other_documents_by_shape(kind, good, bad):
    assert rules.is_id_number(kind, good)
    assert not rules.is_id_number(kind, bad)


@pytest.mark.parametrize(
    "phone", ["13800138000", "19912345678", "138 0013 8000", "138-0013-8000", "１３８００１３８０００"]
)
def test_mobile_numbers(phone):
    assert rules.is_phone(phone)


@pytest.mark.parametrize(
    "phone", ["12800138000", "1380013800", "138001380000", "", "053188888888", "1380013800O", "١" * 11]
)
def test_no_mobile_numbers(phone):
    assert not rules.is_phone(phone)


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


@pytest.mark.parametrize(
    ("mask", "plain", "masked"),
    [
        (rules.mask_name, "王秀英", "王**"),
        (rules.mask_name, "李雷", "李*"),
        (rules.mask_name, "王", "王*"),
        (rules.mask_name, "欧阳震华", "欧***"),
        (rules.mask_name, "古丽娜尔·阿不都热依木", "古***"),
        (rules.mask_name, "\u202eمحمد", "م***"),
        (rules.mask_name, "", ""),
        (rules.mask_number, RESIDENT, "110105********002X"),
        (rules.mask_number, "E12345678", "E1*****78"),
        (rules.mask_number, None, ""),
        (rules.mask_phone, "13800138000", "138****8000"),
        (rules.mask_phone, "123", "***"),
        (rules.mask_phone, None, ""),
        (rules.mask_plate, "鲁A12345", "鲁A·1**45"),
        (rules.mask_plate, "鲁AD12345", "鲁A·D***45"),
        (rules.mask_plate, "WJ1", "W***"),
        (rules.mask_plate, None, ""),
    ],
)
def test_masks(mask, plain, masked):
    assert mask(plain) == masked
