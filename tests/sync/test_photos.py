"""Photos travel by themselves; the entry is complete when all are there, and a cut one is none."""

import hashlib
import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import Text, func, select, type_coerce

from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel import clock
from webapp.kernel.media import MOST_PHOTOS, Photo
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
    assert (cut.status_code, cut.json["code"]) == (400, "upload-cut")
    assert device.send(sealed)[0]["missing"] == outcome["missing"]
    assert device.send_photo(sealed["uuid"], sha256).status_code == 200


def test_a_photo_nobody_waits_for_is_not_kept(device):
    answer = device.call("/sync/check", {"receipts": []})
    assert answer.json == {"missing": [], "purged": []}
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


@pytest.fixture
def returned(app, device, check, ward):
    """What a correction of a record with one photo may post, and its page: its place was out of reach."""
    fields = check(place=ward.there)
    envelope = device.seal("inspection", fields, (("outlet__photo", jpeg("red")),))
    for sha256 in device.send(envelope)[0]["missing"]:
        device.send_photo(envelope["uuid"], sha256)
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    return fields | {"place": str(ward.here)}, f"/sync/returned/{row_id}"


def added(*photos):
    return {"outlet__photo": [(io.BytesIO(photo), f"{number}.jpg") for number, photo in enumerate(photos)]}


def test_a_correction_takes_photos_beside_those_that_came(app, device, returned):
    fields, page = returned
    shown = device.client.get(page).text
    assert 'enctype="multipart/form-data"' in shown
    assert 'data-kept-photos="1"' in shown
    assert "登记时的 1 张照片" in words_of(device.client.get(page))
    bad = device.client.post(page, data=fields | {"place": ""} | added(jpeg("blue")))
    assert (bad.status_code, counts(app)) == (422, (0, 0))
    assert "照片没有保留，请重新选择" in words_of(bad)
    done = device.client.post(page, data=fields | added(jpeg("blue"), jpeg("green")))
    assert (done.status_code, counts(app)) == (303, (1, 3))


@pytest.mark.parametrize(("chosen", "expected"), [(MOST_PHOTOS - 1, (1, MOST_PHOTOS)), (MOST_PHOTOS, (0, 0))])
def test_photos_of_a_correction_are_counted_with_those_that_came(app, device, returned, chosen, expected):
    fields, page = returned
    answer = device.client.post(page, data=fields | added(*[jpeg((number, 0, 0)) for number in range(chosen)]))
    assert counts(app) == expected
    if not expected[0]:
        assert "照片太多" in words_of(answer)


def test_a_photo_cut_on_its_way_to_a_correction_is_refused_whole(app, device, returned):
    fields, page = returned
    declared = {"outlet__photo-sha256": hashlib.sha256(jpeg("blue")).hexdigest()}
    cut = device.client.post(page, data=fields | declared | added(jpeg("green")))
    assert (cut.status_code, counts(app)) == (409, (0, 0))
    assert "照片没有传完整" in words_of(cut)
    assert device.client.post(page, data=fields | declared | added(jpeg("blue"))).status_code == 303
    assert counts(app) == (1, 2)


def test_photos_of_a_correction_that_came_second_are_announced_as_not_kept(app, device, returned):
    fields, page = returned
    first = {name: value for name, value in fields.items() if name != "witness"} | {"witness": "表单上的"}
    assert device.client.post("/inspections", data=first).status_code == 303
    done = device.client.post(page, data=fields | {"witness": "改正后的"} | added(jpeg("blue")), follow_redirects=True)
    assert "这次加的照片没有入库" in words_of(done)
    assert counts(app) == (1, 0)


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
