"""A street with two villages, a clerk of each, and their daily report."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.publicity.kinds import PUBLICITY


@pytest.fixture
def street(app):
    """Ids of the units, actors and clients by name, and the id of the kind, owed since ten days ago."""
    units = {"street": masters.unit(app, "S")}
    units |= {name: masters.unit(app, name.upper(), units["street"]) for name in ("east", "west")}
    ids = {name: masters.person(app, name, Role.CLERK, unit_id=unit) for name, unit in units.items()}
    ids["commander"] = masters.person(app, "commander", Role.COMMANDER)
    with app.app_context():
        by = {name: accounts.actor_of(accounts.find_person(id_)) for name, id_ in ids.items()}
        kind = office.set_up(units["east"], units["west"], since=office.days_ago(10))
    return SimpleNamespace(app=app, units=units, by=by, clients=Clients(app), kind=kind)


class Clients(dict):
    """A client of each person, signed in when it is first asked for."""

    def __init__(self, app):
        super().__init__()
        self.app = app

    def __missing__(self, name):
        self[name] = masters.signed_in(self.app, name)
        return self[name]


@pytest.fixture
def hang(street):
    """Record banners in a village today."""

    def record(name, count, day=None, uuid=None, **more):
        log = {"means": "banner", "count": count, "unit": street.units[name], "area": "路口", "uuid": uuid or uuid4()}
        fields = MultiDict({k: str(v) for k, v in (log | {"from_on": day or office.today()} | more).items()})
        return entries.deliver(PUBLICITY, fields, by=street.by[name], at=clock.now()).receipt.uuid

    return record
