"""The only writes of lots, moves and balances. All of it runs inside the transaction of an entry.

Balances change by conditional updates, sorted by key: reading first and writing after oversells under load, and
unsorted lines deadlock (measured: README, decisions).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.exc import NoResultFound

from webapp.extensions import db
from webapp.kernel.access import Actor
from webapp.kernel.database import insert_ignoring
from webapp.kernel.errors import Refusal
from webapp.kernel.parse.codes import lot_key
from webapp.places import queries as places
from webapp.places import service as place_service
from webapp.places.rules import PlaceKind
from webapp.supplies.labels import amount, amount_in, item_name, lot_name
from webapp.supplies.models import Balance, Item, Lot, Move, Slip
from webapp.supplies.rules import Measure, Reason

_NAMES = {
    PlaceKind.SUPPLIER: "供货方",
    PlaceKind.CONSUMPTION: "领用",
    PlaceKind.LOSS: "损耗",
    PlaceKind.DISPOSAL: "报废",
    PlaceKind.FOUND: "盘盈",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A move about to be written: from where to where. `book` is what a count saw on the shelf before."""

    line_no: int
    item: Item
    lot: Lot
    measure: Measure
    steps: int
    from_id: UUID
    to_id: UUID
    book: int | None = None
    reverses: int | None = None


def counterpart(kind: PlaceKind, *, by: Actor, at: datetime) -> UUID:
    """The place of a kind that keeps no balance. All of them are made when the installation has none yet."""
    try:
        return places.counterpart(kind).id
    except NoResultFound:
        made = {
            one: place_service.put_place(by=by, at=at, code=f"~{one.value.upper()}", name=name, kind=one)
            for one, name in _NAMES.items()
        }
        return made[kind]


def keep_lot(item: Item, known: Lot | None, number: str, made_on: date | None, expires_on: date | None) -> Lot:
    """The known lot of this number, or a new one. Raises Refusal `lot-differs` on another expiry than before."""
    lot = known or _new_lot(item, number, made_on, expires_on)
    if expires_on and lot.expires_on != expires_on:
        day = lot.expires_on.isoformat() if lot.expires_on else "—"
        raise Refusal("lot-differs", item=item_name(item), lot=lot_name(number), day=day)
    return lot


def _new_lot(item: Item, number: str, made_on: date | None, expires_on: date | None) -> Lot:
    values = {"id": uuid4(), "item_id": item.id, "number": number, "made_on": made_on, "expires_on": expires_on}
    insert_ignoring(Lot, values, ["item_id", "number_key"])
    return db.session.scalars(select(Lot).where(Lot.item_id == item.id, Lot.number_key == lot_key(number))).one()


def write(slip: Slip, lines: Sequence[Line], reason: Reason) -> None:
    """Change the balances, then write the moves. Raises Refusal `stock-short`, `count-changed`."""
    kept = _keeping(lines)
    for change in _changes(lines, kept):
        _apply(change, slip)
    db.session.add(slip)
    db.session.flush()
    if lines:  # a count that found what the book says moves nothing
        db.session.execute(insert(Move), [_move(slip, line, reason) for line in lines])


def _move(slip: Slip, line: Line, reason: Reason) -> dict[str, Any]:
    return {
        "slip_id": slip.id,
        "line_no": line.line_no,
        "item_id": line.item.id,
        "lot_id": line.lot.id,
        "quantity": line.steps,
        "measure": line.measure.key,
        "from_id": line.from_id,
        "to_id": line.to_id,
        "reason": reason,
        "occurred_at": slip.occurred_at,
        "reverses": line.reverses,
    }


@dataclass(slots=True)
class _Change:
    line: Line
    place_id: UUID
    steps: int
    book: int | None


def _keeping(lines: Iterable[Line]) -> frozenset[UUID]:
    """Those ends of the moves that keep a balance: warehouses."""
    ends = {end for line in lines for end in (line.from_id, line.to_id)}
    return frozenset(end for end in ends if places.get_place(end).kind is PlaceKind.WAREHOUSE)


def _changes(lines: Iterable[Line], kept: frozenset[UUID]) -> list[_Change]:
    """One change for each shelf, in the order that every transaction takes them."""
    found: dict[tuple[str, str, str], _Change] = {}
    for line in lines:
        for place_id, steps in ((line.from_id, -line.steps), (line.to_id, line.steps)):
            if place_id not in kept:
                continue
            key = (line.item.id.hex, line.lot.id.hex, place_id.hex)
            change = found.setdefault(key, _Change(line, place_id, 0, line.book))
            change.steps += steps
    return [found[key] for key in sorted(found)]


def _apply(change: _Change, slip: Slip) -> None:
    lot, item = change.line.lot, change.line.item
    key = {"item_id": item.id, "lot_id": lot.id, "place_id": change.place_id}
    if change.steps > 0 or change.book == 0:
        insert_ignoring(Balance, {**key, "on_hand": 0, "reserved": 0}, ["item_id", "lot_id", "place_id"])
    query = update(Balance).where(*(getattr(Balance, name) == value for name, value in key.items()))
    if change.steps < 0:
        query = query.where(Balance.on_hand - Balance.reserved >= -change.steps)
    if change.book is not None:
        query = query.where(Balance.on_hand == change.book)
    done = db.session.execute(
        query.values(on_hand=Balance.on_hand + change.steps), execution_options={"synchronize_session": False}
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise _refusal(change, slip)


def _refusal(change: _Change, slip: Slip) -> Refusal:
    item, lot, measure = change.line.item, change.line.lot, change.line.measure
    held: Any = db.session.execute(
        select(Balance.on_hand, Balance.reserved).where(Balance.lot_id == lot.id, Balance.place_id == change.place_id)
    ).one_or_none()
    on_hand, reserved = held or (0, 0)
    words: dict[str, Any] = {"item": item_name(item), "lot": lot_name(lot.number)}
    if change.book is not None:
        if on_hand == change.book:
            return Refusal("count-reserved", **words)
        return Refusal("count-changed", **words, book=amount(on_hand, item))
    left = amount_in(max(on_hand - reserved, 0), measure, item)
    code = "undo-goods-gone" if slip.reverses_id else "stock-short"
    return Refusal(code, **words, left=left, wanted=amount_in(-change.steps, measure, item))
