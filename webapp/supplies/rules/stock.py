"""Quantities, expiry, and which batch goes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MOST_STEPS = 10**12  # more of anything than a district can hold; keeps sums far inside 64 bits


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
    """Why goods moved."""

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
    SHORTFALL = "shortfall"  # of a correction: more was taken than the book knew of


class CountScope(StrEnum):
    """Which lots a count covers: those it names, all lots of the items it names, or all of the warehouse.

    A covered lot that is not named was not found: it counts as 0.
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
# Goods past their date may still be written down, or leave the shelf, for these reasons.
TAKES_EXPIRED = frozenset({Reason.OPENING, Reason.RETURN, Reason.DISPOSAL, Reason.LOSS, Reason.SUPPLIER_RETURN})


def reasons_of(kind: SlipKind) -> Sequence[Reason]:
    """The reasons a person may choose; the first is the usual one."""
    return _REASONS[kind]


class Expiry(StrEnum):
    NONE = "none"
    GOOD = "good"
    SOON = "soon"
    EXPIRED = "expired"


SOON_DAYS = 30


def expiry_of(expires_on: date | None, today: date) -> Expiry:
    """Goods are good through the day printed on them and expired the day after (`today` is a district day)."""
    if expires_on is None:
        return Expiry.NONE
    if expires_on < today:
        return Expiry.EXPIRED
    return Expiry.SOON if (expires_on - today).days <= SOON_DAYS else Expiry.GOOD


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit one may count an item in: `base`, `customary` (万只) or a pack (its id), and how many steps it holds."""

    key: str
    zh: str
    en: str
    steps: int


def steps_of(quantity: Decimal, measure: Measure) -> int | None:
    """The whole number of smallest steps, or None when the quantity is no such number (or absurdly large)."""
    steps = quantity * measure.steps
    if steps != steps.to_integral_value() or abs(steps) > MOST_STEPS:
        return None
    return int(steps)


def split(steps: int, measure: Measure) -> tuple[int, int]:
    """Whole units of the measure, and the steps left over."""
    return divmod(steps, measure.steps)


HUGE = 10**6  # units in one line: more is asked about, since scanners type barcodes into quantities


def is_large_difference(book: int, counted: int, scale: int, *, share: int, amount: int) -> bool:
    """Whether a count (steps) is so far from the book that a person is asked: by more than `share` per cent of the book
    and more than `amount` base units of `scale` steps. `isLargeDifference` is the same on the device.
    """
    difference = abs(counted - book)
    return difference * 100 > share * book and difference > amount * scale


def is_explained(difference: int, explained: int | None) -> bool:
    """Whether the reason given for a difference (steps) holds for what it is now: no more, and not the other way."""
    return explained is not None and difference * explained > 0 and abs(difference) <= abs(explained)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A batch on the shelf: what is free of it."""

    lot: str
    expires_on: date | None
    available: int


@dataclass(frozen=True, slots=True)
class Pick:
    lot: str
    steps: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which batches to take. `short` is what is missing, `expired` what lies there but may not be issued."""

    picks: tuple[Pick, ...]
    short: int
    expired: int


def propose(candidates: Iterable[Candidate], wanted: int, today: date) -> Proposal:
    """Earliest expiry first; goods without a date last; nothing expired."""
    picks: list[Pick] = []
    expired = 0
    left = wanted
    for one in sorted(candidates, key=lambda c: (c.expires_on or date.max, c.lot)):
        if expiry_of(one.expires_on, today) is Expiry.EXPIRED:
            expired += one.available
            continue
        take = min(left, one.available)
        if take > 0:
            picks.append(Pick(one.lot, take))
            left -= take
    return Proposal(tuple(picks), left, expired)
