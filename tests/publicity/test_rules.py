"""How counts add up over days: by their sum, or by the most at any one time."""

from datetime import date

import pytest

from webapp.publicity.rules import SUMMED, Means, Use, added_up


def day(number):
    return date(2026, 11, number)


OVERLAPPING = [Use(20, day(1), day(10)), Use(8, day(5), day(6))]
APART = [Use(20, day(1), day(4)), Use(8, day(5), day(6))]


@pytest.mark.parametrize("means", sorted(SUMMED))
def test_what_is_new_each_time_is_summed(means):
    assert added_up(means, OVERLAPPING) == 28
    assert added_up(means, APART) == 28


@pytest.mark.parametrize("means", sorted(set(Means) - SUMMED))
def test_what_stands_there_day_after_day_counts_by_the_most_at_one_time(means):
    assert added_up(means, OVERLAPPING) == 28
    assert added_up(means, APART) == 20


def test_a_use_that_ends_the_day_another_begins_overlaps_it():
    assert added_up(Means.SCREEN, [Use(20, day(1), day(5)), Use(8, day(5), day(6))]) == 28


def test_what_is_still_in_use_never_ends():
    assert added_up(Means.VAN, [Use(3, day(1), None), Use(2, date.max, date.max)]) == 5


def test_what_began_before_the_period_is_there_on_its_first_day():
    uses = [Use(3, day(1), day(12)), Use(4, day(2), day(11)), Use(5, day(12), None)]
    assert added_up(Means.VAN, uses, since=day(12)) == 8
    assert added_up(Means.VAN, uses[:1], since=day(10)) == 3


def test_nothing_comes_to_nothing():
    assert [added_up(means, []) for means in Means] == [0] * len(Means)
