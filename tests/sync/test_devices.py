"""Grants end, devices are listed, gaps are seen, a restored server asks for what it lost, and keys can change."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, update

from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import transaction
from webapp.sync import keys, queries, rules
from webapp.sync.models import AuthorGrant, Device, ReceivedEnvelope


def test_the_status_names_the_person_and_nothing_else(device, client):
    told, nobody = device.client.get("/sync/status").json, client.get("/sync/status").json
    assert abs(datetime.fromisoformat(told.pop("server_now")) - clock.now()) < timedelta(minutes=1)
    assert told == {"frontline": True, "person": device.granted["person"]}
    assert (nobody.keys(), nobody["person"]) == ({"frontline", "person", "server_now"}, None)


@pytest.mark.parametrize(("days", "state"), [(13.9, "applied"), (14.1, "review")])
def test_a_grant_holds_for_fourteen_days(app, device, check, days, state):
    with app.app_context(), transaction() as session:
        granted = session.get(AuthorGrant, db.session.scalars(select(AuthorGrant.id)).one())
        granted.issued_at = clock.now() - timedelta(days=days)
        granted.expires_at = granted.issued_at + timedelta(days=14)
    device.send(device.seal("inspection", check()))
    with app.app_context():
        assert db.session.scalars(select(ReceivedEnvelope.state)).one().value == state


def test_a_lost_device_is_stopped_and_what_it_had_announced_before_still_counts(app, device, check):
    announced = device.seal("inspection", check())
    assert device.send() == []
    unannounced = device.seal("inspection", check())
    boss = masters.administrator(app)
    assert boss.post(f"/sync/devices/{device.id}/revoke").status_code == 303
    after = device.seal("inspection", check())
    outcomes = [one["outcome"] for one in device.send(announced, unannounced, after)]
    assert outcomes == ["receipt", "review", "review"]
    page = boss.get(f"/sync/devices/{device.id}").text
    assert "已挂失" in page


def test_nobody_gets_leave_to_record_on_a_lost_device_until_it_is_found(app, device, check):
    boss = masters.administrator(app)
    boss.post(f"/sync/devices/{device.id}/revoke")
    told = device.call("/sync/grants", {"device": device.id, "key": device.public_key})
    assert (told.status_code, told.json["code"]) == (403, "device-lost")
    assert device.send(device.seal("inspection", check()))[0]["outcome"] == "review"
    assert boss.post(f"/sync/devices/{device.id}/reinstate").status_code == 303
    assert "已挂失" not in boss.get(f"/sync/devices/{device.id}").text
    device.renew()
    assert device.send(device.seal("inspection", check()))[0]["outcome"] == "receipt"


def test_gaps_in_a_devices_sequence_are_shown(app, device, check):
    device.send(device.seal("inspection", check(), seq=1))
    device.send(device.seal("inspection", check(), seq=4))
    boss = masters.administrator(app)
    assert "2–3</p>" in boss.get(f"/sync/devices/{device.id}").text
    device.call("/sync/envelopes", {"device": device.id, "last_seq": 4, "withdrawn": [2, 3]})
    assert "没有缺号" in boss.get(f"/sync/devices/{device.id}").text


def test_a_form_that_posted_itself_fills_its_place_in_the_sequence(app, device, check):
    device.send(device.seal("inspection", check(), seq=2))
    assert (
        device.client.post("/inspections", data=check() | {"device": device.id, "device_seq": "1"}).status_code == 303
    )
    assert gaps(app) == []


@pytest.mark.parametrize(
    ("runs", "numbers", "left"),
    [
        ([], [], []),
        ([(1, 1)], [1], []),
        ([(1, 3)], [2], [(1, 1), (3, 3)]),
        ([(1, 3), (5, 9)], [1, 4, 9, 9], [(2, 3), (5, 8)]),
        ([(1, 3)], [0, 4], [(1, 3)]),
        ([(5, 2**53)], [6, 7], [(5, 5), (8, 2**53)]),
    ],
)
def test_numbers_given_up_are_taken_out_of_the_runs(runs, numbers, left):
    assert rules.without(runs, numbers) == left


def gaps(app, **changes):
    with app.app_context():
        with transaction() as session:
            session.execute(update(Device).values(**{"agent": "test"} | changes))
        return queries.gaps_of(db.session.scalars(select(Device)).one())


@pytest.mark.parametrize(
    ("arrived", "last", "missing"),
    [((), 0, []), ((1, 2), 2, []), ((2,), 3, [(1, 1), (3, 3)]), ((), 2, [(1, 2)]), ((1, 4, 9), 8, [(2, 3), (5, 8)])],
)
def test_what_is_missing_is_told_up_to_the_last_number(app, device, check, arrived, last, missing):
    for seq in arrived:
        device.send(device.seal("inspection", check(), seq=seq))
    assert gaps(app, last_seq=last) == missing


@pytest.mark.parametrize("last", [2**40, 2**53 - 1])
def test_a_number_no_device_counts_to_does_not_hang_the_page(app, device, check, last):
    device.send(device.seal("inspection", check()))
    device.call("/sync/envelopes", {"device": device.id, "last_seq": last, "withdrawn": [3]})
    page = masters.administrator(app).get(f"/sync/devices/{device.id}").text
    assert f"2、4–{last}</p>" in page


def test_the_first_of_many_gaps_are_shown_and_the_page_says_that_there_are_more(app, device):
    with app.app_context(), transaction() as session:
        kept = {"device_id": UUID(device.id), "author_id": UUID(device.granted["person"]), "grant_id": uuid4()}
        kept |= {"relay_id": kept["author_id"], "kind": "x", "state": rules.State.APPLIED, "payload": "{}"}
        kept |= {"received_at": clock.now(), "occurred_at": clock.now(), "sha256": "a" * 64}
        rows = [kept | {"id": uuid4(), "uuid": uuid4(), "seq": 2 * number} for number in range(1, 1001)]
        session.execute(insert(ReceivedEnvelope), rows)
    assert gaps(app, last_seq=400) == [(number, number) for number in range(1, 400, 2)]
    assert gaps(app, last_seq=2000) == [(number, number) for number in range(1, 400, 2)]
    told = list(range(1, 1000, 2))  # a device tells of 500 at most
    assert gaps(app, withdrawn=told) == [(number, number) for number in range(1001, 1400, 2)]
    page = masters.administrator(app).get(f"/sync/devices/{device.id}").text
    assert "1399 …</p>" in page


def test_the_list_of_devices_says_what_waits(app, device):
    said = {"device": device.id, "waiting": 17, "oldest": "2026-11-20T01:00:00Z", "last_seq": 40, "persisted": False}
    device.call("/sync/envelopes", said | {"usage": 10**6, "quota": 10**9, "app": "abc"})
    boss = masters.administrator(app)
    assert "17" in words_of(boss.get("/sync/devices"))
    page = boss.get(f"/sync/devices/{device.id}").text
    assert "还有 17 条待传" in page


def test_a_restored_server_is_sent_again_what_it_lost(app, device, check):
    kept, lost = device.seal("inspection", check()), device.seal("inspection", check())
    device.send(kept, lost)
    receipts = [[one["uuid"], one["sha256"]] for one in (kept, lost)]
    assert device.call("/sync/check", {"receipts": receipts}).json == {"missing": [], "purged": []}
    unknown = ["00000000-0000-4000-8000-000000000001", "b" * 64]
    answer = device.call("/sync/check", {"receipts": [*receipts, unknown, ["x"], 7]})
    assert answer.json == {"missing": [unknown[0]], "purged": []}


def test_reference_data_is_sent_once_and_again_only_when_it_changed(device):
    first = device.client.get("/sync/reference")
    assert first.status_code == 200
    assert first.json["parts"]["me"]["roles"] == ["inspector"]
    again = device.client.get("/sync/reference", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("version", [1, 2])
def test_an_envelope_sealed_with_the_old_key_still_opens_after_rotation(app, device, check, version):
    old = device.seal("inspection", check(), version=version)
    with app.app_context():
        keys.rotate(clock.now())
        assert len(keys.ids()) == 4
    assert device.send(old)[0]["outcome"] == "receipt"
    part = {1: "server_key", 2: "agreement_key"}[version]
    assert device.renew()[part]["id"] != old["key_id"]
    assert device.send(device.seal("inspection", check(), version=version))[0]["outcome"] == "receipt"


@pytest.mark.parametrize("version", [1, 2])
def test_without_its_key_an_envelope_waits_on_its_device_until_the_key_is_there(app, device, check, version):
    envelope, other = (device.seal("inspection", check(), version=version) for _ in range(2))
    kept = app.config["INSTANCE"] / "keys" / "envelopes" / f"{envelope['key_id']}.pem"
    away = kept.rename(kept.with_suffix(".away"))
    with app.app_context():
        keys.rotate(clock.now())
    device.renew()
    outcomes = device.send(envelope, other, device.seal("inspection", check(), version=version))
    assert [(one["outcome"], one.get("code")) for one in outcomes[:2]] == [("wait", "wait-key")] * 2
    assert outcomes[2]["outcome"] == "receipt"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ReceivedEnvelope)) == 1
    away.rename(kept)
    assert [one["outcome"] for one in device.send(envelope, other)] == ["receipt", "receipt"]


def test_an_envelope_that_was_damaged_is_kept_whole_and_cannot_be_vouched_for(app, device, check):
    envelope = device.seal("inspection", check())
    assert device.send(envelope | {"ciphertext": "AAAA" + envelope["ciphertext"][4:]})[0]["outcome"] == "review"
    boss = masters.administrator(app)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "试试"}).status_code == 409
    assert boss.post(f"/sync/envelopes/{row_id}/set-aside", data={"note": "已损坏"}).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(ReceivedEnvelope.state)).one().value == "set_aside"


def test_the_grant_says_when_it_ended(app, device):
    said = {"device": device.id, "grant": device.granted["grant"]}
    assert device.call("/sync/envelopes", said).json["grant_is_live"] is True
    with app.app_context(), transaction() as session:
        session.get(AuthorGrant, db.session.scalars(select(AuthorGrant.id)).one()).revoked_at = clock.now()
    assert device.call("/sync/envelopes", said).json["grant_is_live"] is False
    assert device.call("/sync/envelopes", said | {"grant": "\0"}).json["grant_is_live"] is False


def test_a_form_that_posts_itself_is_answered_with_its_receipt_and_a_bad_one_without(device, check):
    fields = check()
    good = device.client.post("/inspections", data=fields)
    assert good.headers["Frontline-Receipt"].split()[0] == fields["uuid"]
    assert (
        device.client.post("/inspections", data=fields).headers["Frontline-Receipt"]
        == good.headers["Frontline-Receipt"]
    )
    bad = device.client.post("/inspections", data=check(confirmed=None))
    assert (bad.status_code, "Frontline-Receipt" in bad.headers) == (422, False)
