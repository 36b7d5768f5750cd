"""How many items each warehouse is short of, as its list of items says."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.places.queries import visible_places
from webapp.supplies.models import Balance, Item, Lot
from webapp.supplies.queries.stock import is_expired


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
