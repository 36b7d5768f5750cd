"""Scanned codes, by the cases that run in tests/js/parse-scans.test.js too."""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.supplies.counter.scans import split_times
from webapp.supplies.rules import scan

CASES = json.loads((Path(__file__).parent / "scans.json").read_text(encoding="utf-8"))


def plain(code):
    """What a code says, and nothing that it does not."""
    values = {field.name: getattr(code, field.name) for field in fields(code)}
    values["readings"] = [{k: v for k, v in plain(one).items() if k not in ("text", "keys")} for one in code.readings]
    values["unused"] = [list(one) for one in code.unused]
    values["keys"] = list(code.keys)
    said = {name: str(value) if isinstance(value, date) else value for name, value in values.items()}
    return {name: value for name, value in said.items() if value not in (None, []) or name == "keys"}


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: ascii(case[0])[:40])
def test_a_scanned_code_says_this(case):
    typed, expected = case
    text = expected.get("text", typed)
    assert plain(scan(typed)) == {"text": text, "keys": [text]} | expected


def test_random_element_strings_say_the_same_as_ever():
    for typed, expected in CASES["random"]:
        text = expected.get("text", typed)
        assert plain(scan(typed)) == {"text": text, "keys": [text]} | expected, ascii(typed)


@given(st.text(alphabet="01217()\x1d \t6901234567892AB-.:/", max_size=60))
def test_no_text_breaks_the_reader(text):
    code = scan(text)
    assert code.trouble or code.keys
    assert not (code.readings and code.gtin), "an open question books nothing"


@pytest.mark.parametrize(
    ("typed", "times", "rest"), json.loads((Path(__file__).parent / "times.json").read_text(encoding="utf-8"))["cases"]
)
def test_a_number_of_times_stands_before_a_code_or_alone(typed, times, rest):
    assert split_times(typed) == (times, rest)
