"""Codes, quantities, expiry and what goes first: no application, no database."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.supplies.rules import (
    Candidate,
    Expiry,
    Measure,
    Pick,
    expiry_of,
    item_label,
    lot_label,
    propose,
    scan,
    split,
    steps_of,
)

GTIN = "06901234567892"
LAST_DAY = date(2027, 12, 31)
TODAY = date(2026, 11, 24)
STEPS = json.loads((Path(__file__).parent / "steps.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567892(17)271231(10)A213B1",
        "\uff0801\uff0906901234567892\uff0817\uff09271231\uff0810\uff09A213B1",  # a Chinese keyboard's brackets
        "010690123456789217271231" + "10A213B1",
        "]d2010690123456789217271231" + "10A213B1",
        "]C1010690123456789217271231" + "10A213B1",
        "]Q3010690123456789217271231" + "10A213B1",
        "010690123456789210A213B1\x1d17271231",
        "010690123456789210A213B1{GS}17271231",
        "010690123456789217271200" + "10A213B1",
    ],
)
def test_every_spelling_of_a_gs1_code_says_the_same(text):
    code = scan(text)
    assert (code.gtin, code.lot, code.expires_on) == (GTIN, "A213B1", LAST_DAY)
    assert not code.is_broken


def test_made_on_and_serial_are_read():
    code = scan("(01)06901234567892(11)141231(17)150707(10)A213B1(21)1234")
    assert (code.made_on, code.expires_on, code.serial) == (date(2014, 12, 31), date(2015, 7, 7), "1234")


@pytest.mark.parametrize("text", ["6901234567892", "06901234567892", "]E06901234567892"])
def test_ean_and_its_kin_are_one_number(text):
    assert scan(text).gtin == GTIN
    assert scan(text).lot is None


def test_ean_8_and_upc_get_zeros_in_front():
    assert scan("96385074").gtin == "00000096385074"
    assert scan("036000291452").gtin == "00036000291452"


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567893(17)271231",  # check digit
        "(01)06901234567892(17)271331",  # month 13
        "(01)06901234567892(17)270231",  # 31 February
        "(01)0690123456",  # cut short
        "]d2010690123456",
        "(17)271231(10)A213B1",  # no article
        "FL:L:XS-02:271399:A",
    ],
)
def test_a_code_that_breaks_its_rules_is_broken_not_unknown(text):
    assert scan(text).is_broken


def test_our_own_labels_read_without_a_network():
    assert scan(item_label("XS-02")).item_code == "XS-02"
    code = scan(lot_label("XS-02", "a213b1/2", LAST_DAY))
    assert (code.item_code, code.lot, code.expires_on) == ("XS-02", "a213b1/2", LAST_DAY)
    assert scan(lot_label("QT-02", "", None)).lot == ""


def test_the_name_of_the_symbol_a_camera_read_is_no_part_of_the_code():
    assert scan("]Q1" + item_label("XS-02")).item_code == "XS-02"
    assert scan("]Q1" + lot_label("XS-02", "A1", LAST_DAY)).lot == "A1"
    assert scan("]C0SN-77").text == "SN-77"
    assert scan("]d2" + "01" + GTIN + "10A1").gtin == GTIN


def test_whatever_else_was_typed_is_an_item_code():
    assert scan(" xs-02 ").item_code == "XS-02"
    assert scan("12345678").item_code == "12345678"  # eight digits whose check digit is wrong


@given(st.text(max_size=300))
def test_no_text_can_break_the_reader(text):
    scan(text)


def test_goods_are_good_through_their_last_day():
    assert expiry_of(TODAY, TODAY) is Expiry.SOON
    assert expiry_of(TODAY - timedelta(days=1), TODAY) is Expiry.EXPIRED
    assert expiry_of(TODAY + timedelta(days=30), TODAY) is Expiry.SOON
    assert expiry_of(TODAY + timedelta(days=31), TODAY) is Expiry.GOOD
    assert expiry_of(None, TODAY) is Expiry.NONE


BOX = Measure("box", "箱", "boxes", 30)
TON = Measure("base", "吨", "t", 1000)


def test_quantities_are_whole_steps():
    assert steps_of(Decimal(40), BOX) == 1200
    assert steps_of(Decimal("0.5"), BOX) == 15
    assert steps_of(Decimal("0.01"), BOX) is None
    assert steps_of(Decimal("1.234"), TON) == 1234
    assert steps_of(Decimal("1.2345"), TON) is None
    assert steps_of(Decimal(10**12), BOX) is None
    assert split(1203, BOX) == (40, 3)


SHELF = (
    Candidate("no date", None, 100),
    Candidate("late", date(2027, 6, 1), 10),
    Candidate("early", date(2027, 1, 1), 5),
    Candidate("gone", date(2026, 11, 23), 50),
)


def test_the_earliest_expiry_goes_first_and_nothing_expired():
    assert propose(SHELF, 7, TODAY).picks == (Pick("early", 5), Pick("late", 2))
    whole = propose(SHELF, 116, TODAY)
    assert (whole.short, whole.expired) == (1, 50)
    assert [pick.lot for pick in whole.picks] == ["early", "late", "no date"]
    assert propose(SHELF, 115, TODAY).short == 0


@pytest.mark.parametrize(("typed", "steps", "whole"), STEPS)
def test_a_quantity_is_whole_smallest_steps_as_on_the_device(typed, steps, whole):
    assert steps_of(Decimal(typed), Measure("base", "", "", steps)) == whole
