"""The shelves of an act: locked, read, and settled by the rule of `rules/shelf.py`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from webapp.extensions import db
from webapp.kernel.database import connection, hold
from webapp.kernel.insertions import insert_ignoring_all
from webapp.supplies.models import Balance, Move, Slip, StockCount
from webapp.supplies.queries.contradictions import was_undone
from webapp.supplies.rules import CountScope, Event, resettle

_TICK = timedelta(microseconds=1)
_balance: Any = Balance.__table__.c


class Shelf(NamedTuple):
    """One lot in one warehouse. Transactions lock shelves in the order of this key."""

    item_id: UUID
    lot_id: UUID
    place_id: UUID


@dataclass(slots=True)
class Book:
    """A locked balance with the effect of an act: `changes` are the corrections that it causes."""

    on_hand: int
    reserved: int
    last_stand_at: datetime | None
    delta: int = 0  # of the act's own lines
    changes: list[tuple[Event, int]] = field(default_factory=list)

    @property
    def left(self) -> int:
        """The stock after the act."""
        return self.on_hand + self.delta + sum(change for _event, change in self.changes)


def enter(place_ids: Iterable[UUID], *, is_whole: bool = False) -> None:
    """Lock warehouses for an act before its lots are known; `is_whole` excludes all other acts.

    A full count concerns shelves that a concurrent act may be creating, so the two must not overlap.
    """
    for place_id in sorted(set(place_ids)):
        hold(f"stock {place_id}", is_shared=not is_whole)


def lock(shelves: Iterable[Shelf]) -> dict[Shelf, Book]:
    """The balances of shelves, locked in order until the transaction ends; missing rows are inserted."""
    ordered = sorted(set(shelves))
    if not ordered:
        return {}
    books = _books(ordered)
    if missing := [shelf for shelf in ordered if shelf not in books]:
        rows = [{**shelf._asdict(), "on_hand": 0, "reserved": 0} for shelf in missing]
        insert_ignoring_all(Balance, rows, Shelf._fields)
        books = _books(ordered)
    return {shelf: books[shelf] for shelf in ordered}


def _books(ordered: Sequence[Shelf]) -> dict[Shelf, Book]:
    """The present balances of shelves, and maybe of others, locked in the order of their key."""
    lots, places = {shelf.lot_id for shelf in ordered}, {shelf.place_id for shelf in ordered}
    rows = connection().execute(_LOCKING, {"lots": list(lots), "places": list(places)})
    return {Shelf(item, lot, place): Book(on_hand, reserved, at) for item, lot, place, on_hand, reserved, at in rows}


def _locking() -> Any:
    key = (_balance.item_id, _balance.lot_id, _balance.place_id)
    query = select(*key, _balance.on_hand, _balance.reserved, _balance.last_stand_at).order_by(*key)
    lots: Any = bindparam("lots", expanding=True)
    places: Any = bindparam("places", expanding=True)
    return query.where(_balance.lot_id.in_(lots), _balance.place_id.in_(places)).with_for_update()


_LOCKING = _locking()
_NEWEST = select(func.max(Slip.__table__.c.received_at))


def stand_now(at: datetime, books: Iterable[Book]) -> datetime:
    """The position of a present act: after everything received so far, even if the clock was set back."""
    newest = connection().execute(_NEWEST).scalar()
    lasts = [newest, *(book.last_stand_at for book in books)]
    return max([at, *(last + _TICK for last in lasts if last)])


def events_from(shelves: Collection[Shelf], since: datetime) -> dict[Shelf, list[Event]]:
    """The events of shelves at or after a moment, in order of position, without undone counts."""
    if not shelves:
        return {}
    by_place: defaultdict[tuple[UUID, UUID], dict[UUID, Event]] = defaultdict(dict)
    lots, places = {shelf.lot_id for shelf in shelves}, {shelf.place_id for shelf in shelves}
    for lot_id, place_id, slip_id, at, counted in _counts(lots, places, since):
        by_place[lot_id, place_id][slip_id] = Event(at, slip_id, counted=counted)
    for lot_id, ends, event_id, at, is_fix, total in _sums(lots, since):
        for place_id, steps in ((ends[0], -total), (ends[1], total)):
            if place_id in places:
                mine = by_place[lot_id, place_id]
                known = mine.get(event_id) or Event(at, event_id)
                net, fix = (known.net, known.fix + steps) if is_fix else (known.net + steps, known.fix)
                mine[event_id] = Event(at, event_id, net, known.counted, fix)
    return {
        shelf: sorted(by_place[shelf.lot_id, shelf.place_id].values(), key=lambda event: event.stand)
        for shelf in shelves
    }


def _counts(lots: Collection[UUID], places: Collection[UUID], since: datetime) -> Iterable[Any]:
    query = select(StockCount.lot_id, StockCount.place_id, Slip.id, Slip.stands_at, StockCount.counted)
    query = query.join(Slip, Slip.id == StockCount.slip_id).where(
        StockCount.lot_id.in_(lots), StockCount.place_id.in_(places), Slip.stands_at >= since, ~was_undone(Slip)
    )
    return db.session.execute(query)


def _sums(
    lots: Collection[UUID], since: datetime
) -> Iterable[tuple[UUID, tuple[UUID, UUID], UUID, datetime, bool, int]]:
    parts = (Move.lot_id, Move.from_id, Move.to_id, Move.event_id, Move.stands_at, Move.is_fix)
    query = select(*parts, func.sum(Move.quantity)).where(Move.lot_id.in_(lots), Move.stands_at >= since)
    for lot_id, from_id, to_id, event_id, at, is_fix, total in db.session.execute(query.group_by(*parts)):
        yield lot_id, (from_id, to_id), event_id, at, is_fix, int(total)


def settle_on(book: Book, own: Event, after: Sequence[Event]) -> None:
    """Add an event to a shelf before later ones."""
    before = book.on_hand - sum(event.net + event.fix for event in after)
    book.delta = own.net
    book.changes = resettle(before, own, after)


def settle_off(book: Book, own: Event, after: Sequence[Event]) -> None:
    """Remove an event from a shelf, with its corrections."""
    before = book.on_hand - own.net - own.fix - sum(event.net + event.fix for event in after)
    book.delta = -own.net
    book.changes = [(own, -own.fix)] if own.fix else []
    book.changes += resettle(before, None, after)


def cover(shelves: Collection[Shelf], since: datetime) -> dict[Shelf, datetime]:
    """Add counts of 0 to full counts after a moment for shelves that they did not know.

    Returns the shelves that are now covered, with the position of the latest count.
    """
    missing = []
    places = {shelf.place_id for shelf in shelves}
    query = select(Slip).where(Slip.scope != CountScope.LISTED, Slip.place_id.in_(places), Slip.stands_at >= since)
    for slip in db.session.scalars(query.where(~was_undone(Slip))):
        rows = db.session.execute(select(StockCount.lot_id, StockCount.item_id).where(StockCount.slip_id == slip.id))
        named: dict[UUID, UUID] = dict(rows.all())
        items = set(named.values())
        for shelf in shelves:
            is_covered = slip.scope is CountScope.WAREHOUSE or shelf.item_id in items
            if shelf.place_id == slip.place_id and shelf.lot_id not in named and is_covered:
                missing.append((slip, shelf))
    for slip, shelf in missing:
        row = {"counted": 0, "measure": "base", "begun_at": slip.stands_at}
        db.session.add(StockCount(slip_id=slip.id, **shelf._asdict(), **row))
    db.session.flush()
    return {shelf: max(slip.stands_at for slip, other in missing if other == shelf) for _slip, shelf in missing}


def _storing() -> Any:
    mine = [_balance[name] == bindparam(f"_{name}") for name in Shelf._fields]
    changed: dict[str, Any] = {name: bindparam(f"_new_{name}") for name in ("on_hand", "reserved", "last_stand_at")}
    return update(Balance).where(*mine, _balance.on_hand == bindparam("_read")).values(**changed)


_STORING = _storing()


def store(books: Mapping[Shelf, Book], stands: Mapping[Shelf, datetime]) -> list[Shelf]:
    """Write the balances. Returns the shelves with less stock than reservations, which are reduced."""
    rows = []
    for shelf, book in books.items():
        key = {f"_{name}": value for name, value in shelf._asdict().items()}
        last = max([stands[shelf], *([book.last_stand_at] if book.last_stand_at else [])])
        new = {"on_hand": book.left, "reserved": min(book.reserved, book.left), "last_stand_at": last}
        rows.append(key | {f"_new_{name}": value for name, value in new.items()} | {"_read": book.on_hand})
    if rows:
        done = connection().execute(_STORING, rows)
        if done.rowcount not in (len(rows), -1):
            raise RuntimeError("a locked balance was changed by somebody else")
    return [shelf for shelf, book in books.items() if book.reserved > book.left]
