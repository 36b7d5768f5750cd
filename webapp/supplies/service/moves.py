"""The apply functions of the warehouse: goods in, goods out, transfer, count, undo."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.kernel import jobs, journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.places import queries as places
from webapp.places.rules import COUNTERPARTS, PlaceKind
from webapp.supplies import queries
from webapp.supplies.models import Move, Slip
from webapp.supplies.queries import AnyItem, AnyLot
from webapp.supplies.rules import CountScope, Reason, SlipKind, late_stand
from webapp.supplies.service import requested, shelves
from webapp.supplies.service.balances import Act, Line, counterpart, write
from webapp.supplies.service.counted import add_up, counts_of, not_found
from webapp.supplies.service.requested import RequestedLine

_GOES_TO = {
    Reason.DISPOSAL: PlaceKind.DISPOSAL,
    Reason.LOSS: PlaceKind.LOSS,
    Reason.SUPPLIER_RETURN: PlaceKind.SUPPLIER,
}


def receive(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Receive goods. Raises Refusal `warehouse-not-yours`, `lot-needed`, `lot-differs`, `stock-expired`."""
    place_id = _own(data["place"], by)
    shelves.enter([place_id])
    reason = Reason(data["reason"])
    source = counterpart(PlaceKind.SUPPLIER, by=by, at=at)
    lines = requested.requested_lines(data)
    lots = requested.incoming_lots(lines, is_late=entry.is_late, by=by, at=at)
    requested.refuse_expired(lines, lots, reason, at)
    slip = _slip(entry, SlipKind.IN, reason, data, place_id, by=by, at=at)
    act = Act(slip, frozenset([place_id]), _lines(lines, lots, source, place_id), is_late=entry.is_late)
    _write(act, by=by, at=at)


