"""Adding a scanned item to the slip at the counter: goods in, goods out by earliest expiry, a count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from webapp.kernel.i18n import write_day
from webapp.kernel.parse.codes import lot_key
from webapp.supplies.counter.draft import LINE, Draft, same_line
from webapp.supplies.forms import MAX_LINES
from webapp.supplies.labels import amount_in, item_name, lot_name
from webapp.supplies.queries.articles import AnyItem
from webapp.supplies.queries.items import measures_of
from webapp.supplies.queries.stock import Shelf, candidates, find_lot, on_hand, shelves_anywhere
from webapp.supplies.queries.typed import quantity_of
from webapp.supplies.rules import TAKES_EXPIRED, Candidate, Expiry, Measure, ScannedCode, expiry_of, propose


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a scan. `result` is ok, already (a line was raised) or refused.

    `stop` is the code of the reason, `instead` the available stock in `measure`; `chosen` is the place of a scanned
    label. `asked` is the typed text of an open question: the slip cannot be confirmed before it is answered or
    dismissed. `notes` are additional data of a code as (code of the label, value). `item` is the scanned one, held so
    that the page does not read it again.
    """

    result: str
    stop: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    instead: Sequence[Shelf] = ()
    unknown: str | None = None
    measure: Measure | None = None
    chosen: str | None = None
    asked: str | None = None
    readings: Sequence[ScannedCode] = ()
    notes: Sequence[tuple[str, str]] = ()
    item: AnyItem | None = None


def _raise(draft: Draft, item: AnyItem, measure: Measure, lot: str, times: int | Decimal, **new: str) -> Outcome:
    known = same_line(draft.lines, item.id, measure.key, lot)
    if known is None and draft.is_full:
        return Outcome("refused", "full")
    if known is None:
        line = {"item": str(item.id), "lot": lot, "measure": measure.key, "quantity": format(Decimal(times), "f")}
        draft.lines.append({**dict.fromkeys(LINE, ""), **line, **new})
        draft.touched = len(draft.lines) - 1
        return Outcome("ok")
    draft.lines[known]["quantity"] = format(quantity_of(draft.lines[known]) + times, "f")
    draft.touched = known
    return Outcome("already")


def _has_room(draft: Draft, item: AnyItem, lines: Sequence[tuple[str, str]]) -> bool:
    """Whether all of these lines (measure, lot) fit into the slip."""
    new = [1 for measure, lot in lines if same_line(draft.lines, item.id, measure, lot) is None]
    return len(draft.lines) + len(new) <= MAX_LINES


def bring(draft: Draft, code: ScannedCode, item: AnyItem, measure: Measure, times: int, today: date) -> Outcome:
    known = find_lot(item.id, code.lot) if code.lot else None
    expires_on = code.expires_on or (known.expires_on if known else None)
    if expiry_of(expires_on, today) is Expiry.EXPIRED and draft.head["reason"] not in set(TAKES_EXPIRED):
        return Outcome("refused", "expired-in", values_of(item, code.lot or "", day=expires_on))
    made_on = code.made_on or (known.made_on if known else None)
    days = {"expires_on": str(expires_on or ""), "made_on": str(made_on or "")}
    return _raise(draft, item, measure, code.lot or "", times, **days)


def fetch(draft: Draft, code: ScannedCode, item: AnyItem, measure: Measure, times: int, today: date) -> Outcome:
    shelf = _free(draft, item)
    if code.lot is None:
        return _fetch_earliest(draft, item, measure, times, today, shelf)
    lot = next((candidate for candidate in shelf if lot_key(candidate.lot) == lot_key(code.lot)), None)
    instead = instead_of(draft, shelves_anywhere(item.id), code.lot)
    if lot is None:
        return Outcome("refused", "lot-not-here", values_of(item, code.lot), instead, measure=measure)
    is_expired = expiry_of(lot.expires_on, today) is Expiry.EXPIRED
    if is_expired and draft.head["reason"] not in set(TAKES_EXPIRED):
        return Outcome("refused", "expired", values_of(item, lot.lot, day=lot.expires_on), instead, measure=measure)
    if lot.available < times * measure.steps:
        left = amount_in(lot.available + drafted(draft, item, lot.lot), measure, item)
        return Outcome("refused", "short", values_of(item, lot.lot, left=left), instead, measure=measure)
    return _raise(draft, item, measure, lot.lot, times, expires_on=str(lot.expires_on or ""))


