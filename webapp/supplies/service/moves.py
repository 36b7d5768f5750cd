"""The entries of the warehouse: goods in, out, moved between warehouses, counted, and a slip undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import NoResultFound

from webapp.kernel import clock, entries, journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.entries import Entry, Kind
from webapp.kernel.errors import Refusal
from webapp.kernel.parse.codes import lot_key
from webapp.places import queries as places
from webapp.places.rules import COUNTERPARTS, PlaceKind
from webapp.supplies import queries
from webapp.supplies.forms import FORMS, UndoForm
from webapp.supplies.labels import PREFIXES, item_name, lot_name, measure_name
from webapp.supplies.models import Item, Lot, Move, Slip
from webapp.supplies.rules import TAKES_EXPIRED, Expiry, Measure, Reason, SlipKind, expiry_of, steps_of
from webapp.supplies.service.balances import Line, counterpart, keep_lot, write

_GOES_TO = {
    Reason.DISPOSAL: PlaceKind.DISPOSAL,
    Reason.LOSS: PlaceKind.LOSS,
    Reason.SUPPLIER_RETURN: PlaceKind.SUPPLIER,
}


_Lots = dict[tuple[UUID, str], Lot]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line as asked for: which item, in what unit, how many steps."""

    item: Item
    measure: Measure
    steps: int
    raw: dict[str, Any]


