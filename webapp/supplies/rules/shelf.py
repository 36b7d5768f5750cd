"""A shelf is one lot in one warehouse: what lies on it follows from the set of its slips, not from their arrival.

A count fixes the shelf at its stand and absorbs everything before it. A move that takes more than the shelf is known
to hold shows that more must have lain there. Both are corrections ("fixes"), so the balance is never below zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

Stand = tuple[datetime, UUID]  # when a slip stands, and its id: a total order that does not depend on arrival


def late_stand(at: datetime, device_seq: int | None) -> datetime:
    """Where a late slip stands: devices tell milliseconds, so the number that a device gave it orders its own slips."""
    if device_seq is None:
        return at
    return at.replace(microsecond=at.microsecond // 1000 * 1000) + timedelta(microseconds=device_seq % 1000)


@dataclass(frozen=True, slots=True)
class Event:
    """What a slip does to a shelf: `counted` lies there at its stand, or `net` steps come in (negative: go out).

    `fix` is the sum of the corrections that are written for it already; `slip` is the slip that stands here.
    """

    at: datetime
    slip: UUID
    net: int = 0
    counted: int | None = None
    fix: int = 0

    @property
    def stand(self) -> Stand:
        return self.at, self.slip

    def wanted(self, before: int) -> int:
        """The correction this event needs when so much lies on the shelf before it."""
        return max(0, -(before + self.net)) if self.counted is None else self.counted - before


def settle(events: Iterable[Event]) -> tuple[int, dict[UUID, int]]:
    """The balance of a shelf and the correction of each slip. The events of undone slips are left out by the caller."""
    balance = 0
    fixes: dict[UUID, int] = {}
    for event in sorted(events, key=lambda one: one.stand):
        fixes[event.slip] = event.wanted(balance)
        balance += event.net + fixes[event.slip]
    return balance, fixes


def resettle(before: int, new: Event | None, after: Sequence[Event]) -> list[tuple[Event, int]]:
    """The events whose correction changes when `new` comes (or, None, when one goes), each with the change.

    `before` is what lies on the shelf before them; `after` is what stands later, in order. The next count absorbs
    what came before it, so nothing changes after it.
    """
    changes = []
    balance = before
    for event in [new, *after] if new else after:
        wanted = event.wanted(balance)
        if wanted != event.fix:
            changes.append((event, wanted - event.fix))
        if event.counted is not None and event is not new:
            break
        balance += event.net + wanted
    return changes
