"""When an entry happened: its device's time, held inside what the server knows without it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

CLOCK_OFF = timedelta(days=2)
NOISE = timedelta(seconds=5)  # a skew as small as this is the way a message takes, not a wrong clock
SLOWEST_WAY = timedelta(minutes=5)  # how long a call may be on its way, through proxies that collect it first
STEADY = timedelta(days=1)  # how long an earlier measure of a clock is held against a call that may have been slow
MOST_CONTACTS = 500  # of one device
_STEP = timedelta(microseconds=1)


def moment(text: Any) -> datetime | None:
    """A device's moment (ISO 8601 with zone), or None: a clock is never a reason to refuse."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00")) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo and 2000 <= found.year <= 2200 else None


def skew_of(skew_ms: int | None) -> timedelta | None:
    """A kept skew as a duration."""
    return None if skew_ms is None else timedelta(milliseconds=skew_ms)


def is_clock_off(skew: timedelta | None) -> bool:
    """Is a device's clock too far off to be a small matter?"""
    return skew is not None and abs(skew) > CLOCK_OFF


def measured(
    now: datetime | None, at: datetime, *, claimed: timedelta | None, before: timedelta | None
) -> timedelta | None:
    """How far the server is ahead of a device's clock, from a call that said it was `now` and arrived `at`.

    `at - now` is the skew and the way of the call, so the skew is never more. `claimed` is what the device measured
    on small exchanges; `before` is what was measured last, if that is recent: a call that seems later than that by no
    more than `SLOWEST_WAY` was slow, a larger difference is a clock that was changed.
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
    """When a call that arrived `at` was put together: what it says of the device is as old as that."""
    if now is None or skew is None:
        return at
    return min(at, max(now + skew, at - SLOWEST_WAY))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the server knows of when an entry was made, whatever its device says.

    Not before `earliest`: the grant it is signed with, or the last contact that did not announce its number yet
    (`ahead` numbers below it). Not after `announced_at`: the first contact that did (`behind` numbers above it), if
    there was one.
    """

    earliest: datetime
    ahead: int = 1
    announced_at: datetime | None = None
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When an entry happened. `is_outside`: its device's time cannot be right, so it counts from the later edge."""

    at: datetime
    is_outside: bool


def occurrence(
    captured_at: datetime | None, skew: timedelta | None, bounds: Bounds, received_at: datetime
) -> Occurrence:
    """Device time plus skew, held inside the bounds.

    Entries held at the same edge keep the order of their numbers, a microsecond apart. At an edge, `NOISE` is allowed
    for: no measure of a clock is exact.
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
    """Which contacts of a device, in the order of time and each with the last number it announced, still bound entries.

    One does when a number of `gaps` (runs of what has not arrived) was first announced by it, or after it and before
    the next; and the newest, for what will be recorded. Of more than `MOST_CONTACTS` the newest are kept: fewer
    contacts only make bounds wider.
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
