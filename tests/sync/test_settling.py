"""What people do with an envelope that came back: nothing typed is lost, nothing is counted twice, nothing is stuck."""

import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.support import masters
from tests.support.device import Device
from webapp.accounts.models import PersonGrant
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.errors import Refusal
from webapp.sync import acts, service
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import State
from webapp.sync.service import opening

TOLD = "您提交的一份与它不同"


def counts(app):
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(m)) for m in (Entry, Inspection, EntryConflict))


def row_of(app, envelope):
    with app.app_context():
        return db.session.scalars(select(ReceivedEnvelope).where(ReceivedEnvelope.sha256 == envelope["sha256"])).one()


@pytest.fixture
def returned(app, device, check, ward):
    """returned(**changes): an envelope that came back because its place was out of reach, and its page."""

    def returned(**changes):
        envelope = device.seal("inspection", check(place=ward.there, **changes))
        assert device.send(envelope)[0]["outcome"] == "returned"
        return envelope, f"/sync/returned/{row_of(app, envelope).id}"

    return returned


def test_a_correction_that_another_content_was_quicker_than_is_kept_and_its_author_told(app, device, check, returned):
    envelope, url = returned(witness="第一次")
    first = check(uuid=envelope["uuid"], witness="表单上的")
    assert device.client.post("/inspections", data=first).status_code == 303
    corrected = first | {"witness": "改正后的"}
    done = device.client.post(url, data=corrected)
    assert (done.status_code, done.location) == (303, f"/inspections/{envelope['uuid']}")
    page = device.client.get(done.location).text
    assert TOLD in page
    assert "表单上的" in page
    assert TOLD not in device.client.get(done.location).text
    assert counts(app) == (1, 1, 1)
    row = row_of(app, envelope)
    assert (row.state, row.reason) == ("conflict", None)
    said = json.loads(row.payload)
    assert (dict(said["fields"])["witness"], dict(said["first"])["witness"]) == ("改正后的", "第一次")
    boss = masters.administrator(app)
    assert str(row.id) in boss.get("/sync/tray?state=conflict").text
    assert f'href="/inspections/{envelope["uuid"]}"' in boss.get(f"/sync/envelopes/{row.id}").text
    assert url in device.client.get("/sync/returned").text
    kept = device.client.get(url)
    assert (kept.status_code, "改正后的" in kept.text) == (200, True)
    assert f'href="/inspections/{envelope["uuid"]}"' in kept.text
    assert device.client.post(url, data=corrected).status_code == 409
    assert counts(app) == (1, 1, 1)
    assert device.send(envelope)[0]["outcome"] == "conflict"


def test_a_correction_that_says_what_had_come_by_the_form_is_that_entry(app, device, check, returned):
    envelope, url = returned()
    fields = check(uuid=envelope["uuid"])
    assert device.client.post("/inspections", data=fields).status_code == 303
    done = device.client.post(url, data=fields)
    assert TOLD not in device.client.get(done.location).text
    assert (counts(app), row_of(app, envelope).state) == ((1, 1, 0), "corrected")


def test_an_administrator_who_vouches_for_a_second_version_has_both_kept(app, device, check):
    fields = check()
    envelope = device.seal("inspection", fields | {"witness": "另一个人"}) | {"mac": "AAAA"}
    assert device.send(envelope)[0]["outcome"] == "review"
    assert device.client.post("/inspections", data=fields).status_code == 303
    url = f"/sync/envelopes/{row_of(app, envelope).id}"
    boss = masters.administrator(app)
    assert boss.post(f"{url}/release", data={"note": "核实"}).status_code == 303
    assert (counts(app), row_of(app, envelope).state) == ((1, 1, 1), "conflict")
    assert f'href="/inspections/{envelope["uuid"]}"' in boss.get(url).text


def test_a_kind_nobody_here_knows_can_be_looked_at_and_set_aside(app, device):
    envelope = device.seal("unheard-of", {"a": "b"})
    device.send(envelope)
    url = f"/sync/returned/{row_of(app, envelope).id}"
    assert device.client.get(url).status_code == 200
    assert device.client.post(url, data={"a": "c"}).status_code == 409
    assert device.client.post(f"{url}/set-aside", data={"note": "另行登记"}).status_code == 303
    assert row_of(app, envelope).state == "set_aside"


