"""A shelf is one lot in one warehouse. Its stock follows from the set of its slips, not from their order of arrival.

A slip has a position ("stand") in the order of the shelf. A count determines the stock at its position and absorbs
everything before it. A move that takes more than the known stock proves that there was more. Both cause corrections
("fixes"), so the balance is never below zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

Stand = tuple[datetime, UUID]  # time and id of a slip: a total order that does not depend on arrival


def late_stand(at: datetime, device_seq: int | None) -> datetime:
    """The time of a late slip's position. Devices report milliseconds, so the device's number orders its own slips."""
    if device_seq is None:
        return at
    return at.replace(microsecond=at.microsecond // 1000 * 1000) + timedelta(microseconds=device_seq % 1000)


@dataclass(frozen=True, slots=True)
class Event:
    """The effect of a slip on a shelf: the stock is `counted` at its position, or `net` steps come in (or go out).

    `fix` is the sum of the corrections already written for the slip.
    """

    at: datetime
    slip: UUID
    net: int = 0
    counted: int | None = None
    fix: int = 0

    @property
    def stand(self) -> Stand:
        return self.at, self.slip

    def needed_fix(self, before: int) -> int:
        """The correction that this event needs if `before` steps are on the shelf before it."""
        return max(0, -(before + self.net)) if self.counted is None else self.counted - before


def settle(events: Iterable[Event]) -> tuple[int, dict[UUID, int]]:
    """The balance of a shelf and the correction of each slip. The caller omits the events of undone slips."""
    balance = 0
    fixes: dict[UUID, int] = {}
    for event in sorted(events, key=lambda event: event.stand):
        fixes[event.slip] = event.needed_fix(balance)
        balance += event.net + fixes[event.slip]
    return balance, fixes


def resettle(before: int, new: Event | None, after: Sequence[Event]) -> list[tuple[Event, int]]:
    """The events whose correction changes if `new` is added (or, with None, one is removed), each with the change.

    `before` is the stock before them; `after` are the later events in order. The next count absorbs everything before
    it, so nothing changes after it.
    """
    changes = []
    balance = before
    for event in [new, *after] if new else after:
        fix = event.needed_fix(balance)
        if fix != event.fix:
            changes.append((event, fix - event.fix))
        if event.counted is not None and event is not new:
            break
        balance += event.net + fix
    return changes
