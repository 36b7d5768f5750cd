"""The only writes of slips, counts, moves and balances, in the transaction of an entry.

Shelves are locked in a fixed order and balances are changed by conditional updates: reading and then writing oversells
under load, and unsorted lines deadlock (measured: README, decisions).
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import Actor
from webapp.kernel.database import connection
from webapp.kernel.errors import Refusal
from webapp.kernel.numbers import next_number
from webapp.places import service as place_service
from webapp.places.rules import PlaceKind
from webapp.supplies.labels import PREFIXES
from webapp.supplies.models import Move, Slip, StockCount
from webapp.supplies.queries import AnyItem, AnyLot
from webapp.supplies.rules import Event, Measure, Reason, SlipKind, Stand
from webapp.supplies.service import marks, shelves
from webapp.supplies.service.counted import Counted, refuse_changed
from webapp.supplies.service.differences import LotOfCount, far_off, judge_again
from webapp.supplies.service.shelves import Book, Shelf
from webapp.supplies.service.terms import amount_term, item_term, lot_term

_NAMES = {  # names in the database; pages show the label of the kind
    PlaceKind.SUPPLIER: "供货方",
    PlaceKind.CONSUMPTION: "领用",
    PlaceKind.LOSS: "损耗",
    PlaceKind.DISPOSAL: "报废",
    PlaceKind.DIFFERENCE: "盘点差异",
}


_OF_SLIP = [column.name for column in Slip.__table__.columns]
_SLIP, _COUNTS, _MOVES = (insert(model.__table__) for model in (Slip, StockCount, Move))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Line:
    """A move to be written, with its source and destination."""

    line_no: int
    item: AnyItem
    lot: AnyLot
    measure: Measure
    steps: int
    from_id: UUID
    to_id: UUID
    reverses: int | None = None


@dataclass(slots=True)
class Act:
    """A slip with its moves or counts. A late act is a fact and is never refused because of stock.

    `warehouses` are the places of its moves that have balances. `undone` is the slip that it reverses, `released` are
    the counts of that slip.
    """

    slip: Slip
    warehouses: frozenset[UUID]
    lines: Sequence[Line] = ()
    counts: Sequence[Counted] = ()
    undone: Slip | None = None
    released: Sequence[Counted] = ()
    is_late: bool = False

    @property
    def stand(self) -> Stand:
        """The position of its effect; that of the undone slip for an undo."""
        return (self.slip.stands_at, self.undone.id if self.undone else self.slip.id)


def counterpart(kind: PlaceKind, *, by: Actor, at: datetime) -> UUID:
    """The place of a kind without balances; added if the installation has none."""
    return place_service.keep_counterpart(kind, f"~{kind.value.upper()}", _NAMES[kind], by=by, at=at)


def write(act: Act, *, by: Actor, at: datetime) -> None:
    """Settle all shelves of the act and write its rows and the balances.

    Raises Refusal `stock-short`, `undo-goods-gone`, `count-changed`, `count-reserved`, unless the act is late.
    """
    effects = _effects(act)
    books = shelves.lock(effects)
    _place(act, at, books.values())
    if act.counts and not act.is_late:
        refuse_changed(act.slip.place_id, act.counts, {shelf.lot_id: book.on_hand for shelf, book in books.items()})
    covered = shelves.cover(effects, act.slip.stands_at) if act.is_late or act.undone else {}
    later = shelves.events_from(_overtaken(act, books, covered), act.slip.stands_at)
    for shelf, own in effects.items():
        _settle(act, own, books[shelf], later.get(shelf, []))
    if not act.is_late:
        _refuse(act, books)
    # As late as possible: until the end of the transaction others wait for the next number.
    act.slip.number = next_number(PREFIXES[act.slip.kind], clock.district_day(act.slip.occurred_at))
    connection().execute(_SLIP, {name: getattr(act.slip, name) for name in _OF_SLIP})
    differences = marks.differences_of_counts(books)
    _write_counts(act, differences)
    _write_moves(act, books, by=by, at=at)
    _mark_counts(act, books, differences, is_early=bool(later))
    for shelf in shelves.store(books, dict.fromkeys(books, act.slip.stands_at) | covered):
        key = {name: str(value) for name, value in shelf._asdict().items()}
        journal.write("stock.reservation-cut", "stock_slip", act.slip.id, by=by, at=at, **key)


def _effects(act: Act) -> dict[Shelf, tuple[int, int | None]]:
    """The effect of the act on each shelf: (net steps, counted steps or None)."""
    nets: defaultdict[Shelf, int] = defaultdict(int)
    for line in act.lines:
        for place_id, steps in ((line.from_id, -line.steps), (line.to_id, line.steps)):
            if place_id in act.warehouses:
                nets[Shelf(line.item.id, line.lot.id, place_id)] += steps
    effects: dict[Shelf, tuple[int, int | None]] = {shelf: (net, None) for shelf, net in nets.items()}
    effects |= {Shelf(counted.item.id, counted.lot.id, act.slip.place_id): (0, None) for counted in act.released}
    effects |= {Shelf(counted.item.id, counted.lot.id, act.slip.place_id): (0, counted.steps) for counted in act.counts}
    return dict(sorted(effects.items()))


def _place(act: Act, at: datetime, books: Iterable[Book]) -> None:
    """Set the position of the slip: for a late one its own time, for an undo that of its slip."""
    now = shelves.stand_now(at, books)
    if not act.is_late:
        act.slip.received_at = now
        act.slip.stands_at = act.undone.stands_at if act.undone else now


def _overtaken(act: Act, books: dict[Shelf, Book], covered: Container[Shelf]) -> list[Shelf]:
    """The shelves that may have events after the act."""
    if act.undone:
        return list(books)
    at = act.slip.stands_at
    return [
        shelf
        for shelf, book in books.items()
        if shelf in covered or (book.last_stand_at is not None and book.last_stand_at >= at)
    ]


def _settle(act: Act, own: tuple[int, int | None], book: Book, events: Sequence[Event]) -> None:
    after = [event for event in events if event.stand > act.stand]
    if act.undone:
        undone = next((event for event in events if event.slip == act.undone.id), None)
        shelves.settle_off(book, undone or Event(*act.stand), after)
    else:
        net, counted = own
        shelves.settle_on(book, Event(*act.stand, net, counted), after)


def _refuse(act: Act, books: dict[Shelf, Book]) -> None:
    """Refuse a present act that takes more than is available, or stock that a later slip has used."""
    for shelf, book in books.items():
        gone = next((event for event, change in book.changes if event.counted is None and change > 0), None)
        if gone and gone.stand != act.stand:
            user = db.session.get_one(Slip, gone.slip)
            raise Refusal("undo-goods-gone", **_named(act, shelf), number=user.number)
        if gone or book.left < book.reserved:
            raise _short(act, shelf, book)


def _short(act: Act, shelf: Shelf, book: Book) -> Refusal:
    if act.counts or act.undone:
        return Refusal("count-reserved" if act.counts else "undo-reserved", **_named(act, shelf))
    line = next(candidate for candidate in act.lines if candidate.lot.id == shelf.lot_id)
    left = amount_term(max(book.on_hand - book.reserved, 0), line.item, line.measure)
    requested = amount_term(-book.delta, line.item, line.measure)
    return Refusal("stock-short", **_named(act, shelf), left=left, wanted=requested)


def _named(act: Act, shelf: Shelf) -> dict[str, Any]:
    named: list[Line | Counted] = [*act.lines, *act.counts, *act.released]
    line = next(line for line in named if line.lot.id == shelf.lot_id)
    return {"item": item_term(line.item), "lot": lot_term(line.lot.number)}


def _write_counts(act: Act, differences: Mapping[LotOfCount, int]) -> None:
    """Write the rows of a count. A reason on the slip explains all its differences."""
    is_far, has_reason = far_off() if act.counts else None, bool(act.slip.difference_reason)
    rows = []
    for counted in act.counts:
        difference = differences.get((act.slip.id, counted.lot.id), 0)
        row: dict[str, Any] = {
            "slip_id": act.slip.id,
            "lot_id": counted.lot.id,
            "place_id": act.slip.place_id,
            "item_id": counted.item.id,
        }
        row |= {"counted": counted.steps, "measure": counted.measure.key, "seen_seq": counted.seen_seq}
        row |= {"begun_at": counted.begun_at or act.slip.stands_at, "explained": difference if has_reason else None}
        row |= {
            "wants_reason": bool(is_far and is_far(counted.steps, difference, counted.item.scale)) and not has_reason
        }
        rows.append(row)
    if rows:
        connection().execute(_COUNTS, rows)


def _mark_counts(
    act: Act, books: Mapping[Shelf, Book], differences: Mapping[LotOfCount, int], *, is_early: bool
) -> None:
    """Update the marks of existing counts after the act; `is_early`: there are events after it."""
    others = {key: difference for key, difference in differences.items() if key[0] != act.slip.id}
    if others:
        named: list[Line | Counted] = [*act.lines, *act.counts, *act.released]
        judge_again(others, {line.lot.id: line.item.scale for line in named})
    if act.undone or (act.is_late and is_early):
        marks.mark_disturbed(books)
    elif act.counts:
        marks.clear_disturbed(books)


def _write_moves(act: Act, books: dict[Shelf, Book], *, by: Actor, at: datetime) -> None:
    """Write all rows in one statement, incoming ones first, so that no shelf is ever below zero."""
    rows = [_line_row(act, line) for line in act.lines]
    changes = [(shelf, event, change) for shelf, book in books.items() for event, change in book.changes]
    if changes:
        difference = counterpart(PlaceKind.DIFFERENCE, by=by, at=at)
        reasons = _reasons(act, {event.slip for _shelf, event, _change in changes})
        first = max((line.line_no for line in act.lines), default=0) + 1
        rows += [
            _fix_row(act, first + number, shelf, event, change, difference, reasons)
            for number, (shelf, event, change) in enumerate(changes)
        ]
    kept = {shelf.place_id for shelf in books}
    rows.sort(key=lambda row: (row["from_id"] in kept) + (row["from_id"] in kept and row["to_id"] not in kept))
    if rows:
        connection().execute(_MOVES, rows)


def _line_row(act: Act, line: Line) -> dict[str, Any]:
    at, event_id = act.stand
    return {
        "slip_id": act.slip.id,
        "line_no": line.line_no,
        "item_id": line.item.id,
        "lot_id": line.lot.id,
        "quantity": line.steps,
        "measure": line.measure.key,
        "from_id": line.from_id,
        "to_id": line.to_id,
        "reason": act.slip.reason,
        "reverses": line.reverses,
        "event_id": event_id,
        "stands_at": at,
        "is_fix": False,
    }


def _fix_row(
    act: Act, line_no: int, shelf: Shelf, event: Event, change: int, difference: UUID, reasons: dict[UUID, Reason]
) -> dict[str, Any]:
    from_id, to_id = (difference, shelf.place_id) if change > 0 else (shelf.place_id, difference)
    return {
        "slip_id": act.slip.id,
        "line_no": line_no,
        "item_id": shelf.item_id,
        "lot_id": shelf.lot_id,
        "quantity": abs(change),
        "measure": "base",
        "from_id": from_id,
        "to_id": to_id,
        "reason": reasons[event.slip],
        "reverses": None,
        "event_id": event.slip,
        "stands_at": event.at,
        "is_fix": True,
    }


def _reasons(act: Act, slip_ids: set[UUID]) -> dict[UUID, Reason]:
    """The reason of each slip's correction: a count's own reason, else shortfall."""
    others = slip_ids - {act.slip.id}
    rows = db.session.execute(select(Slip.id, Slip.kind, Slip.reason).where(Slip.id.in_(others))) if others else ()
    known = {id_: (kind, reason) for id_, kind, reason in rows} | {act.slip.id: (act.slip.kind, act.slip.reason)}
    return {id_: known[id_][1] if known[id_][0] is SlipKind.COUNT else Reason.SHORTFALL for id_ in slip_ids}
