"""What lies where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.parse.codes import lot_key
from webapp.places import queries as places
from webapp.places.rules import PlaceKind
from webapp.supplies.models import Balance, Item, Lot, Slip
from webapp.supplies.rules import SOON_DAYS, Candidate, SlipKind

READERS = (Role.KEEPER, Role.APPROVER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A balance with the words to show it."""

    place_id: UUID
    place_name: str
    item: Item
    lot: str
    lot_id: UUID
    made_on: date | None
    expires_on: date | None
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


def warehouses(reach: Reach) -> Sequence[Any]:
    """The open warehouses in reach: those to read by a reader's reach, those to keep by a keeper's."""
    return places.places_of(reach, (PlaceKind.WAREHOUSE,))


def candidates(place_id: UUID, item_id: UUID) -> list[Candidate]:
    """What is free of each batch of an item in a warehouse."""
    query = select(Lot.number, Lot.expires_on, Balance.on_hand - Balance.reserved).join(Lot, Lot.id == Balance.lot_id)
    query = query.where(Balance.place_id == place_id, Balance.item_id == item_id, Balance.on_hand > Balance.reserved)
    return [Candidate(number, expires_on, free) for number, expires_on, free in db.session.execute(query)]


def lots_of(item_ids: Collection[UUID], numbers: Collection[str]) -> dict[tuple[UUID, str], Lot]:
    """The lots of some items that carry some numbers, by item and by the key of the number (`lot_key`)."""
    if not item_ids:
        return {}
    keys = {lot_key(number) for number in numbers}
    found = db.session.scalars(select(Lot).where(Lot.item_id.in_(item_ids), Lot.number_key.in_(keys)))
    return {(lot.item_id, lot.number_key): lot for lot in found}


def find_lot(item_id: UUID, number: str) -> Lot | None:
    query = select(Lot).where(Lot.item_id == item_id, Lot.number_key == lot_key(number))
    return db.session.scalars(query).one_or_none()


def on_hand(place_id: UUID, lot_id: UUID) -> int:
    query = select(Balance.on_hand).where(Balance.place_id == place_id, Balance.lot_id == lot_id)
    return db.session.scalar(query) or 0


def held(place_id: UUID, lot_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """(on hand, reserved) of some lots in a warehouse."""
    query = select(Balance.lot_id, Balance.on_hand, Balance.reserved)
    rows = db.session.execute(query.where(Balance.place_id == place_id, Balance.lot_id.in_(lot_ids)))
    return {lot_id: (on_hand, reserved) for lot_id, on_hand, reserved in rows}


def open_shelves(reach: Reach) -> list[Shelf]:
    """What lies in the open warehouses in reach."""
    own = [place.id for place in warehouses(reach)]
    return _shelved(_shelves().where(Balance.place_id.in_(own), Balance.on_hand > 0))


def shelves(reach: Reach, item_id: UUID | None = None, place_id: UUID | None = None) -> list[Shelf]:
    """What the warehouses in reach hold, by place and by what expires first."""
    query = _shelves().where(Balance.place_id.in_(places.visible_places(reach)), Balance.on_hand > 0)
    if item_id:
        query = query.where(Balance.item_id == item_id)
    if place_id:
        query = query.where(Balance.place_id == place_id)
    return _shelved(query)


def shelves_anywhere(*item_ids: UUID) -> list[Shelf]:
    """What any warehouse has free of some items: told to a keeper whose own shelf is empty."""
    return _shelved(_shelves().where(Balance.item_id.in_(item_ids), Balance.on_hand > Balance.reserved))


def expiring(reach: Reach, today: date, days: int = SOON_DAYS) -> list[Shelf]:
    """What is expired or will be within some days, in the warehouses in reach, the earliest first."""
    query = _shelves().where(Balance.place_id.in_(places.visible_places(reach)), Balance.on_hand > 0)
    query = query.where(Lot.expires_on <= today + timedelta(days=days)).order_by(None).order_by(Lot.expires_on)
    return _shelved(query)


def low_items(reach: Reach) -> list[tuple[Item, int]]:
    """Items below their level, and what there is of them in the warehouses in reach."""
    total = func.coalesce(func.sum(Balance.on_hand), 0)
    query = select(Item, total).outerjoin(
        Balance, (Balance.item_id == Item.id) & Balance.place_id.in_(places.visible_places(reach))
    )
    query = query.where(Item.low_level.is_not(None), Item.is_closed.is_(False)).group_by(Item.id)
    return [(item, int(held)) for item, held in db.session.execute(query.having(total < Item.low_level))]


def figures(reach: Reach, at: datetime) -> dict[SlipKind, int]:
    """How many slips of each kind today."""
    start, end = clock.day_bounds(clock.district_day(at))
    query = select(Slip.kind, func.count()).where(Slip.occurred_at >= start, Slip.occurred_at < end)
    rows = db.session.execute(query.where(Slip.place_id.in_(places.visible_places(reach))).group_by(Slip.kind)).all()
    return dict.fromkeys(SlipKind, 0) | {row[0]: row[1] for row in rows}


def _shelves() -> Any:
    query = select(Balance, Lot, Item).join(Lot, Lot.id == Balance.lot_id).join(Item, Item.id == Balance.item_id)
    return query.order_by(Balance.place_id, Item.code, Lot.expires_on.asc().nulls_last(), Lot.number)


def _shelved(query: Select[Any]) -> list[Shelf]:
    rows = db.session.execute(query).all()
    names = places.names({balance.place_id for balance, _lot, _item in rows})
    return [
        Shelf(
            balance.place_id,
            names[balance.place_id],
            item,
            lot.number,
            lot.id,
            lot.made_on,
            lot.expires_on,
            balance.on_hand,
            balance.reserved,
        )
        for balance, lot, item in rows
    ]