def issue(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Issue goods to a place or person, or write them off. Raises Refusal `stock-short`, `stock-expired` ..."""
    place_id = _own(data["place"], by)
    shelves.enter([place_id])
    reason = Reason(data["reason"])
    named = _consumer(data["other"]) if reason is Reason.ISSUE else None
    target = named or counterpart(_GOES_TO.get(reason, PlaceKind.CONSUMPTION), by=by, at=at)
    slip = _slip(entry, SlipKind.OUT, reason, data, place_id, named, by=by, at=at)
    _write(_outgoing(entry, slip, {place_id}, data, target, by=by, at=at), by=by, at=at)


def transfer(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Transfer goods from an own warehouse to another one. Raises Refusal `warehouse-same`, `stock-short` ..."""
    place_id, target = _own(data["place"], by), data["other"]
    if target == place_id:
        raise Refusal("warehouse-same", 422, field="other")
    if _kind_of(target) is not PlaceKind.WAREHOUSE:
        raise Refusal("place-gone", 422, field="other")
    shelves.enter([place_id, target])
    slip = _slip(entry, SlipKind.TRANSFER, Reason.TRANSFER, data, place_id, target, by=by, at=at)
    _write(_outgoing(entry, slip, {place_id, target}, data, target, by=by, at=at), by=by, at=at)


def count(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Record a count, which determines the stock of every listed lot, also without a difference from the book.

    A full count (`scope`) enters lots that it does not list as 0. Raises Refusal `count-changed` if goods have moved
    since the person saw the book.
    """
    place_id = _own(data["place"], by)
    scope = CountScope(data.get("scope") or CountScope.LISTED)
    shelves.enter([place_id], is_whole=scope is not CountScope.LISTED)
    lines = requested.requested_lines(data, may_be_zero=True)
    lots = requested.counted_lots(lines, is_late=entry.is_late, by=by, at=at)
    counts = add_up(lines, lots)
    counts += not_found(place_id, scope, counts, late_stand(at, entry.device_seq) if entry.is_late else None)
    slip = _slip(entry, SlipKind.COUNT, Reason(data.get("reason") or Reason.COUNT), data, place_id, by=by, at=at)
    slip.scope, slip.difference_reason = scope, data.get("difference_reason") or None
    _write(Act(slip, frozenset([place_id]), counts=counts, is_late=entry.is_late), by=by, at=at)


def undo(entry: Entry, data: dict[str, Any], _photos: Sequence[Any], *, by: Actor, at: datetime) -> None:
    """Reverse a whole slip, once, at its own position.

    Raises Refusal `slip-undone-already`, `slip-is-undo`, and `undo-goods-gone` if a later slip has used the goods.
    """
    slip = queries.find_slip(data["slip"], by.through(Role.KEEPER))
    if slip is None:
        raise Refusal("place-gone", 404)
    place_id = _own(slip.place_id, by)
    if slip.kind is SlipKind.UNDO:
        raise Refusal("slip-is-undo")
    if queries.undone_by(slip.id):
        raise Refusal("slip-undone-already")
    shelves.enter(filter(None, (place_id, slip.other_id)), is_whole=slip.scope is not CountScope.LISTED)
    lines = [_reversed(*row) for row in queries.moves_of(slip.id)]
    paper = {"note": data["note"], "counterparty": slip.counterparty, "document": slip.number}
    reversing = _slip(entry, SlipKind.UNDO, Reason.UNDO, paper, place_id, slip.other_id, by=by, at=at)
    reversing.reverses_id = slip.id
    act = Act(reversing, _warehouses_of(lines), lines, undone=slip, released=counts_of(slip.id))
    _write(act, by=by, at=at)


def nightly(_at: datetime) -> str:
    """The nightly verification of the ledger. Raises jobs.Fault, which is shown to administrators."""
    if faults := queries.verify_ledger():
        raise jobs.Fault(f"{len(faults)} faults: {faults[0]}")
    return "every balance follows from its slips"


def _reversed(move: Move, lot: AnyLot, item: AnyItem) -> Line:
    measure = next((m for m in queries.measures_of(item) if m.key == move.measure), queries.measures_of(item)[0])
    return Line(move.line_no, item, lot, measure, move.quantity, move.to_id, move.from_id, reverses=move.seq)


def _slip(
    entry: Entry,
    kind: SlipKind,
    reason: Reason,
    data: dict[str, Any],
    place_id: UUID,
    other_id: UUID | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Slip:
    """The slip of an entry without its number; a late one has its own time as position, `write` sets the others'."""
    return Slip(
        id=entry.uuid,
        kind=kind,
        place_id=place_id,
        other_id=other_id,
        counterparty=data.get("counterparty") or None,
        document=data.get("document") or None,
        reason=reason,
        note=data.get("note") or None,
        person_id=by.id,
        occurred_at=at,
        stands_at=late_stand(at, entry.device_seq),
        received_at=entry.received_at,
        is_late=entry.is_late,
        scope=CountScope.LISTED,
    )


def _write(act: Act, *, by: Actor, at: datetime) -> None:
    slip = act.slip
    write(act, by=by, at=at)
    lines = len(act.lines) + len(act.counts)
    journal.write(f"stock.{slip.kind}", "stock_slip", slip.id, by=by, at=at, number=slip.number, lines=lines)


def _lines(lines: Sequence[RequestedLine], lots: Sequence[AnyLot], from_id: UUID, to_id: UUID) -> list[Line]:
    return [
        Line(number, line.item, lot, line.measure, line.steps, from_id, to_id)
        for number, (line, lot) in enumerate(zip(lines, lots, strict=True), 1)
    ]


def _warehouses_of(lines: Sequence[Line]) -> frozenset[UUID]:
    ends = {end for line in lines for end in (line.from_id, line.to_id)}
    return frozenset(end for end, kind in places.kinds_of(ends).items() if kind is PlaceKind.WAREHOUSE)


def _outgoing(
    entry: Entry, slip: Slip, warehouses: set[UUID], data: dict[str, Any], target: UUID, *, by: Actor, at: datetime
) -> Act:
    lines = requested.requested_lines(data)
    lots = requested.outgoing_lots(lines, is_late=entry.is_late, by=by, at=at)
    requested.refuse_expired(lines, lots, slip.reason, at)
    if not entry.is_late:
        requested.refuse_held(lines, lots, slip.reason)
    return Act(slip, frozenset(warehouses), _lines(lines, lots, slip.place_id, target), is_late=entry.is_late)


def _own(place_id: UUID, by: Actor) -> UUID:
    """The warehouse, if the actor is its keeper. Raises Refusal `warehouse-not-yours`."""
    if places.find_kind(place_id, by.through(Role.KEEPER), is_open=True) is not PlaceKind.WAREHOUSE:
        raise Refusal("warehouse-not-yours", 403, field="place")
    return place_id


def _consumer(place_id: UUID | None) -> UUID | None:
    if place_id is None:
        return None
    if _kind_of(place_id) in {PlaceKind.WAREHOUSE, None, *COUNTERPARTS}:
        raise Refusal("place-gone", 422, field="other")
    return place_id


def _kind_of(place_id: UUID) -> PlaceKind | None:
    return places.kinds_of([place_id]).get(place_id)
