"""A saved queue, handed in by anybody: everything in it arrives once, and a hostile file leaves nothing behind."""

import io
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support import masters
from tests.support.device import stamp
from tests.sync.test_photos import jpeg
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalRow
from webapp.kernel.media import Photo
from webapp.sync.models import Device, ReceivedEnvelope
from webapp.sync.service import files

TAKEN, AGAIN, RETURNED, WAITING, REVIEW, NONE = "已入库", "原先已有", "退回登记人", "等照片", "待核查", "看不懂"
ALL = (TAKEN, AGAIN, RETURNED, WAITING, REVIEW, NONE)


@pytest.fixture
def courier(app, device):
    masters.person(app, "courier", Role.GATEKEEPER)
    return masters.signed_in(app, "courier")


@pytest.fixture
def saved(device):
    """saved(*envelopes, **changes): the file a device saves, with the photos it has sealed."""

    def saved(*envelopes, **changes):
        sealed = [
            {"uuid": one["uuid"], "sha256": photo["sha256"], "ciphertext": b64encode(device.photos[photo["sha256"]])}
            for one in envelopes
            for photo in one["photos"]
        ]
        photos = [one | {"ciphertext": one["ciphertext"].decode()} for one in sealed]
        file = {"format": "frontline-queue", "v": 1, "device": device.id, "saved_at": stamp()}
        return json.dumps(file | {"envelopes": list(envelopes), "photos": photos} | changes).encode()

    return saved


