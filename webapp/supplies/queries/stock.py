"""Reads of stock: shelves, lots and warehouses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.parse.codes import lot_key
from webapp.places import queries as places
from webapp.places.rules import PlaceKind
from webapp.supplies.models import Balance, Item, Lot
from webapp.supplies.rules import SOON_DAYS, Candidate, Expiry

DATED_ORDER = (Lot.expires_on, Balance.lot_id, Balance.place_id)
READERS = (Role.KEEPER, Role.APPROVER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A balance with the names for display."""

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
    """The open warehouses within reach, as `places.choice_of`."""
    return places.choice_of(reach, (PlaceKind.WAREHOUSE,))


def candidates(place_id: UUID, item_id: UUID) -> list[Candidate]:
    """The available stock of each batch of an item in a warehouse."""
    query = select(Lot.number, Lot.expires_on, Balance.on_hand - Balance.reserved).join(Lot, Lot.id == Balance.lot_id)
    query = query.where(Balance.place_id == place_id, Balance.item_id == item_id, Balance.on_hand > Balance.reserved)
    return [Candidate(number, expires_on, free) for number, expires_on, free in db.session.execute(query)]


def disputed_lots(item_id: UUID) -> Sequence[Lot]:
    """The lots of an item with two recorded expiry dates."""
    query = select(Lot).where(Lot.item_id == item_id, Lot.disputed_on.is_not(None))
    return db.session.scalars(query.order_by(Lot.number)).all()


def find_disputed(lot_id: UUID) -> Lot | None:
    return db.session.scalars(select(Lot).where(Lot.id == lot_id, Lot.disputed_on.is_not(None))).one_or_none()


def find_lot(item_id: UUID, number: str) -> Lot | None:
    query = select(Lot).where(Lot.item_id == item_id, Lot.number_key == lot_key(number))
    return db.session.scalars(query).one_or_none()


def on_hand(place_id: UUID, lot_id: UUID) -> int:
    query = select(Balance.on_hand).where(Balance.place_id == place_id, Balance.lot_id == lot_id)
    return db.session.scalar(query) or 0


def held(place_id: UUID, lot_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """(on hand, reserved) of lots in a warehouse, by lot id."""
    query = select(Balance.lot_id, Balance.on_hand, Balance.reserved)
    rows = db.session.execute(query.where(Balance.place_id == place_id, Balance.lot_id.in_(lot_ids)))
    return {lot_id: (on_hand, reserved) for lot_id, on_hand, reserved in rows}


def open_shelves(reach: Reach) -> list[Shelf]:
    """The stock of the open warehouses within reach."""
    own = [place.id for place in warehouses(reach)]
    return _shelved(_shelves().where(Balance.place_id.in_(own), Balance.on_hand > 0))


def shelves(reach: Reach, item_id: UUID | None = None, place_id: UUID | None = None) -> list[Shelf]:
    """The stock of the warehouses within reach, by place and earliest expiry."""
    query = _shelves().where(Balance.place_id.in_(places.visible_places(reach)), Balance.on_hand > 0)
    if item_id:
        query = query.where(Balance.item_id == item_id)
    if place_id:
        query = query.where(Balance.place_id == place_id)
    return _shelved(query)


def shelves_anywhere(*item_ids: UUID) -> list[Shelf]:
    """The available stock of items in any warehouse, for a keeper whose own shelf is empty."""
    return _shelved(_shelves().where(Balance.item_id.in_(item_ids), Balance.on_hand > Balance.reserved))


def is_expired(today: date) -> ColumnElement[bool]:
    """The condition that a lot is expired; never NULL, also for a lot without an expiry."""
    return and_(Lot.expires_on.is_not(None), Lot.expires_on < today)


def select_dated(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """(Balance, Lot, Item) of the stock with an expiry in the actor's warehouses."""
    today = clock.district_day(clock.now())
    query: Any = select(Balance, Lot, Item).join(Lot, Lot.id == Balance.lot_id)
    query = query.join(Item, Item.id == Balance.item_id).where(places.at_visible_place(Balance.place_id, reach))
    query = query.where(Balance.on_hand > 0, Lot.expires_on.is_not(None))
    if state := filters.get("state"):
        soon = today + timedelta(days=SOON_DAYS)
        states = {
            Expiry.EXPIRED: Lot.expires_on < today,
            Expiry.SOON: Lot.expires_on.between(today, soon),
            Expiry.GOOD: Lot.expires_on > soon,
        }
        query = query.where(states[Expiry(state)])
    dated: Select[Any] = query.where(*places.at_place(Balance.place_id, filters))
    return dated


_SOON = (
    *(Item.id, Item.name, Item.name_en, Item.unit_zh, Item.unit_en, Item.scale),
    *(Item.customary_zh, Item.customary_en, Item.customary_factor),
    *(Lot.number, Lot.expires_on, Balance.on_hand),
)


def expiring_first(reach: Reach, limit: int = 4) -> Sequence[Any]:
    """The stock that expires first in the warehouses within reach, as plain rows of _SOON."""
    query = select_dated(reach, {"state": Expiry.SOON}).with_only_columns(*_SOON, maintain_column_froms=True)
    return db.session.execute(query.order_by(*DATED_ORDER).limit(limit)).all()


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
