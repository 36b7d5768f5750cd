"""Codes and lots are compared one way; the same cases run in tests/js/parse-codes.test.js."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kernel.parse.codes import KEY_LENGTH, code_key, is_code, lot_key, written_code

CASES = json.loads((Path(__file__).parent / "codes.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("typed", "lot", "code", "written"), CASES)
def test_every_spelling_has_its_keys(typed, lot, code, written):
    assert (lot_key(typed), code_key(typed), written_code(typed)) == (lot, code, written)


@given(st.text(max_size=20))
def test_a_key_is_its_own_key_and_fits_its_column(text):
    for key in (lot_key, code_key, written_code):
        assert key(key(text)) == key(text)
        assert len(key(text)) <= KEY_LENGTH


@given(st.text(max_size=20))
def test_a_code_and_its_written_form_have_one_key(text):
    assert code_key(written_code(text)) == code_key(text)


def test_nothing_has_the_key_of_nothing():
    assert (lot_key(None), code_key(None), written_code(None)) == ("", "", "")


@pytest.mark.parametrize("text", ["H-02", "A", "1", "A" * 20])
def test_a_code_is_letters_digits_and_hyphens_between_them(text):
    assert is_code(text, 20)


@pytest.mark.parametrize("text", ["", "-", "-A", "A-", "A_1", "\u6279", "a", "A" * 21, "A\n"])
def test_other_texts_are_no_codes(text):
    assert not is_code(text, 20)
