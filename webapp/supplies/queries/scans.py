"""What one scan does to the slip at the counter, or why it stops."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from webapp.kernel.i18n import write_day
from webapp.supplies.labels import amount_in, item_name, lot_name
from webapp.supplies.models import Item
from webapp.supplies.queries.counter import Draft, quantity_of, same_line, split_times
from webapp.supplies.queries.items import find_item, find_scanned, measures_of
from webapp.supplies.queries.stock import Shelf, candidates, find_lot, on_hand, shelves_anywhere
from webapp.supplies.rules import (
    TAKES_EXPIRED,
    Candidate,
    Expiry,
    Measure,
    ScannedCode,
    SlipKind,
    expiry_of,
    propose,
    scan,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`result` is ok, already (a line was raised) or refused; `stop` the reason's code, `instead` what there is."""

    result: str
    stop: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    instead: Sequence[Shelf] = ()
    unknown: str | None = None


def take(draft: Draft, typed: str, today: date) -> Outcome:
    """Do what was scanned or typed: `code`, `40*code`, or `40*` for the line before."""
    times, text = split_times(typed)
    if not text:
        return _set_last(draft, times or 0)
    if draft.place_id is None:
        return Outcome("refused", "no-warehouse")
    code = scan(text)
    if code.is_broken:
        return Outcome("refused", "broken", {"code": text[:60]})
    found = find_scanned(code)
    if found is None:
        return Outcome("refused", "unknown", {"code": text[:60]}, unknown=text)
    item, key = found
    measure = next((m for m in measures_of(item) if m.key == key), measures_of(item)[0])
    if draft.is_full:
        return Outcome("refused", "full")
    add = {SlipKind.IN: _bring, SlipKind.COUNT: _count}.get(draft.kind, _fetch)
    return add(draft, code, item, measure, times or 1, today)


def _set_last(draft: Draft, times: int) -> Outcome:
    if not draft.lines:
        return Outcome("refused", "no-line")
    draft.touched = len(draft.lines) - 1
    draft.lines[-1]["quantity"] = str(times)
    return Outcome("already")


def _raise(draft: Draft, item: Item, measure: Measure, lot: str, times: int | Decimal, **new: str) -> Outcome:
    known = same_line(draft.lines, item.id, measure.key, lot)
    if known is None:
        line = {"item": str(item.id), "lot": lot, "measure": measure.key, "quantity": format(Decimal(times), "f")}
        draft.lines.append({"made_on": "", "expires_on": "", "book": "", **line, **new})
        draft.touched = len(draft.lines) - 1
        return Outcome("ok")
    draft.lines[known]["quantity"] = format(quantity_of(draft.lines[known]) + times, "f")
    draft.touched = known
    return Outcome("already")


def _bring(draft: Draft, code: ScannedCode, item: Item, measure: Measure, times: int, today: date) -> Outcome:
    known = find_lot(item.id, code.lot) if code.lot else None
    expires_on = code.expires_on or (known.expires_on if known else None)
    if expiry_of(expires_on, today) is Expiry.EXPIRED and draft.head["reason"] not in set(TAKES_EXPIRED):
        return Outcome("refused", "expired-in", _values(item, code.lot or "", day=expires_on))
    made_on = code.made_on or (known.made_on if known else None)
    days = {"expires_on": str(expires_on or ""), "made_on": str(made_on or "")}
    return _raise(draft, item, measure, code.lot or "", times, **days)


def _fetch(draft: Draft, code: ScannedCode, item: Item, measure: Measure, times: int, today: date) -> Outcome:
    shelf = _free(draft, item)
    if code.lot is None:
        return _fetch_earliest(draft, item, measure, times, today, shelf)
    lot = next((one for one in shelf if one.lot == code.lot), None)
    instead = _instead(draft, item, code.lot)
    if lot is None:
        return Outcome("refused", "lot-not-here", _values(item, code.lot), instead)
    is_expired = expiry_of(lot.expires_on, today) is Expiry.EXPIRED
    if is_expired and draft.head["reason"] not in set(TAKES_EXPIRED):
        return Outcome("refused", "expired", _values(item, lot.lot, day=lot.expires_on), instead)
    if lot.available < times * measure.steps:
        left = amount_in(lot.available + _drafted(draft, item, lot.lot), measure, item)
        return Outcome("refused", "short", _values(item, lot.lot, left=left), instead)
    return _raise(draft, item, measure, lot.lot, times, expires_on=str(lot.expires_on or ""))


