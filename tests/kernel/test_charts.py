"""A line of values over time as positions in a box."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from webapp.kernel.charts import BOTTOM, LEFT, RIGHT, TOP, Value, bars, draw

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def at(days, value, is_out=False):
    return Value(NOON + days * DAY, Decimal(value), is_out)


def test_values_stand_in_order_of_time_and_higher_ones_higher():
    chart = draw([at(2, 8), at(0, 4, is_out=True), at(1, 6)], [Decimal("6.5")])
    assert [dot.x for dot in chart.dots] == [LEFT, (LEFT + RIGHT) / 2, RIGHT]
    low, middle, high = (dot.y for dot in chart.dots)
    assert BOTTOM > low > middle > high > TOP
    assert [dot.is_out for dot in chart.dots] == [True, False, False]
    [(bound, value)] = chart.bounds
    assert (high < bound < middle, value) == (True, Decimal("6.5"))


def test_a_limit_beyond_all_values_is_in_the_picture():
    chart = draw([at(0, 1), at(1, 2)], [Decimal(60)])
    assert TOP < chart.bounds[0][0] < min(dot.y for dot in chart.dots) < BOTTOM


def test_equal_values_and_equal_moments_stand_in_the_middle():
    level = draw([at(0, 7), at(1, 7)])
    assert {dot.y for dot in level.dots} == {(TOP + BOTTOM) / 2}
    assert [value for _y, value in level.ticks] == [7]
    assert {dot.x for dot in draw([at(0, 1), at(0, 3)]).dots} == {(LEFT + RIGHT) / 2}


def test_bars_stand_on_the_line_and_the_greatest_reaches_the_top():
    first, second, third = bars([0, 5, 10])
    assert (first.height, second.height, third.height) == (0, (BOTTOM - TOP) / 2, 94)
    assert (third.y, second.y + second.height) == (TOP, BOTTOM)
    assert LEFT < first.x < first.x + first.width < second.x < third.x + third.width < RIGHT
    assert [bar.height for bar in bars([0, 0])] == [0, 0]
