"""F32: a captive portal answers in the server's place. Only an outcome that repeats uuid and hash is a success."""

import json

import pytest

from tests.faults.browser.phone import assert_settled

pytestmark = pytest.mark.browser
LOGIN = "<!doctype html><title>Free WLAN</title><p>Please accept the terms"


def html(route):
    route.fulfill(status=200, content_type="text/html", body=LOGIN)


def redirect(route):
    route.fulfill(status=302, headers={"Location": "http://portal.invalid/login"}, body="")


def other_json(route):
    route.fulfill(status=200, content_type="application/json", body='{"ok": true}')


def claims_all_is_well(route):
    """Ours in shape, as an old or broken server might answer, but for another hash."""
    if route.request.method == "GET":
        route.continue_()
        return
    said = json.loads(route.request.post_data)["envelopes"]
    outcomes = [{"uuid": one["uuid"], "sha256": "0" * 64, "outcome": "receipt", "seq": 1} for one in said]
    route.fulfill(status=200, content_type="application/json", body=json.dumps({"outcomes": outcomes}))


def html_for_the_delivery(route):
    """The probe got through; the portal came after it."""
    if route.request.method == "GET":
        route.continue_()
    else:
        html(route)


ANSWERS = [html, redirect, other_json, claims_all_is_well, html_for_the_delivery]


def test_f32_what_a_portal_answers_is_no_receipt(phone, office):
    phone.page.goto("/outbox")
    stands = {"answer": html}  # one portal all the time: between two, the page's own sender would get through
    phone.context.route("**/sync/**", lambda route: stands["answer"](route))
    kept = phone.keep(office.checks(3, photos=1))
    for answer in ANSWERS:
        stands["answer"] = answer
        with phone.page.expect_request("**/sync/**"):
            phone.flush()
        assert [row["uuid"] for row in phone.rows("queue")] == [one["uuid"] for one in kept], answer
        assert {row["state"] for row in phone.rows("queue")} == {"waiting"}, answer
        assert phone.rows("sent") == [], answer
        assert len(phone.rows("photos")) == 1, answer
    assert office.known(kept) == []
    phone.context.unroute("**/sync/**")
    phone.flush()
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)
