"""How the parts of a figure add up, the spans of trends and periods, and the units above a unit."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from webapp.figures.rules import Trend, in_spans, lineage, presets, spans
from webapp.kernel.figures import Parts, added_up, greatest
from webapp.kernel.listing import Part

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def test_parts_add_up_and_those_of_days_have_their_largest_day():
    parts = [Part(None, None, number) for number in (2, 3)]
    assert Parts(parts, added_up).number(parts) == 5
    days = [Part(None, None, *pair) for pair in ((2, MONDAY), (3, TUESDAY), (1, TUESDAY))]
    assert Parts(days, greatest).number(days) == 4
    assert (Parts(days, greatest).number([]), Parts(parts, added_up).number([])) == (0, 0)


def test_a_unit_is_below_all_units_of_its_path():
    assert lineage("/a/b/c/") == ["/a/", "/a/b/", "/a/b/c/"]
    assert lineage("/a/") == ["/a/"]


@pytest.mark.parametrize(
    ("trend", "count", "first", "last"),
    [
        (Trend.DAYS_14, 14, (date(2026, 10, 21), date(2026, 10, 21)), (TUESDAY, TUESDAY)),
        (Trend.DAYS_30, 30, (date(2026, 10, 5), date(2026, 10, 5)), (TUESDAY, TUESDAY)),
        (Trend.WEEKS_13, 13, (date(2026, 8, 10), date(2026, 8, 16)), (MONDAY, TUESDAY)),
        (Trend.MONTHS_12, 12, (date(2025, 12, 1), date(2025, 12, 31)), (date(2026, 11, 1), TUESDAY)),
    ],
)
def test_a_trend_has_so_many_days_weeks_or_months_and_ends_with_its_day(trend, count, first, last):
    of_trend = spans(trend, TUESDAY)
    assert (len(of_trend), of_trend[0], of_trend[-1]) == (count, first, last)
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in pairwise(of_trend))
    for until in (date(2026, 1, 1), date(2028, 2, 29), date(2028, 12, 31)):
        assert (until - spans(Trend.MONTHS_12, until)[0][0]).days < 366


def test_a_week_counts_what_happens_in_it_and_the_largest_day_of_what_lasts():
    numbers = {MONDAY - timedelta(days=1): 9, MONDAY: 2, TUESDAY: 3}
    weeks = [(MONDAY - timedelta(days=7), MONDAY - timedelta(days=1)), (MONDAY, TUESDAY)]
    assert in_spans(numbers, weeks, is_peak=False) == [9, 5]
    assert in_spans(numbers, weeks, is_peak=True) == [9, 3]


def test_frequent_periods_end_today():
    assert presets(TUESDAY) == {
        "today": (TUESDAY, TUESDAY),
        "yesterday": (MONDAY, MONDAY),
        "week": (MONDAY, TUESDAY),
        "month": (date(2026, 11, 1), TUESDAY),
    }
