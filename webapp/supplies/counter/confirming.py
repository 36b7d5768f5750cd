"""What is asked before a slip is booked: a count far from the book, a quantity that may be a barcode."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from webapp.district.queries import preferences
from webapp.kernel.presence import is_blank
from webapp.supplies.counter.draft import Draft
from webapp.supplies.models import Item
from webapp.supplies.queries.counting import Difference, differences
from webapp.supplies.queries.items import find_items
from webapp.supplies.queries.typed import identity, quantity_of
from webapp.supplies.rules import HUGE, CountScope, SlipKind, is_large_difference


@dataclass(frozen=True, slots=True)
class Doubt:
    """`kind` is difference (`book` and `counted` in steps) or huge (`typed`)."""

    kind: str
    item: Item
    lot: str
    book: int = 0
    counted: int = 0
    typed: str = ""


def doubts_of(draft: Draft) -> list[Doubt]:
    """What a person has to look at again before the slip is booked. A fixed number of queries."""
    items = {str(item.id): item for item in find_items(identity(line["item"]) for line in draft.lines).values()}
    huge = [
        Doubt("huge", items[line["item"]], line["lot"], typed=line["quantity"])
        for line in draft.lines
        if line["item"] in items and quantity_of(line) >= HUGE
    ]
    return huge + (_differences(draft) if draft.kind is SlipKind.COUNT else [])


def not_found(draft: Draft) -> list[Difference]:
    """The lots a full count would enter as 0, because they are not on the slip."""
    if draft.kind is not SlipKind.COUNT or draft.scope is CountScope.LISTED or draft.place_id is None:
        return []
    return [one for one in differences(draft.place_id, draft.lines, draft.scope) if not one.is_listed]


def _differences(draft: Draft) -> list[Doubt]:
    """The lots of a count that are far from the book as it is now, and those that a full count would enter as 0."""
    asked = preferences()
    return [
        Doubt("difference", one.item, one.lot, one.book, one.counted)
        for one in (differences(draft.place_id, draft.lines, draft.scope) if draft.place_id else ())
        if is_large_difference(
            one.book, one.counted, one.item.scale, share=asked.count_share, amount=asked.count_amount
        )
    ]


def is_sure(draft: Draft, doubts: Sequence[Doubt], answered: str | None) -> bool:
    """Nothing is doubtful, or this is the second press, on the page that showed these very doubts (`answered`, their
    signature); a far-off count with its reason.
    """
    wants_reason = any(doubt.kind == "difference" for doubt in doubts)
    is_second = answered == signature(doubts)
    return not doubts or (is_second and not (wants_reason and is_blank(draft.head["difference_reason"])))


def signature(doubts: Sequence[Doubt]) -> str:
    """Names these doubts: a press that answers other ones answers nothing."""
    said = [(one.kind, str(one.item.id), one.lot, one.book, one.counted, one.typed) for one in doubts]
    return sha256(repr(said).encode()).hexdigest()[:16] if said else ""
