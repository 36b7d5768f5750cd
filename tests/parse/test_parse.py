"""Numbers and days as people write them: the cases that the device is held to as well (tests/js/parse.test.js)."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from webapp.kernel.parse.dates import parse_day, parse_moment
from webapp.kernel.parse.numbers import parse_number, plain_number

HERE = Path(__file__).parent
NUMBERS = json.loads((HERE / "numbers.json").read_text(encoding="utf-8"))["cases"]
DATES = json.loads((HERE / "dates.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("typed", "plain"), NUMBERS)
def test_a_number_is_read_as_it_is_meant_or_refused(typed, plain):
    assert plain_number(typed) == plain
    assert parse_number(typed) == (plain if plain is None else Decimal(plain))


@pytest.mark.parametrize(("typed", "day"), DATES["days"])
def test_a_day_takes_exactly_what_it_says(typed, day):
    parsed = parse_day(typed)
    assert (parsed and parsed.isoformat()) == day


@pytest.mark.parametrize(("typed", "moment"), DATES["moments"])
def test_a_moment_takes_exactly_what_it_says(typed, moment):
    parsed = parse_moment(typed)
    assert (parsed and parsed.isoformat()) == moment
