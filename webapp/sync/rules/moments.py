"""The time of an entry: the device's time, limited by bounds that the server knows independently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

CLOCK_OFF = timedelta(days=2)
NOISE = timedelta(seconds=5)  # a smaller skew is attributed to transit time, not to a wrong clock
SLOWEST_WAY = timedelta(minutes=5)  # the longest transit time of a call, through buffering proxies
STEADY = timedelta(days=1)  # how long an earlier measurement of a clock is used to recognise a slow call
MOST_CONTACTS = 500  # per device
_STEP = timedelta(microseconds=1)


def moment(text: Any) -> datetime | None:
    """A device's time (ISO 8601 with zone); None if malformed, since a wrong clock is no reason to refuse."""
    try:
        parsed = datetime.fromisoformat(text.replace("Z", "+00:00")) if isinstance(text, str) else None
    except ValueError:
        return None
    return parsed if parsed and parsed.tzinfo and 2000 <= parsed.year <= 2200 else None


def skew_of(skew_ms: int | None) -> timedelta | None:
    """A stored skew (milliseconds) as a duration."""
    return None if skew_ms is None else timedelta(milliseconds=skew_ms)


def is_clock_off(skew: timedelta | None) -> bool:
    """Whether a device's clock differs notably from the server's."""
    return skew is not None and abs(skew) > CLOCK_OFF


def measured(
    now: datetime | None, at: datetime, *, claimed: timedelta | None, before: timedelta | None
) -> timedelta | None:
    """Server time minus device time, from a call with the device time `now` that arrived `at`; None if unknown.

    `at - now` is the skew plus the transit time, and so an upper bound of the skew. `claimed` is the device's own
    measurement on small exchanges; `before` is the last measurement, if recent. A call that is later than `before` by
    at most `SLOWEST_WAY` was slow; a larger difference means that the clock was changed.
    """
    if now is None:
        return claimed if claimed is not None else before
    most = at - now
    if claimed is not None:
        return min(claimed, most)
    if before is not None and before <= most <= before + SLOWEST_WAY:
        return before
    return most


def composed(now: datetime | None, at: datetime, skew: timedelta | None) -> datetime:
    """The time when a call that arrived `at` was composed, which is the time of its report about the device."""
    if now is None or skew is None:
        return at
    return min(at, max(now + skew, at - SLOWEST_WAY))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of an entry's time that do not depend on the device's clock.

    Not before `earliest`: the issue of its grant, or the last contact that did not announce its number yet (whose last
    number is `ahead` below it). Not after `announced_at`: the first contact that did (whose last number is `behind`
    above it), if there was one.
    """

    earliest: datetime
    ahead: int = 1
    announced_at: datetime | None = None
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The time of an entry. `is_outside`: the device's time cannot be right, so the later bound is used."""

    at: datetime
    is_outside: bool


def occurrence(
    captured_at: datetime | None, skew: timedelta | None, bounds: Bounds, received_at: datetime
) -> Occurrence:
    """Device time plus skew, limited by the bounds.

    Entries at the same bound keep the order of their numbers, a microsecond apart. A bound has a tolerance of `NOISE`,
    because no measurement of a clock is exact.
    """
    latest = min(bounds.announced_at - bounds.behind * _STEP if bounds.announced_at else received_at, received_at)
    earliest = min(bounds.earliest + bounds.ahead * _STEP, latest)
    if captured_at is None:
        return Occurrence(latest, is_outside=True)
    wrong_by = timedelta() if skew is None or abs(skew) < NOISE else skew
    meant = captured_at + wrong_by
    if meant < earliest - NOISE or meant > latest + NOISE:
        return Occurrence(latest, is_outside=True)
    return Occurrence(min(max(meant, earliest), latest), is_outside=False)


def needed_contacts(numbers: Sequence[int], gaps: Sequence[tuple[int, int]]) -> set[int]:
    """The indexes of the contacts that still bound entries; `numbers` are the contacts' last numbers in order of time.

    A contact is needed if a missing number (in the runs `gaps`) was first announced by it, or between it and the next
    contact. The newest is needed for future entries. At most the newest `MOST_CONTACTS` are kept; fewer contacts only
    widen bounds.
    """
    needed = set()
    for place, number in enumerate(numbers):
        before = numbers[place - 1] if place else 0
        after = numbers[place + 1] if place + 1 < len(numbers) else None
        is_restart = number < before or (after is not None and after < number)
        lacks = any(first <= (number if after is None else after) and last > before for first, last in gaps)
        if after is None or is_restart or lacks:
            needed.add(place)
    return set(sorted(needed)[-MOST_CONTACTS:])