def hand_in(client, raw, name="frontline-queue.json"):
    return client.post("/sync/file", data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")


def told(answer):
    """How many of what, as the page says it."""
    items = answer.text.split("<li><p>")[1:]
    return {word: int(one.split("<strong>")[1].split()[0]) for one in items for word in ALL if f">{word}<" in one}


def counts(app, *models):
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def test_everything_in_a_file_is_taken_once_and_stays_its_authors(app, device, check, ward, courier, saved):
    with_photo = device.seal("inspection", check(), (("outlet__photo", jpeg("red")), ("outlet__photo", jpeg("blue"))))
    known = device.seal("inspection", check())
    device.send(known)
    returned = device.seal("inspection", check(place=ward.there))
    review = device.seal("inspection", check()) | {"mac": "AAAA"}
    raw = saved(with_photo, device.seal("inspection", check()), known, returned, review, {"photos": [], "v": 1})
    answer = hand_in(courier, raw)
    assert (answer.status_code, told(answer)) == (200, {TAKEN: 2, AGAIN: 1, RETURNED: 1, REVIEW: 1, NONE: 1})
    assert counts(app, Inspection, Photo, ReceivedEnvelope) == [3, 2, 5]
    again = hand_in(courier, raw)
    assert told(again) == {AGAIN: 3, RETURNED: 1, REVIEW: 1, NONE: 1}
    assert counts(app, Inspection, Photo, ReceivedEnvelope) == [3, 2, 5]
    with app.app_context():
        authors = set(db.session.scalars(select(Entry.author_id)))
        relays = {one is not None for one in db.session.scalars(select(Entry.relay_id))}
        written = db.session.scalars(select(JournalRow.details).where(JournalRow.action == "device.file")).all()
    assert {str(one) for one in authors} == {device.granted["person"]}
    assert relays == {True, False}
    assert written[0].pop("sign_in")
    assert written[0] == {"malformed": 1, "receipt": 2, "returned": 1, "review": 1, "same": 1}


def test_a_photo_that_is_not_whole_in_the_file_is_still_waited_for(app, device, check, courier, saved):
    envelope = device.seal("inspection", check(), (("outlet__photo", jpeg("red")),))
    [one] = json.loads(saved(envelope))["photos"]
    bad = [
        one | {"ciphertext": "AAAA"},
        one | {"ciphertext": "!"},
        one | {"uuid": "x"},
        one | {"sha256": None},
        7,
        None,
    ]
    answer = hand_in(courier, saved(envelope, photos=bad))
    assert told(answer) == {WAITING: 1}
    assert counts(app, Inspection) == [0]
    assert told(hand_in(courier, saved(envelope))) == {TAKEN: 1}
    assert counts(app, Inspection, Photo) == [1, 1]


def test_the_clock_of_the_device_is_the_one_it_had_when_it_was_last_heard_of(app, device, check, courier, saved):
    ahead = timedelta(hours=3)
    device.call("/sync/envelopes", {"device": device.id, "now": stamp(datetime.now(UTC) + ahead), "waiting": 4})
    real = datetime.now(UTC) - timedelta(hours=5)
    envelope = device.seal("inspection", check(), captured_at=stamp(real + ahead))
    assert told(hand_in(courier, saved(envelope))) == {TAKEN: 1}
    with app.app_context():
        assert abs(db.session.scalars(select(Inspection.inspected_at)).one() - real) < timedelta(minutes=1)
        kept = db.session.scalars(select(Device)).one()
        assert (kept.waiting, str(kept.person_id)) == (4, device.granted["person"])  # the courier's browser is not it


def test_a_file_of_a_device_nobody_has_heard_of_is_taken_too(app, device, check, courier, saved):
    raw = saved(device.seal("inspection", check()), device="00000000-0000-4000-8000-000000000007")
    assert told(hand_in(courier, raw)) == {TAKEN: 1}


def test_an_empty_queue_is_said_to_be_empty(courier, saved):
    answer = hand_in(courier, saved())
    assert (answer.status_code, "这个文件是空的" in answer.text) == (200, True)


HOSTILE = {
    "nothing": b"",
    "not JSON": b"PK\x03\x04 hello",
    "a list": b"[]",
    "a text": b'"frontline-queue"',
    "deep": b"[" * 150_000,
    "deep objects": b'{"a":' * 80_000,
    "NUL": b'{"format": "frontline-queue\0"}',
    "not UTF-8": b'{"format": "\xff\xfe\xfd"}',
    "surrogate": b'{"format":"frontline-queue","v":1,"device":"\\ud800","envelopes":[],"photos":[]}',
    "huge number": b'{"v":' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_no_queue_is_refused_in_place(app, courier, raw):
    answer = hand_in(courier, raw)
    assert (answer.status_code, "没有收下任何记录" in answer.text, 'name="file"' in answer.text) == (422, True, True)
    assert counts(app, ReceivedEnvelope, Entry) == [0, 0]


@pytest.mark.parametrize(
    "change",
    [{"format": "other"}, {"v": 2}, {"v": []}, {"device": 7}, {"device": None}, {"envelopes": {}}, {"photos": "x"}],
    ids=str,
)
def test_a_queue_of_another_shape_is_refused_and_nothing_in_it_taken(app, device, check, courier, saved, change):
    answer = hand_in(courier, saved(device.seal("inspection", check()), **change))
    assert (answer.status_code, "没有收下任何记录" in answer.text) == (422, True)
    assert counts(app, ReceivedEnvelope, Entry) == [0, 0]


@pytest.mark.parametrize("one", [None, 7, "x", [], {"v": []}, {"v": 1, "uuid": "\ud800", "kind": "\0"}], ids=repr)
def test_what_is_no_envelope_in_a_file_is_counted_and_told(app, courier, saved, one):
    answer = hand_in(courier, saved(envelopes=[one, one]))
    assert (answer.status_code, told(answer)) == (422, {NONE: 2})
    assert counts(app, ReceivedEnvelope, Entry) == [0, 0]


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 422)])
def test_a_file_is_bounded_in_bytes_in_parts_and_in_envelopes(courier, saved, monkeypatch, more, status):
    raw = saved()
    for name, least in (("LARGEST_FILE", len(raw)), ("MOST_PARTS", sum(raw.count(c) for c in (b"{", b"[", b",")))):
        monkeypatch.setattr(files, name, least - more)
        answer = hand_in(courier, raw)
        assert (answer.status_code, "文件太大" in answer.text) == (status, status == 422), name
        monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_ENVELOPES", 2 - more)
    answer = hand_in(courier, saved(envelopes=[1, 1]))
    assert ("文件太大" in answer.text) is (status == 422)


@pytest.mark.parametrize(("most", "status"), [(10_000, 200), (100, 422)])
def test_a_body_larger_than_any_upload_is_not_read_and_the_page_says_what_to_do(app, courier, saved, most, status):
    app.config["MAX_CONTENT_LENGTH"], before = most, app.config["MAX_CONTENT_LENGTH"]
    try:
        answer = hand_in(courier, saved())
    finally:
        app.config["MAX_CONTENT_LENGTH"] = before
    assert (answer.status_code, "文件太大" in answer.text, "10 MB" in answer.text) == (status, status == 422, False)


def test_no_file_chosen_is_said(courier):
    answer = courier.post("/sync/file", data={"file": "text"})
    assert (answer.status_code, "请先选择" in answer.text) == (422, True)


def test_the_page_is_where_a_person_who_holds_a_file_looks(app, courier):
    boss = masters.administrator(app)
    assert 'href="/sync/file"' in courier.get("/me").text
    assert 'href="/sync/file"' not in courier.get("/sync/returned").text, "beside every page is what one does all day"
    for path in ("/sync/devices", "/sync/tray"):
        assert 'href="/sync/file"' in boss.get(path).text.split("<main")[1]
    assert "递交待传文件" in app.test_client().get("/outbox").text
