"""A check that arrives late: its photos, its time, who carried it, and what came back to be corrected."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import filled
from tests.support import masters
from tests.support.device import Device, stamp
from webapp.extensions import db
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.media import Photo
from webapp.places.rules import PlaceKind

BELOW = {"chlorine_tank": "4.2", "chlorine_tank__quantity": "total"}


def jpeg(colour):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def inspector(app, ward):
    return masters.signed_in(app, "inspector")


@pytest.fixture
def device(inspector):
    return Device(inspector)


def inspections(app):
    with app.app_context():
        return db.session.scalars(select(Inspection)).all()


def test_a_check_with_two_photos_arrives_late_and_whole(app, ward, device, inspector):
    recorded = clock.now() - timedelta(days=2)
    photos = (("chlorine_tank__photo", jpeg("red")), ("reading_photo", jpeg("blue")))
    envelope = device.seal("inspection", filled(ward.here, **BELOW), photos, captured_at=stamp(recorded))
    [outcome] = device.send(envelope)
    assert (outcome["outcome"], len(outcome["missing"])) == ("photos", 2)
    assert inspections(app) == []
    answers = [device.send_photo(envelope["uuid"], sha256).json["outcome"] for sha256 in outcome["missing"]]
    assert answers == ["photos", "receipt"]
    [found] = inspections(app)
    assert abs(found.inspected_at - recorded) < timedelta(seconds=10)
    with app.app_context():
        fields = db.session.scalars(select(Photo.field).where(Photo.entry_uuid == found.id)).all()
    assert sorted(fields) == ["chlorine_tank__photo", "reading_photo"]
    page = inspector.get(f"/inspections/{found.id}").text
    assert "低于下限 6.5 mg/L" in page
    assert "设备时钟偏差过大" not in page


@pytest.mark.parametrize(("off", "is_flagged"), [(timedelta(hours=47), False), (timedelta(hours=49), True)])
def test_deadlines_use_the_corrected_time_and_a_clock_far_off_is_flagged(app, ward, device, inspector, off, is_flagged):
    recorded, slow = clock.now() - timedelta(hours=3), clock.now() - timedelta(hours=3) - off
    envelope = device.seal("inspection", filled(ward.here, **BELOW), captured_at=stamp(slow))
    [outcome] = device.send(envelope, now=stamp(clock.now() - off))
    assert outcome["outcome"] == "receipt"
    [found] = inspections(app)
    assert abs(found.inspected_at - recorded) < timedelta(seconds=10)
    with app.app_context():
        due_at = db.session.scalars(select(InspectionFinding.due_at)).one()
    given = due_at - found.inspected_at
    assert given == timedelta(days=given.days)
    assert given.days >= 1
    for path in ("", "/print"):
        page = inspector.get(f"/inspections/{found.id}{path}").text
        assert ("设备时钟偏差过大" in page) is is_flagged
        assert clock_time(app, slow) in page
        assert "代为送达" not in page


def clock_time(app, at):
    """As pages show it: the day and the minute."""
    with app.app_context():
        return clock.local(at).strftime("%H:%M")


def test_the_record_says_who_carried_it(app, ward, device):
    envelope = device.seal("inspection", filled(ward.here))
    masters.person(app, "colleague", Role.INSPECTOR)
    colleague = masters.signed_in(app, "colleague")
    assert device.send(envelope, client=colleague)[0]["outcome"] == "receipt"
    [found] = inspections(app)
    assert found.inspector_id == ward.actor.id
    for path in ("", "/print"):
        assert "代为送达" in colleague.get(f"/inspections/{found.id}{path}").text


def returned_page(client):
    [row] = [one for one in client.get("/sync/returned").text.split('"') if one.startswith("/sync/returned/")][:1]
    return row, client.get(row).text


def test_what_comes_back_keeps_every_typed_value_and_can_be_corrected(app, ward, device, inspector):
    typed = BELOW | {"chlorine_tank": "4,,2", "chlorine_tank__note": "加药泵停运", "witness": "王医生"}
    fields = filled(ward.here, **typed)
    [outcome] = device.send(device.seal("inspection", fields))
    assert outcome["outcome"] == "returned"
    path, page = returned_page(inspector)
    for said in ('value="4,,2"', "加药泵停运", 'value="王医生"', f'<option value="{ward.here}"', "inspections.js"):
        assert said in page
    assert str(ward.there) not in page
    still_bad = inspector.post(path, data=fields)
    assert (still_bad.status_code, inspections(app)) == (422, [])
    assert 'value="4,,2"' in still_bad.text
    good = inspector.post(path, data=fields | {"chlorine_tank": "4.2"})
    assert good.status_code == 303
    [found] = inspections(app)
    assert (str(found.id), found.witness, found.finding_count) == (fields["uuid"], "王医生", 1)


def test_a_check_of_a_place_out_of_reach_comes_back_and_the_place_can_be_chosen(app, ward, device, inspector):
    fields = filled(ward.there)
    [outcome] = device.send(device.seal("inspection", fields))
    assert (outcome["outcome"], outcome["code"]) == ("returned", "place-out-of-reach")
    path, page = returned_page(inspector)
    chosen = re.findall(r'value="([^"]+)" selected', page.split('name="place"')[1].split("</select>")[0])
    assert chosen == [str(ward.there)], "no other place is chosen in its stead"
    assert inspector.post(path, data=fields | {"place": str(ward.here)}).status_code == 303
    assert [one.place_id for one in inspections(app)] == [ward.here]


def test_a_device_is_told_what_decides_the_limits_and_nothing_personal(app, ward, inspector):
    masters.place(app, "P-01", PlaceKind.DISPOSAL_PLANT)
    parts = inspector.get("/sync/reference", headers={"X-Frontline-Sync": "1"}).json["parts"]
    assert parts["circumstances"] == {
        str(ward.here): {
            "institution": "infectious",
            "route": "surface_water",
            "disinfectant": "chlorine",
            "regime": "covid",
            "points": {},
        }
    }


@pytest.mark.parametrize("slug", ["inspection-medical-waste", "inspection-hospital-wastewater"])
def test_a_blank_form_is_the_same_for_everybody(app, ward, client, inspector, slug):
    pages = [one.get(f"/offline/forms/{slug}").text for one in (client, inspector)]
    assert pages[0] == pages[1]
    assert 'data-kind="inspection"' in pages[0]
    for secret in ("csrf", "H-01", str(ward.here)):
        assert secret not in pages[0]


def test_a_form_with_photos_that_comes_back_says_that_they_are_gone(ward, inspector):
    fields = filled(ward.here, confirmed=None)
    without = inspector.post("/inspections", data=fields)
    files = MultiDict(fields)
    files["reading_photo"] = (io.BytesIO(jpeg("red")), "meter.jpg")
    answer = inspector.post("/inspections", data=files, content_type="multipart/form-data")
    assert [one.status_code for one in (without, answer)] == [422, 422]
    assert ["请重新选择照片后再提交" in one.text for one in (without, answer)] == [False, True]
