"""The check digit of a resident ID, by the formula of GB 11643-1999 apart from the code under test."""

from datetime import date

import pytest

from webapp.kernel.personal import IdType, is_id_number

RESIDENT = "11010519491231002X"
TODAY = date(2026, 11, 24)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(body):
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize("position", range(18))
def test_any_one_wrong_digit_is_noticed(position):
    others = {digit for digit in "0123456789X" if digit != RESIDENT[position]}
    changed = [RESIDENT[:position] + digit + RESIDENT[position + 1 :] for digit in sorted(others)]
    assert [number for number in changed if is_id_number(IdType.RESIDENT_ID, number, TODAY)] == []


def test_two_neighbours_swapped_are_noticed():
    for at in range(17):
        swapped = RESIDENT[:at] + RESIDENT[at + 1] + RESIDENT[at] + RESIDENT[at + 2 :]
        assert swapped == RESIDENT or not is_id_number(IdType.RESIDENT_ID, swapped, TODAY)


@pytest.mark.parametrize(
    "area",
    ["371202", "371203", "370116", "330114", "360104", "653130", "469001", "540233", "810000", "820000", "830000"],
)
def test_counties_that_came_or_went_are_good(area):
    """Laiwu left the map in 2019, Qiantang came in 2021; the last three are residence permits."""
    assert is_id_number(IdType.RESIDENT_ID, with_check_digit(f"{area}19900307123"), TODAY)
