"""Two gates, a gatekeeper of the first, and arrivals at it."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.support import masters
from tests.support.device import Device, stamp
from webapp.accounts import queries as accounts
from webapp.checkpoints import kinds
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind

WANG = {"name": "王秀英", "phone": "13800138000", "id_type": "resident_id", "id_number": "11010519491231002X"}
ARRIVAL = WANG | {"plate": "鲁A12345", "origin": "本区三里庄", "celsius": "36.5", "decision": "pass"}
HTMX = {"HX-Request": "true"}


def arrival(gates, **changes):
    """The fields of an arrival at the first gate as a browser posts them; None leaves one out."""
    fields = {"place": gates.here, "uuid": uuid4()} | ARRIVAL | changes
    return {name: str(value) for name, value in fields.items() if value is not None}


@pytest.fixture
def gates(app):
    """Ids of two gates, and the gatekeeper of the first as an Actor."""
    here = masters.place(app, "G-01", PlaceKind.CHECKPOINT)
    there = masters.place(app, "G-02", PlaceKind.CHECKPOINT)
    person_id = masters.person(app, "gatekeeper", Role.GATEKEEPER, place_id=here)
    with app.app_context():
        actor = accounts.actor_of(accounts.find_person(person_id))
    return SimpleNamespace(app=app, here=here, there=there, actor=actor)


@pytest.fixture
def arrive(gates):
    """arrive(**changes): one arrival by the gatekeeper, None leaves a field out; use inside `app.app_context()`."""

    def arrive(by=None, at=None, uuid=None, **changes):
        fields = {"place": str(gates.here), "uuid": str(uuid or uuid4())} | ARRIVAL | changes
        given = MultiDict({name: str(value) for name, value in fields.items() if value is not None})
        return entries.deliver(kinds.VISIT_IN, given, by=by or gates.actor, at=at or clock.now())

    return arrive


@pytest.fixture
def leave(gates):
    """leave(visit_id): one departure by the gatekeeper; use inside `app.app_context()`."""

    def leave(visit_id, by=None, at=None, uuid=None):
        fields = MultiDict({"visit": str(visit_id), "uuid": str(uuid or uuid4())})
        return entries.deliver(kinds.VISIT_OUT, fields, by=by or gates.actor, at=at or clock.now())

    return leave


@pytest.fixture
def keeper_of_gate(gates):
    return masters.signed_in(gates.app, "gatekeeper")


@pytest.fixture
def gate_url(gates):
    return f"/checkpoints/{gates.here}"


@pytest.fixture
def visit(app, arrive):
    """The id of 王秀英, who is inside."""
    with app.app_context():
        return arrive(host="县医院张主任").receipt.uuid


@pytest.fixture
def gone(app, visit, leave):
    """The id of the visit of 王秀英, who came and left."""
    with app.app_context():
        leave(visit)
    return visit


@pytest.fixture
def tablet(app, gates):
    """A device whose records lie minutes back: tablet.arrived(minutes, **fields), tablet.left(minutes, **fields)."""
    device, now = Device(masters.signed_in(app, "gatekeeper")), clock.now()

    def arrived(minutes, **changes):
        fields = arrival(gates, **changes)
        return device.seal("visit.in", fields, captured_at=stamp(now - timedelta(minutes=minutes)))

    def left(minutes, **fields):
        fields = {"uuid": str(uuid4()), "place": str(gates.here)} | fields
        return device.seal("visit.out", fields, captured_at=stamp(now - timedelta(minutes=minutes)))

    def send(*envelopes):
        return [(outcome["outcome"], outcome.get("code")) for outcome in device.send(*envelopes)]

    return SimpleNamespace(arrived=arrived, left=left, send=send, client=device.client, now=now, device=device)
