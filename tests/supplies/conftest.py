"""A warehouse district: two warehouses, a keeper of the first, one item with boxes of 30 and a barcode on the box."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.support import catalogue, masters
from webapp.accounts import queries as accounts
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind
from webapp.supplies import kinds, queries

CODE = "(01)06901234567892(17)271231(10)A213B1"


@pytest.fixture
def house(app):
    """Ids and doers of the warehouse; use inside `app.app_context()`."""
    here = masters.place(app, "WH-01", PlaceKind.WAREHOUSE)
    there = masters.place(app, "WH-02", PlaceKind.WAREHOUSE)
    hospital = masters.place(app, "H-01", PlaceKind.HOSPITAL)
    keeper_id = masters.person(app, "keeper", Role.KEEPER, place_id=here)
    with app.app_context():
        keeper = accounts.actor_of(accounts.find_person(keeper_id))
        catalogue.load(keeper)
        item = queries.find_item_by_code("XS-02")
        box = str(item.packs[0].id)
        item_id = item.id
    return SimpleNamespace(app=app, here=here, there=there, hospital=hospital, keeper=keeper, item=item_id, box=box)


@pytest.fixture
def deliver(house):
    """deliver(kind, lines, **head): one entry by the keeper; gives the delivery."""

    def deliver(kind, lines, by=None, at=None, uuid=None, **head):
        head = {name: str(value) for name, value in head.items()}
        fields = MultiDict({"place": str(house.here), "uuid": str(uuid or uuid4()), **head})
        for number, values in enumerate(lines):
            fields.update({f"lines-{number}-{name}": str(value) for name, value in values.items()})
        return entries.deliver(kind, fields, by=by or house.keeper, at=at or clock.now())

    return deliver


@pytest.fixture
def line(house):
    def line(quantity, measure=None, lot="A213B1", expires_on="2027-12-31", item=None, **more):
        return {
            "item": item or house.item,
            "quantity": quantity,
            "measure": measure or house.box,
            "lot": lot,
            "expires_on": expires_on,
        } | more

    return line


@pytest.fixture
def stocked(house, deliver, line):
    """40 boxes of lot A213B1 lie in the first warehouse."""
    with house.app.app_context():
        assert deliver(kinds.IN, [line(40)], reason="purchase").receipt
    return house


@pytest.fixture
def today():
    return clock.district_day(clock.now())


@pytest.fixture
def yesterday(today):
    return today - timedelta(days=1)
