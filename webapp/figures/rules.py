"""The days that the page of a figure shows, and the units above a unit."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

MOST_DAYS = 366  # of a period
Span = tuple[date, date]  # the first day and the last


class Trend(StrEnum):
    """How far back a trend goes, and by what."""

    DAYS_14 = "14d"
    DAYS_30 = "30d"
    WEEKS_13 = "13w"
    MONTHS_12 = "12m"


def spans(trend: Trend, until: date) -> list[Span]:
    """The days, weeks (from Monday) or months of a trend, the oldest first; the last one ends with `until`."""
    if trend is Trend.MONTHS_12:
        months = [until.year * 12 + until.month - 1 - number for number in range(11, -1, -1)]
        firsts = [date(month // 12, month % 12 + 1, 1) for month in months]
    elif trend is Trend.WEEKS_13:
        monday = until - timedelta(days=until.weekday())
        firsts = [monday - timedelta(weeks=number) for number in range(12, -1, -1)]
    else:
        days = {Trend.DAYS_14: 14, Trend.DAYS_30: 30}[trend]
        firsts = [until - timedelta(days=number) for number in range(days - 1, -1, -1)]
    return [*zip(firsts, (first - timedelta(days=1) for first in firsts[1:]), strict=False), (firsts[-1], until)]


def in_spans(numbers: Mapping[date, int], spans: Sequence[Span], *, is_peak: bool) -> list[int]:
    """The numbers of spans from those of their days, as of any period: their sum, or the largest of what lasts."""
    of_spans = [[number for day, number in numbers.items() if first <= day <= last] for first, last in spans]
    return [max(own) if is_peak else sum(own) for own in of_spans]


def presets(today: date) -> dict[str, Span]:
    """Frequent periods up to today."""
    yesterday, monday = today - timedelta(days=1), today - timedelta(days=today.weekday())
    return {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "week": (monday, today),
        "month": (today.replace(day=1), today),
    }


def lineage(path: str) -> list[str]:
    """The paths of a unit and of all units above it, from the top: /a/b/ gives /a/ and /a/b/."""
    ids = path.strip("/").split("/")
    return ["/" + "/".join(ids[:depth]) + "/" for depth in range(1, len(ids) + 1)]
