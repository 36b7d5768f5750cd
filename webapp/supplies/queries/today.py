"""The day's figures of supplies, each counted by the very query of the list it opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.listing import exact
from webapp.supplies.queries.items import LOW, select_items
from webapp.supplies.queries.slips import UNEXPLAINED, select_slips
from webapp.supplies.queries.stock import DATED_ORDER, select_dated
from webapp.supplies.rules import Expiry, SlipKind

SHOWN = 4
_SHOWN_KINDS = (SlipKind.IN, SlipKind.OUT)


@dataclass(frozen=True, slots=True)
class Day:
    """`first` are the (Balance, Lot, Item) to be used or taken away next."""

    date: date
    low: int
    soon: int
    expired: int
    incoming: int
    outgoing: int
    unexplained: int
    first: Sequence[Any]


def day_of(reach: Reach, at: datetime) -> Day:
    """Low stock, what expires or has expired, and today's slips, over the warehouses in reach."""
    day = clock.district_day(at)
    slips = {kind: exact(select_slips(reach, {"kind": kind, "since": day, "until": day})) for kind in _SHOWN_KINDS}
    soon, expired = (select_dated(reach, {"state": state}) for state in (Expiry.SOON, Expiry.EXPIRED))
    return Day(
        date=day,
        low=exact(select_items(reach, {"low": LOW})),
        soon=exact(soon),
        expired=exact(expired),
        incoming=slips[SlipKind.IN],
        outgoing=slips[SlipKind.OUT],
        unexplained=exact(select_slips(reach, {"difference": UNEXPLAINED})),
        first=db.session.execute(soon.order_by(*DATED_ORDER).limit(SHOWN)).all(),
    )
