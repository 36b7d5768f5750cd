"""Altered copies of an envelope: whoever sends them, and whenever, the genuine one is not displaced."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support import masters
from tests.support.device import Device, stamp
from tests.sync.test_photos import jpeg
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.journal import JournalRow
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import Doubt, State, is_surpassed


def flipped(text):
    raw = bytearray(b64decode(text))
    raw[-1] ^= 1
    return b64encode(bytes(raw)).decode()


ALTERED = {
    "ciphertext": lambda envelope: envelope | {"ciphertext": flipped(envelope["ciphertext"])},
    "wrapped key": lambda envelope: envelope | {"wrapped_key": flipped(envelope["wrapped_key"])},
    "nonce": lambda envelope: envelope | {"nonce": flipped(envelope["nonce"])},
    "mac": lambda envelope: envelope | {"mac": flipped(envelope["mac"])},
    "captured_at": lambda envelope: envelope | {"captured_at": stamp(datetime.now(UTC) - timedelta(hours=9))},
    "seq": lambda envelope: envelope | {"seq": 99},
    "device": lambda envelope: envelope | {"device": "00000000-0000-4000-8000-000000000003"},
    "grant": lambda envelope: envelope | {"grant": "00000000-0000-4000-8000-000000000003"},
    "author": lambda envelope: envelope | {"author": "00000000-0000-4000-8000-000000000003"},
}


@pytest.fixture
def stranger(app):
    """Somebody signed in who got hold of a copy."""
    masters.person(app, "courier", Role.GATEKEEPER)
    return masters.signed_in(app, "courier")


def rows(app):
    with app.app_context():
        return [(row.state.value, row.id) for row in db.session.scalars(select(ReceivedEnvelope))]


def counts(app):
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(m)) for m in (Entry, Inspection, EntryConflict))


@pytest.mark.parametrize("how", ALTERED)
def test_the_genuine_envelope_takes_the_place_of_an_altered_copy_that_came_first(app, device, check, stranger, how):
    envelope = device.seal("inspection", check())
    assert device.send(ALTERED[how](envelope), client=stranger)[0]["outcome"] == "review"
    assert counts(app) == (0, 0, 0)
    [told] = device.send(envelope)
    assert (told["outcome"], told["sha256"]) == ("receipt", envelope["sha256"])
    assert counts(app) == (1, 1, 0)
    assert [state for state, _id in rows(app)] == ["applied"]
    with app.app_context():
        entry = db.session.scalars(select(Entry)).one()
        assert (str(entry.author_id), entry.device_seq, entry.relay_id) == (device.granted["person"], 1, None)
        assert stamp(entry.captured_at) == envelope["captured_at"]
        actions = db.session.scalars(select(JournalRow.action)).all()
    assert actions.count("envelope.replaced") == 1
    assert device.send(ALTERED[how](envelope), client=stranger)[0]["outcome"] == "same"
    assert device.send(envelope)[0]["outcome"] == "same"


@pytest.mark.parametrize("how", ["ciphertext", "captured_at", "author"])
def test_a_copy_that_was_set_aside_does_not_stand_in_the_way_either(app, device, check, stranger, how):
    envelope = device.seal("inspection", check())
    device.send(ALTERED[how](envelope), client=stranger)
    [(_state, row_id)] = rows(app)
    boss = masters.administrator(app)
    assert boss.post(f"/sync/envelopes/{row_id}/set-aside", data={"note": "可疑"}).status_code == 303
    assert device.send(envelope)[0]["outcome"] == "receipt"
    assert counts(app) == (1, 1, 0)


def test_a_genuine_one_that_was_set_aside_stays_there(app, device, check, ward):
    envelope = device.seal("inspection", check())
    boss = masters.administrator(app)
    boss.post(f"/persons/{ward.person_id}/disable")
    assert device.send(envelope, client=boss)[0]["outcome"] == "review"
    [(_state, row_id)] = rows(app)
    boss.post(f"/sync/envelopes/{row_id}/set-aside", data={"note": "不算"})
    boss.post(f"/persons/{ward.person_id}/enable")
    assert device.send(envelope, client=boss)[0]["outcome"] == "returned"
    assert counts(app) == (0, 0, 0)


def test_after_an_altered_copy_was_vouched_for_the_content_is_there_once(app, device, check, stranger):
    envelope = device.seal("inspection", check())
    device.send(ALTERED["captured_at"](envelope), client=stranger)
    [(_state, row_id)] = rows(app)
    masters.administrator(app).post(f"/sync/envelopes/{row_id}/release", data={"note": "电话核实"})
    assert device.send(envelope)[0]["outcome"] == "same"
    assert counts(app) == (1, 1, 0)


def test_after_a_copy_in_another_name_was_vouched_for_the_genuine_one_is_kept_beside(
    app, device, check, ward, stranger
):
    masters.person(app, "colleague", Role.INSPECTOR, place_id=ward.here)
    other = Device(masters.signed_in(app, "colleague"))
    envelope = device.seal("inspection", check())
    forged = envelope | {"author": other.granted["person"]}
    assert device.send(forged, client=stranger)[0]["outcome"] == "review"
    [(_state, row_id)] = rows(app)
    boss = masters.administrator(app)
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "看着像"}).status_code == 303
    assert [device.send(envelope)[0]["outcome"] for _ in range(2)] == ["conflict", "conflict"]
    assert counts(app) == (1, 1, 1)
    with app.app_context():
        assert str(db.session.scalars(select(EntryConflict.author_id)).one()) == device.granted["person"]


def test_a_second_damaged_copy_that_differs_waits_on_its_device(app, device, check, stranger):
    envelope = device.seal("inspection", check())
    one = ALTERED["ciphertext"](envelope)
    assert device.send(one, client=stranger)[0]["outcome"] == "review"
    told = device.send(ALTERED["nonce"](envelope))[0]
    assert (told["outcome"], told["code"]) == ("wait", "wait-copy")
    assert device.send(one, client=stranger)[0]["outcome"] == "review"
    assert len(rows(app)) == 1


@pytest.mark.parametrize("changed", [{"nonce": "AAAAAAAAAAAAAAAA"}, {"bytes": 3}])
def test_a_copy_with_another_nonce_for_its_photo_does_not_stop_the_photo(app, device, check, stranger, changed):
    """The proof does not cover how a photo is sealed: the newest copy that asks for it says so."""
    envelope = device.seal("inspection", check(), (("outlet__photo", jpeg("red")),))
    [photo] = envelope["photos"]
    device.send(envelope | {"photos": [photo | changed]}, client=stranger)
    assert device.send_photo(envelope["uuid"], photo["sha256"]).status_code == 400
    [sha256] = device.send(envelope)[0]["missing"]
    assert device.send_photo(envelope["uuid"], sha256).json["outcome"] == "receipt"


@pytest.mark.parametrize(
    ("state", "reason", "doubt", "is_less"),
    [
        (State.REVIEW, Doubt.UNREADABLE, None, True),
        (State.REVIEW, Doubt.UNREADABLE, Doubt.WRONG_PROOF, True),
        (State.REVIEW, Doubt.UNREADABLE, Doubt.UNREADABLE, False),
        (State.REVIEW, Doubt.WRONG_PROOF, Doubt.ENDED_GRANT, True),
        (State.REVIEW, Doubt.WRONG_PROOF, Doubt.UNKNOWN_GRANT, False),
        (State.REVIEW, Doubt.ENDED_GRANT, None, False),
        (State.REVIEW, Doubt.FAILED, None, False),
        (State.SET_ASIDE, Doubt.LOST_ROLE, None, False),
        (State.SET_ASIDE, Doubt.WRONG_PROOF, None, True),
        (State.SET_ASIDE, "form-invalid", None, False),
        (State.APPLIED, None, None, False),
        (State.RETURNED, "form-invalid", None, False),
        (State.CONFLICT, None, None, False),
    ],
)
def test_a_copy_takes_the_place_of_another_only_when_it_proves_more(state, reason, doubt, is_less):
    assert is_surpassed(state, reason, doubt) is is_less
