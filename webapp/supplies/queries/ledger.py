"""The ledger (台账) of an item: its moves in and out of warehouses, with the running balance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import lazyload

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.listing import filters
from webapp.places import queries as places
from webapp.places.labels import KINDS
from webapp.supplies.models import Lot, Move, Slip
from webapp.supplies.rules import Reason, SlipKind

PAGE = 50
PRINTED = 2_000  # rows in print; a file has all
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class LedgerRow:
    seq: int
    stands_at: datetime
    booked_at: datetime | None  # the time of booking of a late row
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
    """A page of an item's moves; quantities in steps. `opening`, `incoming` and `outgoing` are of the whole period,
    `brought` is the balance before the first row shown, `total` the number of rows of the period if counted.
    """

    opening: int
    incoming: int
    outgoing: int
    brought: int
    rows: Sequence[LedgerRow]
    has_earlier: bool
    has_later: bool
    total: int | None = None

    @property
    def closing(self) -> int:
        return self.opening + self.incoming - self.outgoing


@dataclass(frozen=True, slots=True)
class Turn:
    """A position in the ledger: the page after or before a move (by its number), or the latest page by default."""

    after: int | None = None
    before: int | None = None


LATEST = Turn()


def ledger_of(
    item_id: UUID, place_ids: Sequence[UUID], since: date | None, until: date | None, turn: Turn = LATEST
) -> Ledger:
    """A page of the ledger over whole district days, both included, oldest first; by default the latest page.

    A transfer between two of the places is one row, in and out. The cost does not grow with earlier pages.
    """
    return _ledger(item_id, place_ids, since, until, turn, PAGE)


def printed_ledger_of(item_id: UUID, place_ids: Sequence[UUID], since: date | None, until: date | None) -> Ledger:
    """The latest rows of the period for print, and the total number if there are more."""
    ledger = _ledger(item_id, place_ids, since, until, LATEST, PRINTED)
    if not ledger.has_earlier:
        return ledger
    _opening, period = _period(item_id, place_ids, since, until)
    total = db.session.scalar(select(func.count()).select_from(Move).where(*period))
    return replace(ledger, total=total)


def whole_ledger_of(
    item_id: UUID, place_ids: Sequence[UUID], since: date | None, until: date | None
) -> tuple[int, Iterator[list[LedgerRow]]]:
    """The opening balance and all rows of the period in chunks, oldest first, for a file."""
    opening, period = _period(item_id, place_ids, since, until)
    return opening, _chunks(period, opening, place_ids)


def _chunks(period: list[ColumnElement[bool]], balance: int, place_ids: Sequence[UUID]) -> Iterator[list[LedgerRow]]:
    rank = _rank(place_ids)
    query = _select(period, rank).order_by(Move.stands_at, Move.event_id, rank, Move.seq).limit(CHUNK)
    chunk = list(db.session.execute(query))
    while chunk:
        rows = _rows(chunk, balance, place_ids)
        balance = rows[-1].balance
        last = chunk[-1][0]
        place, is_last = (last.stands_at, last.event_id, chunk[-1][3], last.seq), len(chunk) < CHUNK
        del chunk
        db.session.rollback()
        db.session.expunge_all()
        yield rows
        chunk = [] if is_last else list(db.session.execute(query.where(_beyond(rank, place))))


def _period(
    item_id: UUID, place_ids: Sequence[UUID], since: date | None, until: date | None
) -> tuple[int, list[ColumnElement[bool]]]:
    """The balance before a period, and the conditions for its moves."""
    mine = and_(Move.item_id == item_id, or_(Move.from_id.in_(place_ids), Move.to_id.in_(place_ids)))
    start = clock.day_bounds(since)[0] if since else None
    opening = _net(_sums(mine, place_ids, Move.stands_at < start)) if start else 0
    return opening, [mine, *filters.period(Move.stands_at, {"since": since, "until": until})]


def _ledger(
    item_id: UUID, place_ids: Sequence[UUID], since: date | None, until: date | None, turn: Turn, size: int
) -> Ledger:
    opening, period = _period(item_id, place_ids, since, until)
    rank = _rank(place_ids)
    rows, has_earlier, has_later = _page(period, rank, _cursor(item_id, rank, turn), turn, size)
    incoming, outgoing = _sums(and_(*period), place_ids)
    brought = opening
    if has_earlier and rows:
        first = rows[0][0]
        place = (first.stands_at, first.event_id, rows[0][3], first.seq)
        brought += _net(_sums(and_(*period), place_ids, _before(rank, place)))
    return Ledger(opening, incoming, outgoing, brought, _rows(rows, brought, place_ids), has_earlier, has_later)


_Place = tuple[datetime, UUID, int, int]  # where a row stands on paper: stand, slip, what comes in first, number


def _rank(place_ids: Sequence[UUID]) -> ColumnElement[int]:
    """Sorts incoming before outgoing rows, so that the ledger never falls below zero."""
    return case((Move.from_id.not_in(place_ids), 0), (Move.to_id.in_(place_ids), 1), else_=2)


def _page(
    period: list[ColumnElement[bool]], rank: ColumnElement[int], cursor: _Place | None, turn: Turn, size: int
) -> tuple[list[Any], bool, bool]:
    """The rows, and whether there are earlier and later ones in the period."""
    query = _select(period, rank)
    forward = cursor is not None and turn.after is not None
    if cursor is not None:
        query = query.where(_beyond(rank, cursor) if forward else _before(rank, cursor))
    order = (Move.stands_at, Move.event_id, rank, Move.seq)
    query = query.order_by(*(order if forward else (column.desc() for column in order)))
    rows = list(db.session.execute(query.limit(size + 1)))
    has_more, rows = len(rows) > size, rows[:size]
    if forward:
        return rows, True, has_more
    rows.reverse()
    return rows, has_more, cursor is not None


def _select(period: list[ColumnElement[bool]], rank: ColumnElement[int]) -> Any:
    query = select(Move, Slip, Lot, rank).join(Slip, Slip.id == Move.slip_id).join(Lot, Lot.id == Move.lot_id)
    return query.where(*period).options(lazyload(Slip.place), lazyload(Slip.other), lazyload(Slip.person))


def _cursor(item_id: UUID, rank: ColumnElement[int], turn: Turn) -> _Place | None:
    """The position of a turn's move; None for a move of another item."""
    seq = turn.after if turn.after is not None else turn.before
    if seq is None or not 0 < seq < 2**62:
        return None
    query = select(Move.stands_at, Move.event_id, rank).where(Move.seq == seq, Move.item_id == item_id)
    row = db.session.execute(query).one_or_none()
    return (*row, seq) if row else None