def _fetch_earliest(
    draft: Draft, item: AnyItem, measure: Measure, times: int, today: date, shelf: Sequence[Candidate]
) -> Outcome:
    """Take an item without a batch by earliest expiry, split over batches if one is not enough."""
    proposal = propose(shelf, times * measure.steps, today)
    if proposal.short:
        left = sum(
            candidate.available for candidate in shelf if expiry_of(candidate.expires_on, today) is not Expiry.EXPIRED
        )
        values = values_of(item, "", left=amount_in(max(left, 0), measure, item))
        instead = instead_of(draft, shelves_anywhere(item.id), None)
        return Outcome("refused", "short-any" if left > 0 else "none-here", values, instead, measure=measure)
    outcome = Outcome("ok")
    days = {candidate.lot: str(candidate.expires_on or "") for candidate in shelf}
    picks = [(measure if pick.steps % measure.steps == 0 else measures_of(item)[0], pick) for pick in proposal.picks]
    if not _has_room(draft, item, [(used.key, pick.lot) for used, pick in picks]):
        return Outcome("refused", "full")
    for used, pick in picks:
        outcome = _raise(draft, item, used, pick.lot, Decimal(pick.steps) / used.steps, expires_on=days[pick.lot])
    return outcome


def count(draft: Draft, code: ScannedCode, item: AnyItem, measure: Measure, times: int, _today: date) -> Outcome:
    """Raise the line of a named batch; without a batch, add a line to fill in for every batch on the shelf."""
    here = [shelf for shelf in shelves_anywhere(item.id) if shelf.place_id == draft.place_id]
    if code.lot is not None or len(here) <= 1:
        number = code.lot if code.lot is not None else (here[0].lot if here else "")
        lot = find_lot(item.id, number)
        book = on_hand(_place(draft), lot.id) if lot else 0
        days = {"expires_on": str((lot.expires_on if lot else code.expires_on) or "")}
        return _raise(draft, item, measure, number, times, book=str(book), **days)
    outcome = Outcome("already")
    if not _has_room(draft, item, [(measure.key, shelf.lot) for shelf in here]):
        return Outcome("refused", "full")
    for shelf in here:
        if same_line(draft.lines, item.id, measure.key, shelf.lot) is None:
            days = {"expires_on": str(shelf.expires_on or "")}
            outcome = _raise(draft, item, measure, shelf.lot, 0, book=str(shelf.on_hand), **days)
            draft.lines[-1]["quantity"] = ""
    return outcome


def _place(draft: Draft) -> UUID:
    assert draft.place_id is not None  # checked by `take`
    return draft.place_id


def _free(draft: Draft, item: AnyItem) -> list[Candidate]:
    """The available stock of the shelf minus the quantities of the draft."""
    shelf = candidates(_place(draft), item.id)
    return [Candidate(c.lot, c.expires_on, c.available - drafted(draft, item, c.lot)) for c in shelf]


def drafted(draft: Draft, item: AnyItem, lot: str) -> int:
    """The steps of a batch that are already on the slip."""
    measures = {measure.key: measure.steps for measure in measures_of(item)}
    key = (str(item.id), lot_key(lot))
    mine = (line for line in draft.lines if (line["item"], lot_key(line["lot"])) == key)
    return sum(int(quantity_of(line) * measures.get(line["measure"] or "base", 0)) for line in mine)


def instead_of(draft: Draft, shelves: Sequence[Shelf], lot: str | None) -> list[Shelf]:
    """The other stock of the item: other batches here, then other warehouses."""
    others = [
        shelf for shelf in shelves if (shelf.place_id, lot_key(shelf.lot)) != (draft.place_id, lot and lot_key(lot))
    ]
    return sorted(others, key=lambda shelf: shelf.place_id != draft.place_id)


def values_of(item: AnyItem, lot: str, day: date | None = None, **more: str) -> dict[str, str]:
    return {"item": item_name(item), "lot": lot_name(lot), "day": write_day(day), **more}