def receive(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Goods in from a supplier. Raises Refusal `warehouse-not-yours`, `lot-needed`, `lot-differs`, `stock-expired`."""
    place_id = _own(data["place"], by)
    reason = Reason(data["reason"])
    source = counterpart(PlaceKind.SUPPLIER, by=by, at=at)
    asked = _asked(data)
    known = _known_lots(asked)
    lines = [
        Line(n, one.item, _incoming_lot(one, known, reason, at), one.measure, one.steps, source, place_id)
        for n, one in enumerate(asked, 1)
    ]
    _write(entry, SlipKind.IN, reason, lines, data, place_id, None, by=by, at=at)


def issue(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Goods out to a consuming place or person, or written off. Raises Refusal `stock-short`, `stock-expired` ..."""
    place_id = _own(data["place"], by)
    reason = Reason(data["reason"])
    named = _consumer(data["other"]) if reason is Reason.ISSUE else None
    target = named or counterpart(_GOES_TO.get(reason, PlaceKind.CONSUMPTION), by=by, at=at)
    _write(
        entry, SlipKind.OUT, reason, _outgoing(data, place_id, target, reason, at), data, place_id, named, by=by, at=at
    )


def transfer(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Goods from one's own warehouse to any other. Raises Refusal `warehouse-same`, `stock-short` ..."""
    place_id, target = _own(data["place"], by), data["other"]
    if target == place_id:
        raise Refusal("warehouse-same", 422, field="other")
    if _kind_of(target) is not PlaceKind.WAREHOUSE:
        raise Refusal("place-gone", 422, field="other")
    lines = _outgoing(data, place_id, target, Reason.TRANSFER, at)
    _write(entry, SlipKind.TRANSFER, Reason.TRANSFER, lines, data, place_id, target, by=by, at=at)


def count(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """What was counted against the book: the differences move from 盘盈 or to 损耗.

    A line without a book was counted where the book could not be seen (without a network): it is held against the book
    of the moment it was counted, whatever moved since, and a slip of such lines is kept also when nothing differs.
    Raises Refusal `count-changed` when the book is no longer what the counting person saw, `slip-empty` when nothing
    differs from it.
    """
    place_id = _own(data["place"], by)
    found = counterpart(PlaceKind.FOUND, by=by, at=at)
    lost = counterpart(PlaceKind.LOSS, by=by, at=at)
    counted = _asked(data, may_be_zero=True)
    known = _known_lots(counted)
    lots = [_counted_lot(asked, known) for asked in counted]
    is_blind = any(asked.raw["book"] is None for asked in counted)
    books = queries.books_at(place_id, [lot.id for lot in lots], at) if is_blind else {}
    lines = []
    for number, (asked, lot) in enumerate(zip(counted, lots, strict=True), 1):
        seen = None if asked.raw["book"] is None else int(asked.raw["book"])
        difference = asked.steps - (books.get(lot.id, 0) if seen is None else seen)
        ends = (found, place_id) if difference > 0 else (place_id, lost)
        if difference:
            lines.append(Line(number, asked.item, lot, asked.measure, abs(difference), *ends, book=seen))
    if not lines and not is_blind:
        raise Refusal("slip-empty")
    _write(entry, SlipKind.COUNT, Reason.COUNT, lines, data, place_id, None, by=by, at=at)


def undo(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Reverse a whole slip, once. Raises Refusal `slip-undone-already`, `slip-is-undo`, `undo-goods-gone`."""
    slip = queries.find_slip(data["slip"], by.through(Role.KEEPER))
    if slip is None:
        raise Refusal("place-gone", 404)
    place_id = _own(slip.place_id, by)
    if slip.kind is SlipKind.UNDO:
        raise Refusal("slip-is-undo")
    if queries.undone_by(slip.id):
        raise Refusal("slip-undone-already")
    lines = [_reversed(*row) for row in queries.moves_of(slip.id)]
    paper = {"note": data["note"], "counterparty": slip.counterparty, "document": slip.number}
    _write(entry, SlipKind.UNDO, Reason.UNDO, lines, paper, place_id, slip.other_id, by=by, at=at, reverses_id=slip.id)


def nightly(_at: datetime) -> str:
    """The nightly check of the ledger: what the job remembers and, when there are faults, the journal too."""
    faults = queries.verify_ledger()
    return f"{len(faults)} faults: {faults[0]}" if faults else "every balance equals its moves"


def _reversed(move: Move, lot: Lot, item: Item) -> Line:
    measure = next((m for m in queries.measures_of(item) if m.key == move.measure), queries.measures_of(item)[0])
    return Line(move.line_no, item, lot, measure, move.quantity, move.to_id, move.from_id, reverses=move.seq)


def _write(
    entry: Entry,
    kind: SlipKind,
    reason: Reason,
    lines: Sequence[Line],
    data: dict[str, Any],
    place_id: UUID,
    other_id: UUID | None,
    *,
    by: Actor,
    at: datetime,
    reverses_id: UUID | None = None,
) -> None:
    slip = Slip(
        id=entry.uuid,
        number=f"{PREFIXES[kind]}{clock.district_day(at):%y%m%d}-{entry.seq:04d}",
        kind=kind,
        place_id=place_id,
        other_id=other_id,
        counterparty=data.get("counterparty") or None,
        document=data.get("document") or None,
        reason=reason,
        note=data.get("note") or None,
        person_id=by.id,
        occurred_at=at,
        reverses_id=reverses_id,
    )
    write(slip, lines, reason)
    journal.write(f"stock.{kind}", "stock_slip", slip.id, by=by, at=at, number=slip.number, lines=len(lines))


def _asked(data: dict[str, Any], *, may_be_zero: bool = False) -> list[_Asked]:
    """The lines with their items and units. Raises Refusal `item-gone`, `measure-unknown`, `quantity-not-whole`."""
    found = []
    items = queries.find_items(raw["item"] for raw in data["lines"])
    for number, raw in enumerate(data["lines"], 1):
        item = items.get(raw["item"])
        if item is None:
            raise Refusal("item-gone", line=number)
        measure = next((m for m in queries.measures_of(item) if m.key == (raw["measure"] or "base")), None)
        if measure is None:
            raise Refusal("measure-unknown", item=item_name(item))
        steps = steps_of(raw["quantity"], measure)
        if steps is None or (steps == 0 and not may_be_zero):
            typed = f"{raw['quantity']} {measure_name(measure)}"
            raise Refusal("quantity-not-whole", item=item_name(item), typed=typed, unit=measure_name(measure))
        found.append(_Asked(item, measure, steps, raw))
    return found


def _known_lots(lines: Sequence[_Asked]) -> _Lots:
    """The batches the lines name, as far as they were ever on a shelf."""
    return queries.lots_of({one.item.id for one in lines}, {one.raw["lot"] or "" for one in lines})


def _incoming_lot(asked: _Asked, known: _Lots, reason: Reason, at: datetime) -> Lot:
    number, expires_on = asked.raw["lot"] or "", asked.raw["expires_on"]
    before = known.get((asked.item.id, lot_key(number)))
    is_dated = expires_on or (before and before.expires_on)
    if asked.item.has_expiry and not (number and is_dated):
        raise Refusal("lot-needed", 422, item=item_name(asked.item))
    lot = keep_lot(asked.item, before, number, asked.raw["made_on"], expires_on)
    _refuse_expired(asked.item, lot, reason, at)
    return lot


def _counted_lot(asked: _Asked, known: _Lots) -> Lot:
    number = asked.raw["lot"] or ""
    if asked.item.has_expiry and not number:
        raise Refusal("lot-needed", 422, item=item_name(asked.item))
    before = known.get((asked.item.id, lot_key(number)))
    return keep_lot(asked.item, before, number, asked.raw["made_on"], asked.raw["expires_on"])


def _outgoing(data: dict[str, Any], place_id: UUID, target: UUID, reason: Reason, at: datetime) -> list[Line]:
    lines = []
    wanted = _asked(data)
    known = _known_lots(wanted)
    for number, asked in enumerate(wanted, 1):
        lot = known.get((asked.item.id, lot_key(asked.raw["lot"])))
        if lot is None and asked.item.has_expiry and not asked.raw["lot"]:
            raise Refusal("lot-needed", 422, item=item_name(asked.item))
        if lot is None:
            raise Refusal("stock-nowhere", item=item_name(asked.item), lot=lot_name(asked.raw["lot"] or ""))
        _refuse_expired(asked.item, lot, reason, at)
        lines.append(Line(number, asked.item, lot, asked.measure, asked.steps, place_id, target))
    return lines


def _refuse_expired(item: Item, lot: Lot, reason: Reason, at: datetime) -> None:
    today: date = clock.district_day(at)
    if reason not in TAKES_EXPIRED and expiry_of(lot.expires_on, today) is Expiry.EXPIRED:
        raise Refusal("stock-expired", item=item_name(item), lot=lot_name(lot.number), day=str(lot.expires_on))


def _own(place_id: UUID, by: Actor) -> UUID:
    """The warehouse, if the actor keeps it."""
    place = places.find_visible(place_id, by.through(Role.KEEPER))
    if place is None or place.kind is not PlaceKind.WAREHOUSE or place.is_closed:
        raise Refusal("warehouse-not-yours", 403, field="place")
    return place.id


def _consumer(place_id: UUID | None) -> UUID | None:
    if place_id is None:
        return None
    if _kind_of(place_id) in {PlaceKind.WAREHOUSE, None, *COUNTERPARTS}:
        raise Refusal("place-gone", 422, field="other")
    return place_id


def _kind_of(place_id: UUID) -> PlaceKind | None:
    try:
        return places.get_place(place_id).kind
    except NoResultFound:
        return None


IN = entries.register(Kind("stock.in", FORMS[SlipKind.IN], receive, offline=True))
OUT = entries.register(Kind("stock.out", FORMS[SlipKind.OUT], issue, offline=True))
TRANSFER = entries.register(Kind("stock.transfer", FORMS[SlipKind.TRANSFER], transfer, offline=True))
COUNT = entries.register(Kind("stock.count", FORMS[SlipKind.COUNT], count, offline=True))
UNDO = entries.register(Kind("stock.undo", UndoForm, undo))
KINDS = {SlipKind.IN: IN, SlipKind.OUT: OUT, SlipKind.TRANSFER: TRANSFER, SlipKind.COUNT: COUNT}