def _before(rank: ColumnElement[int], place: _Place) -> ColumnElement[bool]:
    """The condition for rows before a position, with an additional bound so that both databases use the index."""
    at, event_id, ranked, seq = place
    return and_(
        Move.stands_at <= at,
        or_(
            Move.stands_at < at,
            Move.event_id < event_id,
            and_(Move.event_id == event_id, or_(rank < ranked, and_(rank == ranked, Move.seq < seq))),
        ),
    )


def _beyond(rank: ColumnElement[int], place: _Place) -> ColumnElement[bool]:
    at, event_id, ranked, seq = place
    return and_(
        Move.stands_at >= at,
        or_(
            Move.stands_at > at,
            Move.event_id > event_id,
            and_(Move.event_id == event_id, or_(rank > ranked, and_(rank == ranked, Move.seq > seq))),
        ),
    )


def _sums(where: ColumnElement[bool], place_ids: Sequence[UUID], *more: ColumnElement[bool]) -> tuple[int, int]:
    """The incoming and the outgoing steps."""

    def total(end: Any) -> Any:
        return func.coalesce(func.sum(case((end.in_(place_ids), Move.quantity), else_=0)), 0)

    incoming, outgoing = db.session.execute(select(total(Move.to_id), total(Move.from_id)).where(where, *more)).one()
    return int(incoming), int(outgoing)


def _net(sums: tuple[int, int]) -> int:
    return sums[0] - sums[1]


def _rows(rows: Sequence[Any], brought: int, place_ids: Sequence[UUID]) -> list[LedgerRow]:
    inside = frozenset(place_ids)
    place_names = places.names({end for move, _slip, _lot, _rank in rows for end in (move.from_id, move.to_id)})
    place_names |= {id_: str(KINDS[kind]) for id_, kind in places.counterparts().items()}
    people = accounts.names({slip.person_id for _move, slip, _lot, _rank in rows})
    lines, balance = [], brought
    for move, slip, lot, _rank in rows:
        incoming = move.quantity if move.to_id in inside else 0
        outgoing = move.quantity if move.from_id in inside else 0
        balance += incoming - outgoing
        other = place_names[move.to_id if outgoing else move.from_id]
        lines.append(
            LedgerRow(
                move.seq,
                move.stands_at,
                slip.received_at if slip.received_at > move.stands_at else None,
                slip.id,
                slip.number,
                slip.kind,
                move.reason,
                other if move.is_fix else slip.counterparty or other,
                lot.number,
                lot.expires_on,
                incoming,
                outgoing,
                balance,
                people.get(slip.person_id, ""),
            )
        )
    return lines
