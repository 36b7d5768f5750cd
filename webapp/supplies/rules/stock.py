"""Rules of quantities, expiry, and the order of batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MOST_STEPS = 10**12  # more than any district has; keeps sums within 64 bits


class Category(StrEnum):
    """The three columns of the district's own tables: 消杀类, 防护类, 其他."""

    DISINFECTION = "disinfection"
    PROTECTION = "protection"
    OTHER = "other"


class SlipKind(StrEnum):
    IN = "in"
    OUT = "out"
    TRANSFER = "transfer"
    COUNT = "count"
    UNDO = "undo"


class Reason(StrEnum):
    """The reason of a move."""

    PURCHASE = "purchase"
    ALLOCATION = "allocation"
    DONATION = "donation"
    RETURN = "return"
    OPENING = "opening"
    ISSUE = "issue"
    DISPOSAL = "disposal"
    LOSS = "loss"
    SUPPLIER_RETURN = "supplier_return"
    TRANSFER = "transfer"
    COUNT = "count"
    UNDO = "undo"
    SHORTFALL = "shortfall"  # of a correction: more was taken than the book had


class CountScope(StrEnum):
    """The lots that a count covers: those it lists, all lots of the listed items, or all lots of the warehouse.

    A covered lot that is not listed counts as 0.
    """

    LISTED = "listed"
    ITEMS = "items"
    WAREHOUSE = "warehouse"


_REASONS = {
    SlipKind.IN: (Reason.PURCHASE, Reason.ALLOCATION, Reason.DONATION, Reason.RETURN, Reason.OPENING),
    SlipKind.OUT: (Reason.ISSUE, Reason.DISPOSAL, Reason.LOSS, Reason.SUPPLIER_RETURN),
    SlipKind.TRANSFER: (Reason.TRANSFER,),
    SlipKind.COUNT: (Reason.COUNT,),
    SlipKind.UNDO: (Reason.UNDO,),
}
# The reasons for which expired goods may still be received or issued.
TAKES_EXPIRED = frozenset({Reason.OPENING, Reason.RETURN, Reason.DISPOSAL, Reason.LOSS, Reason.SUPPLIER_RETURN})


def reasons_of(kind: SlipKind) -> Sequence[Reason]:
    """The reasons that a person may choose, the default first."""
    return _REASONS[kind]


class Expiry(StrEnum):
    NONE = "none"
    GOOD = "good"
    SOON = "soon"
    EXPIRED = "expired"


SOON_DAYS = 30


def expiry_of(expires_on: date | None, today: date) -> Expiry:
    """The expiry state on a district day: goods are usable through the printed day and expired the day after."""
    if expires_on is None:
        return Expiry.NONE
    if expires_on < today:
        return Expiry.EXPIRED
    return Expiry.SOON if (expires_on - today).days <= SOON_DAYS else Expiry.GOOD


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of an item with its number of steps; `key` is `base`, `customary` (万只) or the id of a pack."""

    key: str
    zh: str
    en: str
    steps: int


def steps_of(quantity: Decimal, measure: Measure) -> int | None:
    """The quantity in steps; None if it is not a whole number of steps or is absurdly large."""
    steps = quantity * measure.steps
    if steps != steps.to_integral_value() or abs(steps) > MOST_STEPS:
        return None
    return int(steps)


def split(steps: int, measure: Measure) -> tuple[int, int]:
    """Whole units of the measure, and the remaining steps."""
    return divmod(steps, measure.steps)


HUGE = 10**6  # units in one line; more must be confirmed, since scanners type barcodes into quantities


def is_large_difference(book: int, counted: int, scale: int, *, share: int, amount: int) -> bool:
    """Whether a count (steps) differs from the book by more than `share` per cent and more than `amount` base units of
    `scale` steps, so that it must be confirmed. `isLargeDifference` does the same on the device.
    """
    difference = abs(counted - book)
    return difference * 100 > share * book and difference > amount * scale


def is_explained(difference: int, explained: int | None) -> bool:
    """Whether a reason for `explained` steps covers the present difference: not larger, and of the same sign."""
    return explained is not None and difference * explained > 0 and abs(difference) <= abs(explained)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A batch on a shelf with its available steps."""

    lot: str
    expires_on: date | None
    available: int


@dataclass(frozen=True, slots=True)
class Pick:
    lot: str
    steps: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The batches to take. `short` steps are missing, `expired` steps are there but may not be issued."""

    picks: tuple[Pick, ...]
    short: int
    expired: int


def propose(candidates: Iterable[Candidate], steps: int, today: date) -> Proposal:
    """Earliest expiry first; goods without a date last; nothing expired."""
    picks: list[Pick] = []
    expired = 0
    left = steps
    for candidate in sorted(candidates, key=lambda c: (c.expires_on or date.max, c.lot)):
        if expiry_of(candidate.expires_on, today) is Expiry.EXPIRED:
            expired += candidate.available
            continue
        take = min(left, candidate.available)
        if take > 0:
            picks.append(Pick(candidate.lot, take))
            left -= take
    return Proposal(tuple(picks), left, expired)
