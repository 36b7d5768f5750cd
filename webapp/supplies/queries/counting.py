"""A count in progress: the book when a line was opened, the difference of each lot, and lots that are not listed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from webapp.extensions import db
from webapp.kernel.parse.codes import lot_key
from webapp.supplies.models import Balance, Item, Lot, Move, Slip
from webapp.supplies.queries.articles import AnyItem, find_items
from webapp.supplies.queries.items import measures_of
from webapp.supplies.queries.lots import lots_of
from webapp.supplies.queries.stock import held
from webapp.supplies.queries.typed import identity, quantity_of
from webapp.supplies.rules import CountScope


@dataclass(frozen=True, slots=True)
class Difference:
    """A lot of a count, in steps; a full count enters lots that it does not list as 0."""

    item: AnyItem
    lot: str
    expires_on: date | None
    book: int
    counted: int
    is_listed: bool = True

    @property
    def steps(self) -> int:
        return self.counted - self.book


LotKey = tuple[UUID, str]  # item, normalised number


def open_lines(place_id: UUID | None, lines: Sequence[dict[str, str]], at: datetime) -> None:
    """Set on each newly opened line the book quantity, the newest move and the time."""
    fresh = [line for line in lines if not line.get("seen_seq")]
    if place_id is None or not fresh:
        return
    keys = {key for line in fresh if (key := _key(line))}
    lots = lots_of({item_id for item_id, _number in keys}, {number for _item_id, number in keys})
    ids = [lot.id for lot in lots.values()]
    books, seen = held(place_id, ids), newest_moves(place_id, ids)
    begun_at = max(at, db.session.scalar(select(func.max(Slip.received_at))) or at)
    for line in fresh:
        key = _key(line)
        lot = lots.get(key) if key else None
        line["book"] = str(books.get(lot.id, (0, 0))[0] if lot else 0)
        line["seen_seq"] = str(seen.get(lot.id, 0) if lot else 0)
        line["begun_at"] = begun_at.isoformat()


def close_lines(lines: Sequence[dict[str, str]], item_id: str, number: str) -> None:
    """Reset the lines of a lot that moved during the count, so that it is counted again."""
    for line in lines:
        if (line["item"], lot_key(line["lot"])) == (item_id, lot_key(number)):
            line |= {"quantity": "", "book": "", "seen_seq": "", "begun_at": ""}


def differences(place_id: UUID, lines: Sequence[dict[str, str]], scope: CountScope) -> list[Difference]:
    """The differences of a count by lot: the sum of a lot's lines compared with the present book.

    Lines without a quantity are ignored; a full count adds the lots that are not listed, as 0.
    """
    sums, keys = _sums(lines), {key for line in lines if (key := _key(line))}
    items = find_items(item_id for item_id, _number in keys)
    lots = lots_of(set(items), {number for _item_id, number in keys})
    books = held(place_id, [lot.id for lot in lots.values()])
    changed = []
    for (item_id, number), (written, counted) in sums.items():
        lot = lots.get((item_id, number))
        book = books.get(lot.id, (0, 0))[0] if lot else 0
        named = (lot.number, lot.expires_on) if lot else (written, None)
        changed.append(Difference(items[item_id], *named, book, counted))
    listed = [lots[key].id for key in keys if key in lots]
    rest = not_listed(place_id, scope, set(items), listed)
    return changed + [
        Difference(item, lot.number, lot.expires_on, book, 0, is_listed=False) for item, lot, book in rest
    ]


def not_listed(
    place_id: UUID,
    scope: CountScope,
    item_ids: Collection[UUID],
    lot_ids: Collection[UUID],
    since: datetime | None = None,
) -> Sequence[Any]:
    """(item, lot, on hand) of the lots that a full count covers without listing them.

    `since` is the time of a late count: lots that moved after it may have been there.
    """
    if scope is CountScope.LISTED:
        return []
    lies = Balance.on_hand > 0
    query = select(Item, Lot, Balance.on_hand).join(Balance, Balance.item_id == Item.id)
    query = query.join(Lot, Lot.id == Balance.lot_id).where(Balance.place_id == place_id)
    query = query.where(or_(lies, Balance.last_stand_at >= since) if since else lies, Lot.id.not_in(lot_ids))
    if scope is CountScope.ITEMS:
        query = query.where(Item.id.in_(item_ids))
    return db.session.execute(query.order_by(Item.code, Lot.number)).all()


def newest_moves(place_id: UUID, lot_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the newest move of each lot in a warehouse."""
    query = select(Move.lot_id, func.max(Move.seq)).where(Move.lot_id.in_(lot_ids))
    query = query.where(or_(Move.to_id == place_id, Move.from_id == place_id))
    return dict(db.session.execute(query.group_by(Move.lot_id)).all())


def _key(line: Mapping[str, str]) -> LotKey | None:
    item_id = identity(line["item"])
    return (item_id, lot_key(line["lot"])) if item_id else None


def _sums(lines: Sequence[dict[str, str]]) -> dict[LotKey, tuple[str, int]]:
    """(number as written, steps) of each lot with a quantity."""
    sums: dict[LotKey, tuple[str, int]] = {}
    items = find_items(identity(line["item"]) for line in lines)
    for line in lines:
        key = _key(line)
        if key and key[0] in items and line["quantity"].strip():
            measures = {measure.key: measure.steps for measure in measures_of(items[key[0]])}
            steps = int(quantity_of(line) * measures.get(line["measure"] or "base", 0))
            written, before = sums.get(key, (line["lot"], 0))
            sums[key] = written, before + steps
    return sums
