"""A commander, two units with a clerk each, and what passes between them."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.tasks import queries
from webapp.tasks.kinds import GIVE, STEPS

WALL = "%Y-%m-%dT%H:%M"


def wall(moment):
    """A moment as a form has it."""
    return clock.local(moment).strftime(WALL)


@pytest.fixture
def street(app):
    """Ids of two units, one below the other and a third beside them, and actors by username."""
    top = masters.unit(app, "TOP")
    here, beside = (masters.unit(app, code, parent_id=top) for code in ("HERE", "BESIDE"))
    below = masters.unit(app, "BELOW", parent_id=here)
    people = {
        "commander": masters.person(app, "commander", Role.COMMANDER),
        "approver": masters.person(app, "approver", Role.APPROVER, unit_id=here),
        "clerk": masters.person(app, "clerk", Role.CLERK, unit_id=here),
        "second": masters.person(app, "second", Role.CLERK, unit_id=here),
        "other": masters.person(app, "other", Role.CLERK, unit_id=beside),
        "administrator": masters.person(app, "administrator", Role.ADMINISTRATOR),
        "guard": masters.person(app, "guard", Role.GATEKEEPER),
    }
    with app.app_context():
        by = {name: accounts.actor_of(accounts.find_person(id_)) for name, id_ in people.items()}
    return SimpleNamespace(app=app, top=top, here=here, below=below, beside=beside, by=by)


@pytest.fixture
def give(street):
    """give(**changes): an assignment of the commander to the unit here; returns its id. Within an app context."""

    def give(by="commander", at=None, due=None, **changes):
        at = at or clock.now()
        typed = {"what": "排查园区废水", "uuid": str(uuid4()), "due": wall(due or at + timedelta(days=2))} | changes
        if not {"unit", "person"} & set(changes):
            typed["unit"] = str(street.here)
        delivery = entries.deliver(GIVE, MultiDict(typed), by=street.by[by], at=at)
        assert delivery.receipt, delivery.form.errors
        return delivery.receipt.uuid

    return give


@pytest.fixture
def act(street):
    """act(name, task_id, by, ...): perform an act; returns the assignment as it is then."""

    def act(name, task_id, by, at=None, files=None, **fields):
        typed = MultiDict({"task": str(task_id), "note": "已办", "uuid": str(uuid4())} | fields)
        if name == "urge":
            del typed["note"]
        delivery = entries.deliver(STEPS[name], typed, files, by=street.by[by], at=at or clock.now())
        assert delivery.receipt, delivery.form.errors
        return queries.find_task(task_id, street.by["commander"].through(Role.COMMANDER))

    return act
