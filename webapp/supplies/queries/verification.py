"""Verification of the ledger: every shelf must follow from its slips by the rule of `rules/shelf.py`."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import accumulate, groupby, repeat
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, union_all
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.kernel.database import one_state
from webapp.places import queries as places
from webapp.supplies.models import Balance, Item, Lot, Move, Slip, StockCount
from webapp.supplies.rules import CountScope, Event, SlipKind, Stand, settle

ShelfKey = tuple[UUID, UUID]  # lot, warehouse


@dataclass(frozen=True, slots=True)
class Fault:
    """A contradiction between a shelf and its slips. `number` is the affected slip."""

    code: str
    item: str
    lot: str
    place: str
    ledger: int
    balance: int
    number: str = ""

    def __str__(self) -> str:
        where = f"{self.item} lot {self.lot or '-'} at {self.place}"
        slip = f" (slip {self.number})" if self.number else ""
        return f"{where}: {_SENTENCES[self.code] % {'ledger': self.ledger, 'balance': self.balance}}{slip}"


_SENTENCES = {
    "differs": "the moves say %(ledger)s, the balance says %(balance)s",
    "unsettled": "the slips say %(ledger)s, the moves say %(balance)s",
    "count": "%(balance)s was counted, the ledger says %(ledger)s there",
    "correction": "the correction should be %(ledger)s, it is %(balance)s",
    "undone": "an undone slip still moves %(ledger)s",
    "negative": "the ledger falls below zero (%(ledger)s)",
    "stand": "a row does not stand where its slip stands",
    "uncounted": "a count corrects a lot that it did not count",
    "not-found": "a full count does not count a lot of which %(ledger)s lay there",
    "last-stand": "the balance does not know the latest slip",
    "reserved": "%(ledger)s is reserved of %(balance)s",
}


@dataclass(slots=True)
class _Shelf:
    item_id: UUID | None = None
    rows: list[Row[Any]] = field(default_factory=list)
    counts: dict[UUID, int] = field(default_factory=dict)  # by slip
    held: Row[Any] | None = None  # of the balances


@dataclass(frozen=True, slots=True)
class _Slips:
    """Data of slips by id: position, kind and number; `void` are those undone at their position.

    `full` has the full counts of each warehouse with the items that they cover (None: all).
    """

    stands: Mapping[UUID, datetime]
    kinds: Mapping[UUID, SlipKind]
    numbers: Mapping[UUID, str]
    void: frozenset[UUID]
    full: Mapping[UUID, Sequence[tuple[UUID, Collection[UUID] | None]]]


Found = tuple[str, int, int, UUID | None]  # code, what the ledger says, what the balance or the row says, slip


def verify_ledger() -> list[str]:
    """The faults of the ledger as sentences; empty if every shelf follows from its slips."""
    return [str(fault) for fault in ledger_faults()]


def ledger_faults(place_ids: Collection[UUID] | None = None) -> list[Fault]:
    """The faults of the shelves at these places (by default all): contradictions to slips, and negative stock."""
    with one_state():
        slips = _slips()
        return [
            _fault(key, finding, slips)
            for key, shelf in _shelves()
            if place_ids is None or key[1] in place_ids
            for finding in _faults(shelf, key[1], slips)
        ]


def _faults(shelf: _Shelf, place_id: UUID, slips: _Slips) -> Iterator[Found]:
    signed = [(row, row.quantity if row.to_id == place_id else -row.quantity) for row in shelf.rows]
    on_hand = shelf.held.on_hand if shelf.held else 0
    total = sum(steps for _row, steps in signed)
    if total != on_hand:
        yield "differs", total, on_hand, None
    events = _events(shelf, signed, slips)
    yield from _unsettled(events, total)
    yield from _stray(shelf, slips)
    yield from _not_found(shelf, events, slips.full.get(place_id, ()), slips)
    by_stand = sorted(signed, key=lambda pair: (pair[0].stands_at, pair[0].event_id, pair[1] < 0, pair[0].seq))
    for order in (signed, by_stand):  # as booked, and as printed
        lowest = min(accumulate(steps for _row, steps in order), default=0)
        if lowest < 0:
            yield "negative", lowest, on_hand, None
            break
    yield from _held(shelf, events)


def _events(shelf: _Shelf, signed: Iterable[tuple[Row[Any], int]], slips: _Slips) -> list[Event]:
    """The events of the shelf in order of position; an undone count is an event without effect."""
    by_slip = {
        slip_id: Event(slips.stands[slip_id], slip_id, counted=counted)
        for slip_id, counted in shelf.counts.items()
        if slip_id not in slips.void
    }
    for row, steps in signed:
        known = by_slip.get(row.event_id) or Event(row.stands_at, row.event_id)
        net, fix = (known.net, known.fix + steps) if row.is_fix else (known.net + steps, known.fix)
        by_slip[row.event_id] = Event(known.at, known.slip, net, known.counted, fix)
    return sorted(by_slip.values(), key=lambda event: event.stand)


def _unsettled(events: list[Event], total: int) -> Iterator[Found]:
    balance, fixes = settle(events)
    if balance != total:
        yield "unsettled", balance, total, None
    running = 0
    for event in events:
        running += event.net + event.fix
        if event.fix != fixes[event.slip]:
            yield "correction", fixes[event.slip], event.fix, event.slip
        if event.counted is not None and (running != event.counted or event.net):
            yield "count", running, event.counted, event.slip


def _stray(shelf: _Shelf, slips: _Slips) -> Iterator[Found]:
    """Rows with another position than their slip, corrections of uncounted lots, undone slips with an effect."""
    undone: dict[UUID, int] = {}
    for row in shelf.rows:
        if row.stands_at != slips.stands.get(row.event_id):
            yield "stand", 0, 0, row.event_id
        if row.is_fix and slips.kinds.get(row.event_id) is SlipKind.COUNT and row.event_id not in shelf.counts:
            yield "uncounted", 0, 0, row.event_id
        if row.event_id in slips.void:
            steps = row.quantity if row.reverses is None else -row.quantity
            undone[row.event_id] = undone.get(row.event_id, 0) + (0 if row.is_fix else steps)
    yield from (("undone", steps, 0, slip_id) for slip_id, steps in undone.items() if steps)


def _held(shelf: _Shelf, events: list[Event]) -> Iterator[Found]:
    held = shelf.held
    if held is None:
        return
    if held.reserved > held.on_hand:
        yield "reserved", held.reserved, held.on_hand, None
    latest: Stand | None = events[-1].stand if events else None
    if latest and (held.last_stand_at is None or held.last_stand_at < latest[0]):
        yield "last-stand", 0, 0, latest[1]


def _not_found(
    shelf: _Shelf, events: Sequence[Event], full: Iterable[tuple[UUID, Collection[UUID] | None]], slips: _Slips
) -> Iterator[Found]:
    """Full counts without a 0 for a lot that they cover without listing it."""
    stands = [event.stand for event in events]
    lay = [0, *accumulate(event.net + event.fix for event in events)]
    for slip_id, items in full:
        if slip_id not in shelf.counts and (items is None or shelf.item_id in items):
            before = lay[bisect_left(stands, (slips.stands[slip_id], slip_id))]
            if before:
                yield "not-found", before, 0, slip_id


def _shelves() -> Iterator[tuple[ShelfKey, _Shelf]]:
    """All shelves with their moves in the order of booking, counts and balance, by lot, so that only the rows of one
    lot are in memory.
    """
    kept = _kept()
    moves = select(*Move.__table__.columns).order_by(Move.lot_id, Move.seq)
    counted = (StockCount.lot_id, StockCount.place_id, StockCount.item_id, StockCount.slip_id, StockCount.counted)
    counts = select(*counted).order_by(StockCount.lot_id)
    balances = select(*Balance.__table__.columns).order_by(Balance.lot_id)
    streams = (db.session.execute(query.execution_options(yield_per=2000)) for query in (moves, counts, balances))
    rows = merge(*(zip(repeat(number), stream) for number, stream in enumerate(streams)), key=_lot_of)
    for lot_id, group in groupby(rows, key=_lot_of):
        shelves: defaultdict[UUID, _Shelf] = defaultdict(_Shelf)
        for source, row in group:
            _put(shelves, kept, source, row)
        yield from (((lot_id, place_id), shelves[place_id]) for place_id in sorted(shelves, key=str))


def _lot_of(numbered: tuple[int, Row[Any]]) -> UUID:
    lot_id: UUID = numbered[1].lot_id
    return lot_id


def _put(shelves: defaultdict[UUID, _Shelf], kept: Container[UUID], source: int, row: Row[Any]) -> None:
    """Add a row of the moves (0), the counts (1) or the balances (2) to the shelves of its lot."""
    for place_id in (row.from_id, row.to_id) if source == 0 else (row.place_id,):
        if source == 0 and place_id not in kept:
            continue
        shelf = shelves[place_id]
        shelf.item_id = row.item_id
        if source == 0:
            shelf.rows.append(row)
        elif source == 1:
            shelf.counts[row.slip_id] = row.counted
        else:
            shelf.held = row


def _kept() -> frozenset[UUID]:
    """All places that have ever had stock."""
    keepers: Any = union_all(
        select(Balance.place_id),
        select(Slip.place_id),
        select(Slip.other_id).where(Slip.kind == SlipKind.TRANSFER),
    )
    return frozenset(db.session.scalars(keepers))


def _slips() -> _Slips:
    rows = db.session.execute(select(Slip.id, Slip.stands_at, Slip.kind, Slip.number)).all()
    undo = aliased(Slip)
    void = select(Slip.id).join(undo, (undo.reverses_id == Slip.id) & (undo.stands_at == Slip.stands_at))
    gone = frozenset(db.session.scalars(void))
    return _Slips(
        {row.id: row.stands_at for row in rows},
        {row.id: row.kind for row in rows},
        {row.id: row.number for row in rows},
        gone,
        _full(gone),
    )


def _full(void: Container[UUID]) -> Mapping[UUID, Sequence[tuple[UUID, Collection[UUID] | None]]]:
    """The full counts of each warehouse that were not undone, with their items if limited."""
    items: defaultdict[UUID, set[UUID]] = defaultdict(set)
    query = select(StockCount.slip_id, StockCount.item_id).join(Slip, Slip.id == StockCount.slip_id).distinct()
    for slip_id, item_id in db.session.execute(query.where(Slip.scope == CountScope.ITEMS)):
        items[slip_id].add(item_id)
    full: defaultdict[UUID, list[tuple[UUID, Collection[UUID] | None]]] = defaultdict(list)
    slips = select(Slip.id, Slip.place_id, Slip.scope).where(Slip.scope != CountScope.LISTED)
    for slip_id, place_id, scope in db.session.execute(slips):
        if slip_id not in void:
            full[place_id].append((slip_id, items[slip_id] if scope is CountScope.ITEMS else None))
    return full


def _fault(key: ShelfKey, finding: Found, slips: _Slips) -> Fault:
    code, ledger, balance, slip_id = finding
    lot = db.session.get_one(Lot, key[0])
    item = db.session.get_one(Item, lot.item_id)
    number = slips.numbers.get(slip_id, str(slip_id)) if slip_id else ""
    return Fault(code, item.code, lot.number, places.get_place(key[1]).name, ledger, balance, number)
