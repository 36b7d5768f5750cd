"""Envelopes arrive exactly once, whoever delivers them, and nothing is dropped."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support import masters
from tests.support.device import Device, stamp
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry, EntryConflict
from webapp.sync.models import ReceivedEnvelope


def counts(app):
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(m)) for m in (Entry, Inspection, EntryConflict))


def state_of(app, envelope):
    with app.app_context():
        row = db.session.scalars(select(ReceivedEnvelope).where(ReceivedEnvelope.sha256 == envelope["sha256"])).one()
        return row.state.value, row.reason


def entry_of(app, envelope):
    from uuid import UUID

    with app.app_context():
        return db.session.scalars(select(Entry).where(Entry.uuid == UUID(envelope["uuid"]))).one()


def test_an_envelope_becomes_an_entry_of_its_author_and_gets_a_receipt(app, device, check):
    envelope = device.seal("inspection", check())
    [outcome] = device.send(envelope)
    assert (outcome["outcome"], outcome["uuid"], outcome["sha256"]) == ("receipt", envelope["uuid"], envelope["sha256"])
    assert outcome["url"] == f"/inspections/{envelope['uuid']}"
    entry = entry_of(app, envelope)
    assert (str(entry.author_id), entry.relay_id, entry.device_seq, entry.device) == (
        device.granted["person"],
        None,
        1,
        device.id,
    )
    assert entry.seq == outcome["seq"]


def test_the_same_envelope_again_gets_the_same_receipt(app, device, check):
    envelope = device.seal("inspection", check())
    [first], [again] = device.send(envelope), device.send(envelope)
    assert (first["outcome"], again["outcome"], again["seq"]) == ("receipt", "same", first["seq"])
    assert counts(app) == (1, 1, 0)


def test_what_the_form_had_posted_already_is_not_counted_twice(app, device, check):
    fields = check()
    posted = device.client.post("/inspections", data=fields)
    assert posted.status_code == 303, posted.text
    [outcome] = device.send(device.seal("inspection", fields))
    assert outcome["outcome"] in ("receipt", "same")
    assert counts(app) == (1, 1, 0)


def test_another_content_under_the_same_uuid_is_kept_beside_the_first(app, device, check):
    fields = check()
    device.send(device.seal("inspection", fields))
    other = device.seal("inspection", fields | {"witness": "另一个人"})
    [outcome] = device.send(other)
    assert outcome["outcome"] == "conflict"
    assert counts(app) == (1, 1, 1)


def test_a_colleague_may_deliver_and_the_author_stays_the_author(app, device, check):
    masters.person(app, "colleague", Role.GATEKEEPER)
    colleague = masters.signed_in(app, "colleague")
    envelope = device.seal("inspection", check())
    [outcome] = device.send(envelope, client=colleague)
    assert outcome["outcome"] == "receipt"
    entry = entry_of(app, envelope)
    assert str(entry.author_id) == device.granted["person"]
    assert entry.relay_id not in (None, entry.author_id)


@pytest.mark.parametrize("part", ["uuid", "seq", "captured_at", "mac"])
def test_a_proof_that_does_not_hold_goes_to_the_review_tray_and_is_not_dropped(app, device, check, part):
    envelope = device.seal("inspection", check())
    changed = {"uuid": "00000000-0000-4000-8000-000000000001", "seq": 7, "captured_at": stamp(), "mac": "AAAA"}[part]
    if part == "captured_at":
        changed = stamp(datetime.now(UTC) - timedelta(hours=5))
    [outcome] = device.send(envelope | {part: changed})
    assert outcome["outcome"] == "review"
    assert counts(app) == (0, 0, 0)
    state, reason = state_of(app, envelope)
    assert (state, reason) == ("review", "unreadable" if part == "uuid" else "wrong_proof")


def test_an_administrator_vouches_for_a_reviewed_entry_and_it_counts_as_its_authors(app, device, check):
    envelope = device.seal("inspection", check()) | {"mac": "AAAA"}
    device.send(envelope)
    boss = masters.administrator(app)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": ""}).status_code == 422
    assert counts(app) == (0, 0, 0)
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "电话核实"}).status_code == 303
    assert counts(app) == (1, 1, 0)
    assert str(entry_of(app, envelope).author_id) == device.granted["person"]
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "再来"}).status_code == 409


def test_what_a_disabled_person_recorded_waits_for_review(app, device, check, ward):
    envelope = device.seal("inspection", check())
    masters.person(app, "colleague", Role.GATEKEEPER)
    colleague = masters.signed_in(app, "colleague")
    masters.administrator(app).post(f"/persons/{ward.person_id}/disable")
    [outcome] = device.send(envelope, client=colleague)
    assert (outcome["outcome"], state_of(app, envelope)[1]) == ("review", "ended_grant")


def test_a_password_change_ends_the_grant_but_not_what_was_recorded_before(app, device, check):
    before = device.seal("inspection", check())
    words = {"current": masters.PASSWORD, "new": "another horse 77", "repeated": "another horse 77"}
    assert device.client.post("/me/password", data=words).status_code == 303
    after = device.seal("inspection", check())
    assert [one["outcome"] for one in device.send(before, after)] == ["receipt", "review"]
    device.renew()
    assert device.send(device.seal("inspection", check()))[0]["outcome"] == "receipt"


def test_an_entry_that_cannot_be_applied_comes_back_to_its_author_as_typed(app, device, check, ward):
    envelope = device.seal("inspection", check(place=ward.there, witness="程丽"))
    [outcome] = device.send(envelope)
    assert (outcome["outcome"], outcome["code"]) == ("returned", "place-out-of-reach")
    assert outcome["sentence"]
    assert counts(app) == (0, 0, 0)
    listed = device.client.get("/sync/returned").text
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    assert str(row_id) in listed
    page = device.client.get(f"/sync/returned/{row_id}")
    assert page.status_code == 200
    assert "程丽" in page.text
    masters.person(app, "stranger2", Role.INSPECTOR)
    assert masters.signed_in(app, "stranger2").get(f"/sync/returned/{row_id}").status_code == 404


def test_correcting_a_returned_entry_makes_the_same_entry_once(app, device, check, ward):
    fields = check(place=ward.there)
    envelope = device.seal("inspection", fields)
    device.send(envelope)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    url = f"/sync/returned/{row_id}"
    assert device.client.post(url, data=fields).status_code == 409
    assert counts(app) == (0, 0, 0)
    done = device.client.post(url, data=fields | {"place": str(ward.here)})
    assert (done.status_code, done.location) == (303, f"/inspections/{envelope['uuid']}")
    assert counts(app) == (1, 1, 0)
    assert device.client.get(url).status_code == 404
    assert device.send(envelope)[0]["outcome"] == "same"


def test_a_bad_form_comes_back_and_does_not_hold_up_the_others(app, device, check):
    poison = device.seal("inspection", check(confirmed=None))
    good = device.seal("inspection", check())
    outcomes = device.send(poison, {"v": 1}, good)
    assert [one["outcome"] for one in outcomes] == ["returned", "malformed", "receipt"]
    assert outcomes[0]["code"] == "form-invalid"


def test_a_kind_this_server_does_not_know_comes_back_with_its_content(app, device):
    envelope = device.seal("unheard-of", {"a": "b"})
    [outcome] = device.send(envelope)
    assert (outcome["outcome"], outcome["code"]) == ("returned", "kind-unknown")


@pytest.mark.parametrize(("days", "is_off"), [(1.9, False), (2.1, True), (-1.9, False), (-2.1, True)])
def test_a_wrong_clock_is_kept_flagged_and_corrected_and_never_refused(app, device, check, days, is_off):
    wrong = timedelta(days=days)
    captured = datetime.now(UTC) + wrong - timedelta(hours=3)
    envelope = device.seal("inspection", check(), captured_at=stamp(captured))
    [outcome] = device.send(envelope, now=stamp(datetime.now(UTC) + wrong))
    assert outcome["outcome"] == "receipt"
    entry = entry_of(app, envelope)
    assert entry.is_clock_off is is_off
    assert entry.captured_at == captured.replace(microsecond=captured.microsecond // 1000 * 1000)
    with app.app_context():
        inspected_at = db.session.scalars(select(Inspection.inspected_at)).one()
    assert abs(inspected_at - (clock.now() - timedelta(hours=3))) < timedelta(minutes=1)


def test_nobody_signed_in_is_told_so_in_json_and_nothing_is_taken(app, device, check):
    envelope = device.seal("inspection", check())
    device.client.post("/sign-out")
    answer = device.call("/sync/envelopes", {"device": device.id, "envelopes": [envelope]})
    assert (answer.status_code, answer.json) == (401, {"code": "sign-in"})
    assert counts(app) == (0, 0, 0)


def test_another_sites_page_may_not_call(device):
    assert device.client.post("/sync/envelopes", json={"device": device.id}).status_code == 403


@pytest.mark.parametrize("body", [[], "x", {}, {"device": "no"}, {"device": 7}, {"device": None, "envelopes": 3}])
def test_a_call_that_is_none_is_refused_in_json(device, body):
    answer = device.call("/sync/envelopes", body)
    assert (answer.status_code, answer.is_json) == (400, True)


@pytest.mark.parametrize(
    "envelope", [None, 7, [], {"v": 9}, {"v": 1, "uuid": 3}, {"v": 1, "photos": {}}, {"uuid": "\0" * 500}]
)
def test_what_is_no_envelope_is_malformed_and_nothing_else(app, device, envelope):
    [outcome] = device.send(envelope)
    assert outcome["outcome"] == "malformed"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ReceivedEnvelope)) == 0


def test_two_devices_of_one_person_count_by_themselves(app, device, check):
    other = Device(device.client)
    first, second = device.seal("inspection", check()), other.seal("inspection", check())
    assert [device.send(first)[0]["outcome"], other.send(second)[0]["outcome"]] == ["receipt", "receipt"]
