"""The means of publicity, and how their counts add up over days."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate


class Means(StrEnum):
    NOTICE = "notice"
    LETTER = "letter"
    BANNER = "banner"
    SCREEN = "screen"
    VAN = "van"
    BOARD = "board"
    LOUDSPEAKER = "loudspeaker"
    POST = "post"


# Means of which every record is a new one; records of the others may be about the same objects on several days.
SUMMED = frozenset({Means.NOTICE, Means.LETTER, Means.BANNER, Means.POST})


@dataclass(frozen=True, slots=True)
class Use:
    """A count from one day to another, or still in use (`until_on` is None)."""

    count: int
    from_on: date
    until_on: date | None


def added_up(means: Means, uses: Iterable[Use], since: date = date.min) -> int:
    """The total of the uses in a period that begins on `since`: their sum, or the largest number at one time."""
    if means in SUMMED:
        return sum(use.count for use in uses)
    changes: Counter[date] = Counter()
    for use in uses:
        changes[max(use.from_on, since)] += use.count
        if use.until_on and use.until_on < date.max:
            changes[use.until_on + timedelta(days=1)] -= use.count
    return max(accumulate(changes[day] for day in sorted(changes)), default=0)
