"""The check that every balance follows from its moves."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select, union_all

from webapp.extensions import db
from webapp.places import queries as places
from webapp.supplies.models import Balance, Item, Lot, Move, Slip
from webapp.supplies.rules import SlipKind


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