def test_who_may_not_record_a_kind_does_not_record_it_by_correcting_it(app, ward, check):
    masters.person(app, "gate", Role.GATEKEEPER, place_id=ward.here)
    device = Device(masters.signed_in(app, "gate"))
    fields = check()
    envelope = device.seal("inspection", fields)
    [told] = device.send(envelope)
    assert (told["outcome"], told["code"]) == ("returned", "kind-not-yours")
    assert device.client.post(f"/sync/returned/{row_of(app, envelope).id}", data=fields).status_code == 409
    assert counts(app) == (0, 0, 0)


def test_an_author_who_has_moved_corrects_what_they_recorded_where_they_were(app, ward, device, check):
    fields = check()
    envelope = device.seal("inspection", fields | {"confirmed": ""})
    assert device.send(envelope)[0]["code"] == "form-invalid"
    with app.app_context(), transaction() as session:
        session.execute(update(PersonGrant).values(place_id=ward.there))
    url = f"/sync/returned/{row_of(app, envelope).id}"
    assert str(ward.here) in device.client.get(url).text
    assert device.client.post(url, data=fields).status_code == 303
    assert counts(app) == (1, 1, 0)


@pytest.mark.parametrize("form", [{"confirmed": ""}, {"place": ""}])
def test_a_bad_correction_changes_nothing(app, device, check, returned, form):
    envelope, url = returned()
    assert device.client.post(url, data=check() | form).status_code == 422
    assert (counts(app), row_of(app, envelope).state) == ((0, 0, 0), "returned")


def test_what_its_author_will_never_correct_is_set_aside_by_an_administrator(app, device, returned):
    envelope, _page = returned()
    boss, url = masters.administrator(app), f"/sync/envelopes/{row_of(app, envelope).id}"
    assert 'formaction="' in boss.get(url).text
    assert "核实无误" not in boss.get(url).text
    assert boss.post(f"{url}/release", data={"note": "入库"}).status_code == 409
    assert counts(app) == (0, 0, 0)
    assert boss.post(f"{url}/set-aside", data={"note": "已离职"}).status_code == 303
    assert row_of(app, envelope).state == "set_aside"
    assert 'formaction="' not in boss.get(url).text


def test_an_author_whom_nobody_knows_is_not_vouched_for(app, device, check):
    envelope = device.seal("inspection", check()) | {"author": str(UUID(int=7))}
    assert device.send(envelope)[0]["outcome"] == "review"
    boss, url = masters.administrator(app), f"/sync/envelopes/{row_of(app, envelope).id}"
    answer = boss.post(f"{url}/release", data={"note": "核实"})
    assert (answer.status_code, "不在本系统的人员名单里" in answer.text) == (409, True)
    assert row_of(app, envelope).note is None
    assert boss.post(f"{url}/set-aside", data={"note": "查无此人"}).status_code == 303


def test_what_was_typed_first_outlives_the_weekly_sweep(app, device, check, returned):
    envelope, url = returned(witness="第一次")
    assert device.client.post(url, data=check(uuid=envelope["uuid"], witness="改正后的")).status_code == 303
    with app.app_context():
        service.sweep(clock.now() + timedelta(days=30))
    assert dict(json.loads(row_of(app, envelope).payload)["fields"])["witness"] == "第一次"


def test_no_envelope_moves_beside_the_table():
    """Every write of the state stands in `move`, which checks the act; from its arrival each state can be reached."""
    folder = Path(acts.__file__).parent
    written = [
        f"{path.name}: {line.strip()}"
        for path in folder.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.state = |state=State", line)
    ]
    assert written == ["opening.py: row.state = State(act.to)"]
    reached, more = {State.REVIEW}, True
    while more:
        more = {act.to for act in acts.ENVELOPE.acts if reached & set(act.from_)} - reached
        reached |= more
    assert reached == set(State)


def test_an_act_of_another_state_is_refused(app, device, check):
    device.send(device.seal("inspection", check()))
    with app.app_context(), transaction():
        row = db.session.scalars(select(ReceivedEnvelope)).one()
        assert row.state is State.APPLIED
        with pytest.raises(Refusal, match="returned-closed"):
            opening.move(row, acts.RETURN, at=clock.now())
        assert row.state is State.APPLIED
