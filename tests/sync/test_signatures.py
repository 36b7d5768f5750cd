"""A device's state is told by itself only: it signs its contacts with a key that it showed at its first grant."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from tests.support import masters
from tests.support.device import Device as Browser
from tests.support.device import stamp
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.journal import JournalRow
from webapp.sync.models import AuthorGrant, Device, DeviceContact

LIES = {"waiting": 99, "last_seq": 5000, "withdrawn": [1, 2], "now": "2001-01-01T00:00:00Z"}
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_CURVE = Browser.shown(ec.generate_private_key(ec.SECP384R1()))


@pytest.fixture
def colleague(app, ward):
    masters.person(app, "colleague", Role.INSPECTOR, place_id=ward.here)
    return masters.signed_in(app, "colleague")


@pytest.fixture
def state(app):
    """state(device): what the server holds of it."""

    def state(device):
        with app.app_context():
            row = db.session.get(Device, UUID(device.id))
            contacts = db.session.scalars(select(DeviceContact.last_seq).where(DeviceContact.device_id == row.id)).all()
            told = row.waiting, row.last_seq, row.withdrawn, contacts
            return SimpleNamespace(told=told, person=str(row.person_id), skew_ms=row.skew_ms, key=row.public_key)

    return state


def actions(app, device):
    """What the journal holds of a device."""
    with app.app_context():
        wanted = select(JournalRow.action).where(JournalRow.subject_id == device.id).order_by(JournalRow.seq)
        return db.session.scalars(wanted).all()


def weakly_granted(app, device, client):
    """A grant on a device for whoever `client` is, as the versions before gave it to anybody."""
    with app.app_context(), transaction() as session:
        person = session.scalar(select(AuthorGrant.person_id).where(AuthorGrant.id == UUID(client.granted["grant"])))
        mine = session.scalars(select(AuthorGrant).where(AuthorGrant.person_id == person)).first()
        mine.device_id = UUID(device.id)


@pytest.mark.parametrize("key", [False, OTHER_KEY], ids=["unsigned", "another key"])
@pytest.mark.parametrize("who", ["author", "colleague with a grant", "stranger"])
def test_what_others_say_of_a_device_is_not_taken(app, device, check, colleague, state, key, who):
    device.send(device.seal("inspection", check()))
    before = state(device)
    assert before.told == (1, 1, [], [1])
    if who == "colleague with a grant":
        weakly_granted(app, device, Browser(colleague))
    client = device.client if who == "author" else colleague
    answer = device.call("/sync/envelopes", LIES | {"device": device.id}, client, key=key)
    assert answer.status_code == 200
    assert state(device) == before
    assert abs(before.skew_ms) < 60_000


def test_the_device_itself_is_heard_whoever_is_signed_in(device, check, colleague, state):
    device.send(device.seal("inspection", check()))
    device.send(device.seal("inspection", check()), client=colleague)
    now = state(device)
    assert now.told == (1, 2, [], [1, 2])
    assert now.person != device.granted["person"]


@pytest.mark.parametrize("part", ["body", "path"])
def test_a_signature_holds_for_its_call_only(device, check, state, part):
    device.send(device.seal("inspection", check()))
    before = state(device)
    signature = device.signature("/sync/grants" if part == "path" else "/sync/envelopes", b'{"device": 1}')
    headers = {"X-Frontline-Sync": "1", "X-Frontline-Device": signature}
    device.client.post("/sync/envelopes", json=LIES | {"device": device.id}, headers=headers)
    assert state(device) == before


@pytest.mark.parametrize("garbled", ["!", "AAAA", "é", "A" * 88, "A" * 5000])
def test_a_signature_that_is_none_proves_nothing(device, check, state, garbled):
    device.send(device.seal("inspection", check()))
    before = state(device)
    headers = {"X-Frontline-Sync": "1", "X-Frontline-Device": garbled.encode().decode("latin-1")}
    answer = device.client.post("/sync/envelopes", json=LIES | {"device": device.id}, headers=headers)
    assert (answer.status_code, answer.json["grant_is_live"]) == (200, False)
    assert state(device) == before


def test_entries_without_the_signature_are_taken_all_the_same(device, check, colleague):
    sealed = device.seal("inspection", check())
    body = {"device": device.id, "now": stamp(), "envelopes": [sealed]}
    answer = device.call("/sync/envelopes", body, colleague, key=False)
    assert [one["outcome"] for one in answer.json["outcomes"]] == ["receipt"]


@pytest.mark.parametrize("shown", [True, False])
def test_leave_on_a_foreign_device_is_not_given_and_its_real_bearer_keeps_it(app, device, colleague, state, shown):
    before = state(device)
    thief = Browser(colleague)
    key = {"key": thief.public_key} if shown else {}
    answer = thief.call("/sync/grants", {"device": device.id} | key, key=None if shown else False)
    assert (answer.status_code, answer.json["code"]) == (409, "device-strange")
    assert state(device) == before
    assert actions(app, device) == ["device.first-seen", "device.enrolled", "device.granted"]
    assert device.renew()["person"] == before.person


def test_on_a_shared_tablet_the_next_person_is_given_leave(app, device, colleague, state):
    first = device.granted
    device.client = colleague
    second = device.renew()
    assert second["person"] != first["person"]
    assert state(device).person == second["person"]
    assert actions(app, device) == ["device.first-seen", "device.enrolled", "device.granted", "device.granted"]


def of_before(client):
    """A device of a version that shows no key: its grant, and a call that it makes."""
    device = Browser.__new__(Browser)
    device.client, device.id, device.seq, device.photos = client, str(uuid4()), 0, {}
    device.key = ec.generate_private_key(ec.SECP256R1())
    device.granted = device.call("/sync/grants", {"device": device.id, "now": stamp()}, key=False).json
    return device


def test_an_older_version_loses_no_entry_and_is_not_heard(app, device, check, state):
    old = of_before(device.client)
    body = {
        "device": old.id,
        "now": stamp(),
        "waiting": 7,
        "grant": old.granted["grant"],
        "envelopes": [old.seal("inspection", check())],
    }
    answer = old.call("/sync/envelopes", body, key=False)
    assert [one["outcome"] for one in answer.json["outcomes"]] == ["receipt"]
    assert answer.json["grant_is_live"]
    assert (state(old).told, state(old).key) == ((0, 0, [], []), None)
    boss = masters.administrator(app)
    hint = "还没有出示自己的密钥"
    assert hint in words_of(boss.get(f"/sync/devices/{old.id}"))
    old.renew()
    assert state(old).key == old.public_key
    assert hint not in words_of(boss.get(f"/sync/devices/{old.id}"))


def test_a_device_of_before_is_enrolled_by_somebody_with_a_grant_on_it_only(device, colleague, state):
    old = of_before(device.client)
    thief = Browser(colleague)
    answer = thief.call("/sync/grants", {"device": old.id, "key": thief.public_key})
    assert (answer.status_code, state(old).key) == (409, None)


@pytest.mark.parametrize("key", [None, 7, "", "!", "AAAA", "A" * 300, OTHER_CURVE])
def test_a_key_that_is_none_is_not_kept(device, state, key):
    other = Browser(device.client)
    other.id = str(uuid4())
    answer = other.call("/sync/grants", {"device": other.id, "key": key})
    assert (answer.status_code, state(other).key) == (409, None)


def test_a_device_whose_key_the_server_does_not_know_is_told_to_ask_for_leave(app, device, check, state):
    with app.app_context(), transaction() as session:
        session.get(Device, UUID(device.id)).public_key = None  # as in a backup of before
    assert (
        device.call("/sync/envelopes", {"device": device.id, "grant": device.granted["grant"]}).json["grant_is_live"]
        is False
    )
    device.renew()
    assert device.call("/sync/envelopes", {"device": device.id, "grant": device.granted["grant"]}).json["grant_is_live"]
