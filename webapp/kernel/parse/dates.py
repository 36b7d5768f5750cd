"""The parser of typed and imported days and moments; static/js/parse/dates.js does the same.

A day has a full year, month and day. 202712 and 2027-12 are refused, as are two-digit years, other orders and days that
do not exist. Compact dates have exactly eight digits.
"""

import re
from datetime import date, datetime, time

from webapp.kernel.parse.folding import fold

_DAY = re.compile(
    r"([0-9]{4})(?:"
    r"([-/.])([0-9]{1,2})\2([0-9]{1,2})|"
    r" ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]?|"
    r"([0-9]{2})([0-9]{2}))"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?")
_MIDNIGHT = re.compile(r"[T ]+0{1,2}:00(:00(\.0+)?)?$")  # added to a day by a spreadsheet
FIRST_YEAR, LAST_YEAR = 1900, 2200


def parse_day(text: str) -> date | None:
    """2026-11-24, 2026/11/24, 2026.11.24, 2026年11月24日 or 20261124; None for others."""
    match = _DAY.fullmatch(_MIDNIGHT.sub("", fold(text)))
    if match is None:
        return None
    year, month, day = (int(part) for part in match.group(1, 3, 4, 5, 6, 7, 8) if part and part.isdigit())
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | None:
    """A day and a time, 2026-11-24T08:05 or 2026年11月24日 8:05, as a naive datetime; None for others."""
    written, _gap, clock = fold(text).replace("T", " ").rpartition(" ")
    day, match = parse_day(written), _TIME.fullmatch(clock)
    if day is None or match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3))
    try:
        return datetime.combine(day, time(hour, minute, second, int((match[4] or "").ljust(6, "0"))))
    except ValueError:
        return None
