"""A deadline that has gone by is asked about: on the form with everything typed, and of a record that arrives late."""

import re
from datetime import timedelta

import pytest

from tests.inspections.conftest import filled
from tests.inspections.test_views import HTMX, count
from tests.support import masters
from tests.support.device import Device, stamp
from webapp.kernel import clock
from webapp.kernel.entries import Entry

PAST = {
    "no_bypass": "no",
    "no_bypass__due": "2020-01-01T08:00",
    "sign_meter": "no",
    "sign_meter__due": "2020-01-02T08:00",
}


@pytest.fixture
def inspector(app, ward):
    return masters.signed_in(app, "inspector")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_every_deadline_that_has_gone_by_is_named_and_can_be_confirmed(inspector, ward, headers):
    fields = filled(ward.here, **PAST, remark="天气阴")
    asked = inspector.post("/inspections", data=fields, headers=headers)
    assert asked.status_code == 422
    for name in ("no_bypass", "sign_meter"):
        assert re.search(rf'id="{name}__due-error"[^>]*>整改期限已经过去', asked.text)
        assert re.search(rf'<div data-past>(?:(?!</div>).)*name="{name}__past"', asked.text, re.DOTALL)
    assert 'value="2020-01-01T08:00"' in asked.text
    assert 'value="天气阴"' in asked.text
    assert count(ward, Entry) == 0
    half = inspector.post("/inspections", data=fields | {"no_bypass__past": "y"}, headers=headers)
    assert (half.status_code, 'id="no_bypass__due-error"' in half.text) == (422, False)
    good = inspector.post("/inspections", data=fields | {"no_bypass__past": "y", "sign_meter__past": "y"})
    assert good.status_code == 303
    assert count(ward, Entry) == 1


def test_the_question_is_hidden_where_no_deadline_was_typed(inspector, ward):
    form = inspector.get(f"/inspections/new?place={ward.here}&checklist=hospital-wastewater").text
    assert form.count("<div data-past hidden>") == form.count("data-past") > 10


def test_a_late_record_is_asked_by_the_time_it_happened(app, ward, inspector):
    device, recorded = Device(inspector), clock.now() - timedelta(days=3)

    def sealed(days, **more):
        due = clock.local(recorded + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
        fields = filled(ward.here, no_bypass="no", no_bypass__due=due, **more)
        return device.seal("inspection", fields, captured_at=stamp(recorded)), fields

    (met, _fields), (missed, fields), (meant, _) = sealed(1), sealed(-1), sealed(-1, no_bypass__past="y")
    outcomes = [(one["outcome"], one.get("code")) for one in device.send(met, missed, meant)]
    assert outcomes == [("receipt", None), ("returned", "deadline-past"), ("receipt", None)]
    page = inspector.get("/sync/returned").text
    url = re.search(r'"(/sync/returned/[0-9a-f-]{36})"', page)[1]
    assert 'name="no_bypass__past"' in inspector.get(url).text
    assert inspector.post(url, data=fields | {"no_bypass__past": "y"}).status_code == 303
    assert count(ward) == 3
