"""Questions before a slip is booked: a count far from the book, a quantity that may be a barcode."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from webapp.district.queries import preferences
from webapp.kernel.presence import is_blank
from webapp.supplies.counter.draft import Draft
from webapp.supplies.queries.articles import AnyItem, find_items
from webapp.supplies.queries.counting import Difference, differences
from webapp.supplies.queries.typed import identity, quantity_of
from webapp.supplies.rules import HUGE, CountScope, SlipKind, is_large_difference


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about a line. `kind` is difference (`book` and `counted` in steps) or huge (`typed`)."""

    kind: str
    item: AnyItem
    lot: str
    book: int = 0
    counted: int = 0
    typed: str = ""


def may_be_doubted(draft: Draft) -> bool:
    """Whether anything can be doubtful: what can be told from the draft alone."""
    return draft.kind is SlipKind.COUNT or bool(_large(draft))


def _large(draft: Draft) -> list[dict[str, str]]:
    return [line for line in draft.lines if quantity_of(line) >= HUGE]


def doubts_of(draft: Draft) -> list[Doubt]:
    """The doubts that a person has to confirm before the slip is booked. A fixed number of queries."""
    large = _large(draft)
    items = {str(item.id): item for item in find_items(identity(line["item"]) for line in large).values()}
    huge = [
        Doubt("huge", items[line["item"]], line["lot"], typed=line["quantity"])
        for line in large
        if line["item"] in items
    ]
    return huge + (_differences(draft) if draft.kind is SlipKind.COUNT else [])


def not_found(draft: Draft) -> list[Difference]:
    """The lots that a full count would enter as 0 because they are not on the slip."""
    if draft.kind is not SlipKind.COUNT or draft.scope is CountScope.LISTED or draft.place_id is None:
        return []
    return [
        difference for difference in differences(draft.place_id, draft.lines, draft.scope) if not difference.is_listed
    ]


def _differences(draft: Draft) -> list[Doubt]:
    """The lots of a count that are far from the present book, including those that a full count would enter as 0."""
    limits = preferences()
    return [
        Doubt("difference", difference.item, difference.lot, difference.book, difference.counted)
        for difference in (differences(draft.place_id, draft.lines, draft.scope) if draft.place_id else ())
        if is_large_difference(
            difference.book,
            difference.counted,
            difference.item.scale,
            share=limits.count_share,
            amount=limits.count_amount,
        )
    ]


def is_sure(draft: Draft, doubts: Sequence[Doubt], answered: str | None) -> bool:
    """Whether there are no doubts, or this is the second confirmation of exactly these doubts (`answered` is their
    signature), with a reason for a large difference.
    """
    wants_reason = any(doubt.kind == "difference" for doubt in doubts)
    is_second = answered == signature(doubts)
    return not doubts or (is_second and not (wants_reason and is_blank(draft.head["difference_reason"])))


def signature(doubts: Sequence[Doubt]) -> str:
    """The signature of doubts, by which a confirmation refers to exactly these."""
    parts = [(doubt.kind, str(doubt.item.id), doubt.lot, doubt.book, doubt.counted, doubt.typed) for doubt in doubts]
    return sha256(repr(parts).encode()).hexdigest()[:16] if parts else ""