def _fetch_earliest(
    draft: Draft, item: Item, measure: Measure, times: int, today: date, shelf: Sequence[Candidate]
) -> Outcome:
    """No batch was named: the earliest expiry, split over batches where one does not suffice."""
    proposal = propose(shelf, times * measure.steps, today)
    if proposal.short:
        left = sum(one.available for one in shelf if expiry_of(one.expires_on, today) is not Expiry.EXPIRED)
        values = _values(item, "", left=amount_in(max(left, 0), measure, item))
        return Outcome("refused", "short-any" if left > 0 else "none-here", values, _instead(draft, item, None))
    outcome = Outcome("ok")
    days = {one.lot: str(one.expires_on or "") for one in shelf}
    for pick in proposal.picks:
        used = measure if pick.steps % measure.steps == 0 else measures_of(item)[0]
        outcome = _raise(draft, item, used, pick.lot, Decimal(pick.steps) / used.steps, expires_on=days[pick.lot])
    return outcome


def _count(draft: Draft, code: ScannedCode, item: Item, measure: Measure, times: int, _today: date) -> Outcome:
    """A named batch is counted up; without a batch, every batch on the shelf gets a line to fill in."""
    here = [one for one in shelves_anywhere(item.id) if one.place_id == draft.place_id]
    if code.lot is not None or len(here) <= 1:
        number = code.lot if code.lot is not None else (here[0].lot if here else "")
        lot = find_lot(item.id, number)
        book = on_hand(_place(draft), lot.id) if lot else 0
        days = {"expires_on": str((lot.expires_on if lot else code.expires_on) or "")}
        return _raise(draft, item, measure, number, times, book=str(book), **days)
    outcome = Outcome("already")
    for one in here:
        if same_line(draft.lines, item.id, measure.key, one.lot) is None and not draft.is_full:
            days = {"expires_on": str(one.expires_on or "")}
            outcome = _raise(draft, item, measure, one.lot, 0, book=str(one.on_hand), **days)
            draft.lines[-1]["quantity"] = ""
    return outcome


def _place(draft: Draft) -> UUID:
    assert draft.place_id is not None  # `take` asked
    return draft.place_id


def _free(draft: Draft, item: Item) -> list[Candidate]:
    """What is free on the shelf less what the draft holds already."""
    shelf = candidates(_place(draft), item.id)
    return [Candidate(c.lot, c.expires_on, c.available - _drafted(draft, item, c.lot)) for c in shelf]


def _drafted(draft: Draft, item: Item, lot: str) -> int:
    measures = {measure.key: measure.steps for measure in measures_of(item)}
    mine = (line for line in draft.lines if line["item"] == str(item.id) and line["lot"] == lot)
    return sum(int(quantity_of(line) * measures.get(line["measure"] or "base", 0)) for line in mine)


def _instead(draft: Draft, item: Item, lot: str | None) -> list[Shelf]:
    """What there is of the item: other batches here, then other warehouses."""
    found = [one for one in shelves_anywhere(item.id) if (one.place_id, one.lot) != (draft.place_id, lot)]
    return sorted(found, key=lambda one: one.place_id != draft.place_id)[:8]


def _values(item: Item, lot: str, day: date | None = None, **more: str) -> dict[str, str]:
    return {"item": item_name(item), "lot": lot_name(lot), "day": write_day(day), **more}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the page shows it, with what is wrong with it by now."""

    number: int
    form: Any
    item: Item | None
    measures: Sequence[Measure]
    expiry: Expiry
    left: str | None  # what the shelf still holds, in words; None for goods coming in
    is_short: bool
    is_expired: bool
    difference: int | None
    instead: Sequence[Shelf] = ()  # where else there is of it, when this shelf does not suffice


def lines_of_draft(draft: Draft, form: Any, today: date) -> list[LineView]:
    return [_line_view(draft, line, number, today) for number, line in enumerate(form.lines)]


def _line_view(draft: Draft, form: Any, number: int, today: date) -> LineView:
    item = find_item(form.item.data)
    if item is None:
        return LineView(number, form, None, (), Expiry.NONE, None, False, False, None)
    raw = draft.lines[number]
    expiry = expiry_of(form.expires_on.data, today)
    measures = measures_of(item)
    measure = next((m for m in measures if m.key == (raw["measure"] or "base")), measures[0])
    left, is_short = (None, False)
    if draft.kind in (SlipKind.OUT, SlipKind.TRANSFER) and draft.place_id:
        free = next((c.available for c in candidates(draft.place_id, item.id) if c.lot == raw["lot"]), 0)
        left, is_short = amount_in(free, measure, item), _drafted(draft, item, raw["lot"]) > free
    is_expired = expiry is Expiry.EXPIRED and draft.head["reason"] not in set(TAKES_EXPIRED)
    difference = None
    if draft.kind is SlipKind.COUNT and raw["quantity"].strip():
        difference = int(quantity_of(raw) * measure.steps) - int(form.book.data or 0)
    instead = _instead(draft, item, raw["lot"]) if is_short or is_expired else ()
    return LineView(number, form, item, measures, expiry, left, is_short, is_expired, difference, instead)
