"""The lines of the slip at the counter for the page, with a fixed number of queries."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from webapp.kernel.parse.codes import lot_key
from webapp.supplies.counter.adding import drafted, instead_of
from webapp.supplies.counter.draft import Draft
from webapp.supplies.labels import amount_in
from webapp.supplies.queries.articles import AnyItem, find_items
from webapp.supplies.queries.items import measures_of
from webapp.supplies.queries.stock import Shelf, shelves_anywhere
from webapp.supplies.rules import TAKES_EXPIRED, Expiry, Measure, SlipKind, expiry_of

TAKING = (SlipKind.OUT, SlipKind.TRANSFER)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the page shows it, with its present problems."""

    number: int
    form: Any
    item: AnyItem | None
    measures: Sequence[Measure] = ()
    measure: Measure | None = None
    expiry: Expiry = Expiry.NONE
    left: str | None = None  # the remaining stock of the shelf, in words; None for goods in
    is_short: bool = False
    is_expired: bool = False
    difference: int | None = None
    instead: Sequence[Shelf] = ()  # other stock, if this shelf is short
    is_typed: bool = True  # lot and expiry are typed; otherwise they are those of a shelf
    needs_lot: bool = False  # typed, and one of them is missing
    is_held: bool = False  # the page shows it already; then the form is None

    @property
    def is_plain(self) -> bool:
        """Whether the line has nothing to say that may change without the line."""
        return not (self.is_short or self.is_expired or self.needs_lot or (self.form and self.form.errors))


def lines_of_draft(
    draft: Draft, form: Any, today: date, scanned: AnyItem | None = None, held: Container[int] = ()
) -> list[LineView]:
    """The lines as they stand; the scanned item was read already. The form is without the lines held by the page."""
    items = find_items((line.item.data for line in form.lines), known=[scanned])
    shelves = shelves_anywhere(*items) if draft.kind in TAKING and items else []
    forms = iter(form.lines)
    return [
        LineView(number, None, None, is_held=True)
        if number in held
        else _view(draft, next(forms), number, today, items, shelves)
        for number in range(len(draft.lines))
    ]


def _view(
    draft: Draft, line: Any, number: int, today: date, items: Mapping[UUID, AnyItem], shelves: Sequence[Shelf]
) -> LineView:
    item = items.get(line.item.data)
    if item is None:
        return LineView(number, line, None, is_typed=draft.kind is SlipKind.IN)
    return _line_view(draft, line, number, today, item, [shelf for shelf in shelves if shelf.item.id == item.id])


def _line_view(draft: Draft, form: Any, number: int, today: date, item: AnyItem, shelves: Sequence[Shelf]) -> LineView:
    raw = draft.lines[number]
    measures = measures_of(item)
    measure = next((m for m in measures if m.key == (raw["measure"] or "base")), measures[0])
    expiry = expiry_of(form.expires_on.data, today)
    is_expired = expiry is Expiry.EXPIRED and draft.head["reason"] not in set(TAKES_EXPIRED)
    left, is_short = None, False
    if draft.kind in TAKING and draft.place_id:
        shelf = (draft.place_id, lot_key(raw["lot"]))
        here = (stock.available for stock in shelves if (stock.place_id, lot_key(stock.lot)) == shelf)
        free = sum(here)
        left, is_short = amount_in(free, measure, item), drafted(draft, item, raw["lot"]) > free
    instead = instead_of(draft, shelves, raw["lot"]) if is_short or is_expired else ()
    difference = _difference(draft, raw, form, item)
    is_typed = draft.kind is SlipKind.IN or _is_new_lot(draft, form, item)
    needs_lot = is_typed and item.has_expiry and not (form.lot.data and form.expires_on.data)
    words = (measure, expiry, left, is_short, is_expired, difference, instead, is_typed, needs_lot)
    return LineView(number, form, item, measures, *words)


def _is_new_lot(draft: Draft, form: Any, item: AnyItem) -> bool:
    """Whether a counted lot is not in the book."""
    return draft.kind is SlipKind.COUNT and item.has_expiry and not form.seen_seq.data


def _difference(draft: Draft, raw: dict[str, str], form: Any, item: AnyItem) -> int | None:
    """The counted quantity of the lot on all lines minus the book; None until something is counted."""
    if draft.kind is not SlipKind.COUNT or not raw["quantity"].strip():
        return None
    return drafted(draft, item, raw["lot"]) - int(form.book.data or 0)
