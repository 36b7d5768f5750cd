"""No replay revives a purged record: not from a device, not from a file, not by a correction, not by a backup."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.support import masters
from tests.sync.conftest import check, device, ward  # noqa: F401  fixtures of a device
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel import clock, purging
from webapp.kernel.entries import Entry
from webapp.retention import service
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import State

TYPED = "证人欧阳小雪"


def purged(app, *uuids):
    with app.app_context():
        run = service._begin("request", clock.now())
        purging.purge(map(UUID, uuids), run, by=None, at=clock.now())
        service._end(run, clock.now())


def rows(app):
    with app.app_context():
        return [
            (row.state, json.loads(row.payload), row.values, row.note)
            for row in db.session.scalars(select(ReceivedEnvelope))
        ]


def counts(app):
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(m)) for m in (Entry, Inspection, ReceivedEnvelope)
        )


def test_a_device_that_sends_again_is_told_and_nothing_is_kept(app, device, check):  # noqa: F811
    envelope = device.seal("inspection", check(witness=TYPED))
    other = device.seal("inspection", check(witness=TYPED, uuid=envelope["uuid"]))
    assert device.send(envelope)[0]["outcome"] == "receipt"
    purged(app, envelope["uuid"])
    before = counts(app)
    for one in (envelope, other):
        [outcome] = device.send(one)
        assert (outcome["outcome"], outcome["uuid"], outcome["sha256"]) == ("purged", one["uuid"], one["sha256"])
        assert outcome["code"] == "record-purged"
        assert "清除" in outcome["sentence"]
    assert counts(app) == before
    assert rows(app) == [(State.PURGED, {}, None, None)]
    posted = device.client.post("/inspections", data=check(witness=TYPED, uuid=envelope["uuid"]))
    assert posted.status_code == 409
    assert counts(app) == before


def test_a_record_that_never_arrived_is_not_taken_after_it_was_purged(app, device, check):  # noqa: F811
    """It was purged before the backup's database knew of it, and comes only now."""
    envelope = device.seal("inspection", check(witness=TYPED))
    purged(app, envelope["uuid"])
    assert device.send(envelope)[0]["outcome"] == "purged"
    assert counts(app) == (0, 0, 0)


def test_a_device_learns_which_of_its_receipts_were_purged(app, device, check):  # noqa: F811
    gone, never, kept, lost = (device.seal("inspection", check()) for _ in range(4))
    device.send(gone, kept)
    purged(app, gone["uuid"], never["uuid"])
    receipts = [[one["uuid"], one["sha256"]] for one in (gone, never, kept, lost)]
    answer = device.call("/sync/check", {"receipts": receipts}).json
    assert answer["missing"] == [lost["uuid"]]
    assert set(answer["purged"]) == {gone["uuid"], never["uuid"]}


def test_a_returned_record_can_be_corrected_no_more(app, device, check, ward):  # noqa: F811
    fields = check(place=ward.there, witness=TYPED)
    envelope = device.seal("inspection", fields)
    assert device.send(envelope)[0]["outcome"] == "returned"
    with app.app_context():
        row = db.session.scalars(select(ReceivedEnvelope.id)).one()
    page = device.client.get(f"/sync/returned/{row}")
    assert TYPED in page.text
    purged(app, envelope["uuid"])
    assert device.client.get(f"/sync/returned/{row}").status_code == 404
    answer = device.client.post(f"/sync/returned/{row}", data=fields | {"place": str(ward.here)})
    assert answer.status_code in (404, 409)
    assert TYPED not in device.client.get("/sync/returned").text
    assert counts(app) == (0, 0, 1)
    overseer = masters.administrator(app)
    assert overseer.get(f"/sync/envelopes/{row}").status_code == 200
    for act in ("release", "set-aside"):
        assert overseer.post(f"/sync/envelopes/{row}/{act}", data={"note": "核实"}).status_code == 409


def test_no_number_of_a_device_goes_missing(app, device, check, ward):  # noqa: F811
    from webapp.sync import queries

    for place in (ward.here, ward.there, ward.here):
        envelope = device.seal("inspection", check(place=place))
        device.send(envelope)
        purged(app, envelope["uuid"])
    with app.app_context():
        assert queries.gaps_of(queries.find_device(UUID(device.id))) == []


@pytest.mark.parametrize(("days", "gone"), [(1094, 0), (1096, 1)])
def test_what_nobody_corrected_goes_at_its_time_too(app, device, check, ward, days, gone):  # noqa: F811
    envelope = device.seal("inspection", check(place=ward.there, witness=TYPED))
    assert device.send(envelope)[0]["outcome"] == "returned"
    with app.app_context():
        assert service.purge_due(clock.now() + timedelta(days=days)) == f"{gone} entries"
    assert [state for state, *_rest in rows(app)] == [State.PURGED if gone else State.RETURNED]


@pytest.mark.parametrize(("days", "gone"), [(364, 0), (366, 1)])
def test_a_kind_that_this_version_does_not_know_goes_after_a_year(app, device, days, gone):  # noqa: F811
    envelope = device.seal("a-kind-of-tomorrow", {"note": TYPED})
    assert device.send(envelope)[0]["outcome"] == "returned"
    with app.app_context():
        assert service.purge_due(clock.now() + timedelta(days=days)) == f"{gone} entries"
