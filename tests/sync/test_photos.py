"""Photos travel by themselves; the entry is complete when all are there, and a cut one is none."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import Text, func, select, type_coerce

from tests.support import masters
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel import clock
from webapp.kernel.media import Photo
from webapp.sync.models import ReceivedEnvelope

PAYLOAD = (ReceivedEnvelope.payload, type_coerce(ReceivedEnvelope.payload, Text))  # opened, and as it is kept


def jpeg(colour):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def sealed(device, check):
    """An envelope with two photos."""
    photos = (("outlet__photo", jpeg("red")), ("outlet__photo", jpeg("blue")))
    return device.seal("inspection", check(), photos)


def counts(app):
    with app.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Inspection, Photo))


def test_the_entry_waits_for_all_its_photos_and_each_is_sent_once(app, device, sealed):
    [outcome] = device.send(sealed)
    first, second = outcome["missing"]
    assert outcome["outcome"] == "photos"
    assert counts(app) == (0, 0)
    answer = device.send_photo(sealed["uuid"], second)
    assert (answer.json["outcome"], answer.json["missing"]) == ("photos", [first])
    assert device.send(sealed)[0]["missing"] == [first]
    assert device.send_photo(sealed["uuid"], second).json["outcome"] == "photos"
    done = device.send_photo(sealed["uuid"], first).json
    assert (done["outcome"], done["sha256"]) == ("receipt", sealed["sha256"])
    assert counts(app) == (1, 2)
    assert device.send_photo(sealed["uuid"], first).json["outcome"] == "same"
    assert counts(app) == (1, 2)


@pytest.mark.parametrize("how", ["half", "announced", "changed"])
def test_a_photo_that_is_not_whole_is_refused_and_can_be_sent_again(app, device, sealed, how):
    [outcome] = device.send(sealed)
    sha256 = outcome["missing"][0]
    whole = device.photos[sha256]
    raw, announced = {
        "half": (whole[: len(whole) // 2], len(whole)),
        "announced": (whole[:-1], len(whole) - 1),
        "changed": (whole[:-1] + bytes([whole[-1] ^ 1]), len(whole)),
    }[how]
    cut = device.send_photo(sealed["uuid"], sha256, raw, announced)
    assert (cut.status_code, cut.json["code"]) == (400, "photo-cut")
    assert device.send(sealed)[0]["missing"] == outcome["missing"]
    assert device.send_photo(sealed["uuid"], sha256).status_code == 200


def test_a_photo_nobody_waits_for_is_not_kept(device):
    answer = device.call("/sync/check", {"receipts": []})
    assert answer.json == {"missing": []}
    device.photos["a" * 64] = b"x" * 40
    assert device.send_photo("00000000-0000-4000-8000-000000000009", "a" * 64).status_code == 404


def test_a_file_that_is_no_photo_brings_the_entry_back_to_its_author(app, device, check):
    envelope = device.seal("inspection", check(), (("outlet__photo", b"<svg onload=alert(1)>" * 20),))
    [outcome] = device.send(envelope)
    done = device.send_photo(envelope["uuid"], outcome["missing"][0]).json
    assert (done["outcome"], done["code"]) == ("returned", "photos-unreadable")
    assert counts(app) == (0, 0)


def test_a_record_is_corrected_without_the_photo_that_is_none_and_with_the_others(app, device, check):
    fields = check()
    envelope = device.seal("inspection", fields, (("outlet__photo", b"no photo" * 20), ("outlet__photo", jpeg("red"))))
    for sha256 in device.send(envelope)[0]["missing"]:
        device.send_photo(envelope["uuid"], sha256)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    done = device.client.post(f"/sync/returned/{row_id}", data=fields)
    assert (done.status_code, done.location) == (303, f"/inspections/{envelope['uuid']}")
    assert counts(app) == (1, 1)


def test_a_vouched_record_waits_for_its_photos_and_is_not_entered_without_them(app, device, check):
    envelope = device.seal("inspection", check(), (("outlet__photo", jpeg("green")),)) | {"mac": "AAAA"}
    [sha256] = device.send(envelope)[0]["missing"]
    boss = masters.administrator(app)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "电话核实"}).status_code == 303
    assert counts(app) == (0, 0)
    assert "还差" in boss.get(f"/sync/envelopes/{row_id}").text
    assert device.send_photo(envelope["uuid"], sha256).json["outcome"] == "receipt"
    assert counts(app) == (1, 1)


def test_a_record_whose_photos_never_come_is_entered_without_them_for_a_reason(app, device, sealed):
    device.send_photo(sealed["uuid"], device.send(sealed)[0]["missing"][0])
    boss = masters.administrator(app)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    assert "不带缺的照片入库" in boss.get(f"/sync/envelopes/{row_id}").text
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": ""}).status_code == 422
    assert counts(app) == (0, 0)
    assert boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "手机丢了"}).status_code == 303
    assert counts(app) == (1, 1)


def test_photos_of_an_entry_in_the_review_tray_are_kept_for_it(app, device, check):
    envelope = device.seal("inspection", check(), (("outlet__photo", jpeg("green")),)) | {"mac": "AAAA"}
    [outcome] = device.send(envelope)
    assert outcome["outcome"] == "photos"
    assert device.send_photo(envelope["uuid"], outcome["missing"][0]).json["outcome"] == "review"
    assert counts(app) == (0, 0)


@pytest.mark.parametrize(("days", "is_kept"), [(6.9, True), (7.1, False)])
def test_a_week_after_it_was_applied_nothing_is_kept_twice(app, device, sealed, days, is_kept):
    for sha256 in device.send(sealed)[0]["missing"]:
        device.send_photo(sealed["uuid"], sha256)
    with app.app_context():
        from webapp.sync import service
        from webapp.sync.service.pictures import folder

        service.sweep(clock.now() + timedelta(days=days))
        assert len(list(folder().iterdir())) == (2 if is_kept else 0)
        payload, kept = (db.session.scalars(select(column)).one() for column in PAYLOAD)
        service.sweep(clock.now() + timedelta(days=days + 1))
        assert (kept == db.session.scalars(select(PAYLOAD[1])).one()) is not is_kept  # rewritten once, not daily
    assert ("fields" in payload) is is_kept
    assert counts(app) == (1, 2)
    assert device.send(sealed)[0]["outcome"] == "same"
