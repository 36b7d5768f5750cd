"""Purging against what runs beside it, in real processes: whoever comes first, nothing personal is left."""

import threading
import time
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from tests.retention import racers
from tests.retention.conftest import NAME, uuid_of
from tests.retention.test_purge import raw
from tests.support.device import Device
from tests.support.processes import REAL
from webapp.extensions import db
from webapp.kernel import clock, entries, purging
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.kernel.records import correction_of
from webapp.kernel.tombstones import PurgedEntry
from webapp.publicity.kinds import PUBLICITY
from webapp.retention import service
from webapp.sync.models import ReceivedEnvelope

ROUNDS = 4


def at_once(app, *acts):
    """Do (function, arguments) each in a process of its own at the same moment; gives what came of it."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    gate, done = REAL.Barrier(len(acts)), REAL.Queue()
    settings = app.config["SETTINGS"]
    racing = [REAL.Process(target=act, args=(settings, *given, gate, done)) for act, given in acts]
    for racer in racing:
        racer.start()
    came = [done.get(timeout=180) for _ in racing]
    for racer in racing:
        racer.join(30)
    return sorted(came)


def begun(app):
    with app.app_context():
        return str(service._begin("request", clock.now()))


def log_of(world, **more):
    fields = {"means": "banner", "count": "6", "unit": str(world.values["unit_id"]), "place": str(world.gate)}
    return fields | {"from_on": "2026-11-02", "note": NAME, "uuid": str(uuid4())} | more


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_correction_that_runs_meanwhile_is_purged_or_refused(app, world, _round):
    first = uuid_of(app, "publicity")
    fields = log_of(world, corrects=str(first), reason=NAME)
    author = str(world.by["clerk"].id)
    came = at_once(app, (racers.correct, (author, fields)), (racers.purge, (str(first), begun(app))))
    assert came in (["corrected", "purged"], ["purged", "record-purged"])
    with app.app_context():
        rows = raw(PUBLICITY.record.model, sa.true())
        assert {(row["note"], row["reason"] or "") for row in rows} == {("", "")}
        gone = set(db.session.scalars(sa.select(PurgedEntry.uuid)))
        assert gone >= {row.id for row in db.session.scalars(sa.select(PUBLICITY.record.model))}
        salts = db.session.execute(sa.text("SELECT content_salt FROM entry WHERE kind LIKE 'publicity%'")).scalars()
        assert set(salts) == {""}


@pytest.mark.only_on("postgresql")
def test_a_purge_waits_for_a_correction_that_is_not_committed_yet(app, world):
    """It reads the versions only after that: else it would purge those of before, and leave the new one."""
    fields = MultiDict(log_of(world, corrects=str(uuid_of(app, "publicity")), reason=NAME))
    run, by, kind = UUID(begun(app)), world.by["clerk"], correction_of(PUBLICITY)

    def purge():
        with app.app_context():
            purging.purge([UUID(fields["corrects"])], run, by=None, at=clock.now())
            db.session.remove()

    purger = threading.Thread(target=purge)
    with app.app_context():
        form = kind.form(fields)
        assert form.validate(), form.errors
        values = entries.values_of(kind, fields, (), entries.posted(fields, clock.now()), by)
        with transaction():
            entries.apply(kind, values, form.data, (), by=by, at=clock.now())
            db.session.flush()
            purger.start()
            wait_for_a_waiting_lock()
        purger.join(60)
        rows = raw(PUBLICITY.record.model, sa.true())
        assert [(row["note"], row["reason"] or "") for row in rows] == [("", "")] * 2


def wait_for_a_waiting_lock():
    ends = time.monotonic() + 60
    with db.engine.connect() as connection:
        while not connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < ends
            connection.rollback()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_replay_that_runs_meanwhile_leaves_nothing(app, world, _round):
    """The same envelope twice, and a purge: the record may be applied and purged, or never be applied."""
    device = Device(world.clients["clerk"])
    envelope = device.seal(PUBLICITY.name, log_of(world))
    author, run = str(world.by["clerk"].id), begun(app)
    senders = [(racers.send, (author, envelope))] * 2
    came = at_once(app, *senders, (racers.purge, (envelope["uuid"], run)))
    assert "purged" in came
    assert set(came) <= {"purged", "receipt", "same"}
    with app.app_context():
        uuid = UUID(envelope["uuid"])
        assert db.session.get(PurgedEntry, uuid) is not None
        envelopes = db.session.scalars(sa.select(ReceivedEnvelope).where(ReceivedEnvelope.uuid == uuid)).all()
        assert {(row.state.value, row.payload) for row in envelopes} <= {("purged", "{}")}
        assert {row["content_salt"] for row in raw(Entry, Entry.uuid == uuid)} <= {""}
        assert {row["note"] for row in raw(PUBLICITY.record.model, PUBLICITY.record.model.id == uuid)} <= {""}
    assert device.send(envelope)[0]["outcome"] == "purged"
