"""How the parts of a figure add up, and the days that a page shows."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

MOST_DAYS = 366  # of a period
TRENDS = (14, 30)  # days


def added_up(parts: Iterable[tuple[date | None, int]]) -> int:
    """The number of (day, number) pairs: their sum, or the largest of the days' sums if they have days."""
    sums: Counter[date | None] = Counter()
    for day, number in parts:
        sums[day] += number
    return max(sums.values(), default=0)


def lineage(path: str) -> list[str]:
    """The paths of a unit and of all units above it, from the top: /a/b/ gives /a/ and /a/b/."""
    ids = path.strip("/").split("/")
    return ["/" + "/".join(ids[:depth]) + "/" for depth in range(1, len(ids) + 1)]
