"""The ledger (台账) of an item, and the check that balances follow from the moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select, union_all

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock
from webapp.places import queries as places
from webapp.supplies.models import Balance, Item, Lot, Move, Slip
from webapp.supplies.rules import Reason, SlipKind

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class LedgerRow:
    occurred_at: datetime
    slip_id: UUID
    number: str
    kind: SlipKind
    reason: Reason
    counterpart: str
    lot: str
    expires_on: date | None
    incoming: int
    outgoing: int
    balance: int
    person: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """An item's moves in and out of some warehouses over a period; quantities in steps."""

    opening: int
    rows: Sequence[LedgerRow]
    is_cut: bool

    @property
    def incoming(self) -> int:
        return sum(row.incoming for row in self.rows)

    @property
    def outgoing(self) -> int:
        return sum(row.outgoing for row in self.rows)

    @property
    def closing(self) -> int:
        return self.opening + self.incoming - self.outgoing


def ledger_of(item_id: UUID, place_ids: Sequence[UUID], since: date | None, until: date | None) -> Ledger:
    """The ledger of an item over whole district days, both included. A transfer inside is one row in and out."""
    start = clock.day_bounds(since)[0] if since else None
    opening = _before(item_id, place_ids, start) if start else 0
    query = select(Move, Slip, Lot).join(Slip, Slip.id == Move.slip_id).join(Lot, Lot.id == Move.lot_id)
    query = query.where(Move.item_id == item_id, Move.from_id.in_(place_ids) | Move.to_id.in_(place_ids))
    if start:
        query = query.where(Move.occurred_at >= start)
    if until:
        query = query.where(Move.occurred_at < clock.day_bounds(until)[1])
    found = db.session.execute(query.order_by(Move.occurred_at, Move.seq).limit(MOST_ROWS + 1)).all()
    return Ledger(opening, _rows(found[:MOST_ROWS], opening, frozenset(place_ids)), len(found) > MOST_ROWS)


def _before(item_id: UUID, place_ids: Sequence[UUID], start: datetime) -> int:
    def total(end: Any) -> int:
        query = select(func.coalesce(func.sum(Move.quantity), 0))
        query = query.where(Move.item_id == item_id, end.in_(place_ids), Move.occurred_at < start)
        return int(db.session.scalar(query) or 0)

    return total(Move.to_id) - total(Move.from_id)


def _rows(found: Sequence[Any], opening: int, inside: frozenset[UUID]) -> list[LedgerRow]:
    place_names = places.names({end for move, _slip, _lot in found for end in (move.from_id, move.to_id)})
    people = accounts.names({slip.person_id for _move, slip, _lot in found})
    rows, balance = [], opening
    for move, slip, lot in found:
        incoming = move.quantity if move.to_id in inside else 0
        outgoing = move.quantity if move.from_id in inside else 0
        balance += incoming - outgoing
        other = place_names[move.to_id if outgoing else move.from_id]
        rows.append(
            LedgerRow(
                move.occurred_at,
                slip.id,
                slip.number,
                slip.kind,
                move.reason,
                slip.counterparty or other,
                lot.number,
                lot.expires_on,
                incoming,
                outgoing,
                balance,
                people.get(slip.person_id, ""),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Fault:
    """A balance that does not follow from its moves."""

    code: str  # differs | negative
    item: str
    lot: str
    place: str
    ledger: int
    balance: int

    def __str__(self) -> str:
        where = f"{self.item} lot {self.lot or '-'} at {self.place}"
        if self.code == "negative":
            return f"{where}: the ledger falls below zero ({self.ledger})"
        return f"{where}: the moves say {self.ledger}, the balance says {self.balance}"


def verify_ledger() -> list[str]:
    """The faults of the ledger in plain words; empty when every balance follows from its moves."""
    return [str(fault) for fault in ledger_faults()]


def ledger_faults() -> list[Fault]:
    """Every balance that is not the sum of its moves, and every shelf that was ever below zero."""
    moved = {(lot, place): (total, lowest) for lot, place, total, lowest in _moved()}
    held = {(b.lot_id, b.place_id): b.on_hand for b in db.session.scalars(select(Balance))}
    faults = []
    for key in sorted(moved.keys() | held.keys(), key=str):
        total, lowest = moved.get(key, (0, 0))
        if total != held.get(key, 0):
            faults.append(_fault("differs", key, total, held.get(key, 0)))
        if lowest < 0:
            faults.append(_fault("negative", key, lowest, held.get(key, 0)))
    return faults


def _moved() -> list[tuple[UUID, UUID, int, int]]:
    """(lot, warehouse, sum of moves, lowest running sum), for every place that ever kept stock."""
    keepers = union_all(
        select(Balance.place_id),
        select(Slip.place_id),
        select(Slip.other_id).where(Slip.kind == SlipKind.TRANSFER),
    ).subquery()
    kept = select(keepers.c[0])
    signed = union_all(
        select(Move.seq, Move.lot_id, Move.to_id.label("place_id"), Move.quantity.label("n")).where(
            Move.to_id.in_(kept)
        ),
        select(Move.seq, Move.lot_id, Move.from_id, -Move.quantity).where(Move.from_id.in_(kept)),
    ).subquery()
    n = cast(signed.c.n, BigInteger)
    running = select(
        signed.c.lot_id,
        signed.c.place_id,
        n.label("n"),
        func.sum(n).over(partition_by=[signed.c.lot_id, signed.c.place_id], order_by=signed.c.seq).label("running"),
    ).subquery()
    query = select(running.c.lot_id, running.c.place_id, func.sum(running.c.n), func.min(running.c.running)).group_by(
        running.c.lot_id, running.c.place_id
    )
    return [(lot, place, int(total), int(lowest)) for lot, place, total, lowest in db.session.execute(query)]


def _fault(code: str, key: tuple[UUID, UUID], ledger: int, balance: int) -> Fault:
    lot = db.session.get_one(Lot, key[0])
    item = db.session.get_one(Item, lot.item_id)
    return Fault(code, item.code, lot.number, places.get_place(key[1]).name, ledger, balance)
