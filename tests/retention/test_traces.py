"""After purging nothing of a person is in any file of the installation: not as text, not sealed, not as an index."""

import io
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from tests.checkpoints.conftest import ARRIVAL
from tests.faults.world import deliver
from tests.retention.conftest import NAME, NOTE
from tests.retention.test_purge import personal, raw
from tests.support.device import Device
from tests.sync.test_photos import jpeg
from webapp.checkpoints.kinds import VISIT_IN
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel import clock, purging
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.media import Photo
from webapp.publicity.kinds import PUBLICITY
from webapp.retention import service
from webapp.sync.models import ReceivedEnvelope

pytestmark = pytest.mark.only_on("sqlite")


def files(app):
    """Every file of the installation but its keys: name -> bytes."""
    folder = Path(app.config["INSTANCE"])
    with app.app_context():
        db.session.remove()
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != "keys"
    }


def found(app, traces):
    """Which traces stand in which files."""
    return {(name, trace) for name, content in files(app).items() for trace in traces if trace.encode() in content}


def sealed_of(*queries):
    """Sealed values and blind indexes of rows."""
    rows = [(model, row) for model, condition in queries for row in raw(model, condition)]
    return {row[name] for model, row in rows for name in personal(model) if row[name]}


def test_no_file_holds_anything_of_a_purged_visit(app, world, purge):
    visit, keeper = world.values["visit_id"], world.clients["gatekeeper"]
    with app.app_context():
        for number in range(60):  # pages fill, split and move
            other = {
                "uuid": str(uuid4()),
                "name": f"路人{number}",
                "phone": f"139{number:08d}",
                "id_number": "",
                "plate": "",
            }
            deliver(VISIT_IN, ARRIVAL | {"place": str(world.gate)} | other, world.by["gatekeeper"])
    conflict = ARRIVAL | {"place": str(world.gate), "uuid": str(visit), "origin": "别处"}
    assert keeper.post(f"/checkpoints/{world.gate}/visits", data=conflict).status_code == 409
    world.clients["commander"].post(f"/checkpoints/visits/{visit}/reveal", data={"reason": f"核实{NAME}"})
    with app.app_context():
        of_entry = Entry.uuid == visit, EntryConflict.uuid == visit
        traces = sealed_of((Visit, Visit.id == visit), (Entry, of_entry[0]), (EntryConflict, of_entry[1]))
        reason = db.session.scalar(sa.text("SELECT private FROM journal WHERE action = 'visit.revealed'"))
    traces |= {NAME, NOTE, reason}
    assert len(traces) > 12
    assert {trace for _file, trace in found(app, traces)} >= traces - {NAME, NOTE, "王秀英"}, "they are there before"
    purge(visit)
    assert found(app, traces - {NOTE}) == set()


def test_no_photo_of_a_purged_record_is_left(app, world, purge):
    first, clerk = uuid4(), world.clients["clerk"]
    fields = {"means": "banner", "count": "5", "unit": str(world.values["unit_id"]), "place": str(world.gate)}
    fields |= {"from_on": "2026-11-02", "uuid": str(first), "note": NAME}
    answer = clerk.post("/publicity", data=fields | {"photos": (io.BytesIO(jpeg("red")), "x.jpg")})
    assert answer.status_code == 303, answer.text
    with app.app_context():
        keys = set(db.session.scalars(sa.select(Photo.key).where(Photo.entry_uuid == first)))
    assert len(keys) == 1
    assert {Path(name).name for name in files(app)} >= keys
    run = purge(first)
    assert {Path(name).name for name in files(app)}.isdisjoint(keys)
    with app.app_context():
        assert db.session.get(service.PurgeRun, run).photos == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Photo)) == 0


def test_an_envelope_that_was_never_applied_goes_with_its_photos(app, world):
    device = Device(world.clients["clerk"])
    photos = (("photos", jpeg("red")), ("photos", jpeg("blue")))
    fields = {"means": "banner", "count": "5", "from_on": "2026-11-02", "note": NAME}
    envelope = device.seal(PUBLICITY.name, fields | {"uuid": str(uuid4())}, photos)
    for sha256 in device.send(envelope)[0]["missing"]:
        device.send_photo(envelope["uuid"], sha256)
    uuid = UUID(envelope["uuid"])
    with app.app_context():
        assert db.session.scalars(sa.select(ReceivedEnvelope.state)).one() == "returned"
        traces = sealed_of((ReceivedEnvelope, ReceivedEnvelope.uuid == uuid))
    sealed = {name for name in files(app) if name.startswith("uploads/sealed/")}
    assert len(sealed) == 2
    assert found(app, traces)
    with app.app_context():
        run = service._begin("request", clock.now())
        purging.purge([uuid], run, by=None, at=clock.now())
        service._end(run, clock.now())
    assert found(app, traces) == set()
    assert sealed.isdisjoint(files(app))
    assert device.send(envelope)[0]["outcome"] == "purged"
    assert device.send_photo(envelope["uuid"], next(iter(device.photos))).json["outcome"] == "purged"
