"""Values over time as a line or as bars, as positions in a box: a page draws them without a script (ui/_chart.html)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

WIDTH, HEIGHT = 320, 120  # of the box, in its own units
LEFT, RIGHT, TOP, BOTTOM = 34, 312, 10, 104  # where the values are drawn
SPARK = 56, 18  # the box of a small chart, in its own units
_ROOM = Decimal("0.1")  # of the span, above and below


@dataclass(frozen=True, slots=True)
class Value:
    """One value; `is_out` of the limits that it was judged by."""

    at: datetime
    value: Decimal
    is_out: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    is_out: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """`bounds` are limits, `ticks` the least and the greatest value: each with the height it stands at."""

    dots: tuple[Dot, ...]
    bounds: tuple[tuple[float, Decimal], ...]
    ticks: tuple[tuple[float, Decimal], ...]

    @property
    def line(self) -> str:
        """The points of the line through the values."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def draw(values: Sequence[Value], bounds: Sequence[Decimal] = ()) -> Chart:
    """The chart of some values, at least one, in any order; limits are within the picture."""
    ordered = sorted(values, key=lambda point: point.at)
    heights = [point.value for point in ordered]
    least, greatest = min([*heights, *bounds]), max([*heights, *bounds])
    room = (greatest - least) * _ROOM or Decimal(1)
    bottom, span = least - room, greatest - least + 2 * room
    first, last = ordered[0].at, ordered[-1].at
    seconds = (last - first).total_seconds()

    def x(at: datetime) -> float:
        share = (at - first).total_seconds() / seconds if seconds else 0.5
        return round(LEFT + (RIGHT - LEFT) * share, 1)

    def y(value: Decimal) -> float:
        return round(float(BOTTOM - (BOTTOM - TOP) * (value - bottom) / span), 1)

    return Chart(
        tuple(Dot(x(point.at), y(point.value), point.is_out) for point in ordered),
        tuple((y(bound), bound) for bound in bounds),
        tuple((y(value), value) for value in dict.fromkeys((min(heights), max(heights)))),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A number as a bar that stands on the line at BOTTOM."""

    x: float
    y: float
    width: float
    height: float


def spark(numbers: Sequence[int]) -> str:
    """The bars of a small chart without words as one path, in a box of SPARK; a 0 is a line on the ground."""
    most, (width, height) = max(numbers) or 1, SPARK
    slot = width / len(numbers)
    tops = [max(round(height * number / most), 1) for number in numbers]
    return "".join(
        f"M{round(slot * place, 1):g} {height}v-{top}h{round(slot * 0.7, 1):g}v{top}z" for place, top in enumerate(tops)
    )


def bars(numbers: Sequence[int]) -> tuple[Bar, ...]:
    """The bars of some numbers, at least one, from 0 to the greatest; a 0 has no height."""
    most, slot = max(numbers) or 1, (RIGHT - LEFT) / len(numbers)
    heights = [round((BOTTOM - TOP) * number / most, 1) for number in numbers]
    return tuple(
        Bar(round(LEFT + slot * (place + 0.15), 1), round(BOTTOM - height, 1), round(slot * 0.7, 1), height)
        for place, height in enumerate(heights)
    )
