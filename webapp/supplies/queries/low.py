"""How many items each warehouse is short of, as its list of items says."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.figures import Parts
from webapp.kernel.listing import Part
from webapp.places.queries import unit_of, visible_places
from webapp.supplies.models import Balance, Item, Lot
from webapp.supplies.queries.items import stock_at
from webapp.supplies.queries.stock import is_expired


def low_parts(reach: Reach, filters: dict[str, Any]) -> Parts:
    """The same by warehouse and its unit, each alone: what its warehouses hold together is held against the levels."""
    levelled = select(Item.id, Item.low_level).where(Item.is_closed.is_(False), Item.low_level > 0)
    levels = {item_id: level or 0 for item_id, level in db.session.execute(levelled)}
    usable = case((is_expired(clock.district_day(clock.now())), 0), else_=Balance.on_hand)
    of_place = Balance.place_id, unit_of(Balance.place_id).label("unit_id")
    query = select(*of_place, cast(func.sum(usable), BigInteger), Balance.item_id)
    query = query.join(Lot, Lot.id == Balance.lot_id).where(*stock_at(reach, filters))
    rows = [Part(*row) for row in db.session.execute(query.group_by(Balance.place_id, Balance.item_id))]
    return Parts(rows, lambda held: sum(held.get(item_id, 0) < level for item_id, level in levels.items()))


def low_by_place(reach: Reach) -> Sequence[Any]:
    """The number of items below their low level in each warehouse within reach that has or had goods: rows of place_id
    and `number`, in one statement.
    """
    watched = Item.is_closed.is_(False), Item.low_level > 0
    here = Balance.place_id.in_(visible_places(reach))
    enough = select(Balance.place_id).join(Lot, Lot.id == Balance.lot_id).join(Item, Item.id == Balance.item_id)
    enough = enough.where(here, *watched, ~is_expired(clock.district_day(clock.now())))
    enough = enough.group_by(Balance.place_id, Balance.item_id, Item.low_level)
    shelves = enough.having(func.sum(Balance.on_hand) >= Item.low_level).subquery()
    good = select(shelves.c.place_id, func.count().label("number")).group_by(shelves.c.place_id).subquery()
    held = select(Balance.place_id).where(here).distinct().subquery()
    total = select(func.count()).select_from(Item).where(*watched).scalar_subquery()
    number = (total - func.coalesce(good.c.number, 0)).label("number")
    query = select(held.c.place_id, number).outerjoin(good, good.c.place_id == held.c.place_id)
    return db.session.execute(query).all()
