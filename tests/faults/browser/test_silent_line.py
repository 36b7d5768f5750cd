"""A line that takes every request and never answers one: a kept page opens and saves without it."""

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import Phone
from tests.faults.proxy import Line
from tests.support.shares import usual_and_long

QUICK_MS = 2_000
FORMS = [
    ("gatekeeper", "visit-in", "[data-gate-offline] #arrive"),
    ("inspector", "inspection-hospital-wastewater", "[data-known-at]:not(:empty)"),
    ("keeper", "stock", "#counter-form"),
]


@pytest.fixture
def silent(chromium, office, tmp_path):
    """silent(username): the line, and a device that kept its pages before the line fell silent and was started anew."""
    line = Line(office.server.port)
    phone = Phone(chromium.browser_type, tmp_path / "phone", line.url)

    def silent(username):
        phone.open("/sign-in")
        phone.sign_in(username)
        phone.close()
        line.hang()
        phone.open()
        return line, phone

    yield silent
    line.close()
    phone.close()


@pytest.mark.parametrize(("username", "form", "drawn"), usual_and_long(FORMS[:1], FORMS[1:]))
def test_a_kept_form_opens_on_a_silent_line(silent, username, form, drawn):
    line, phone = silent(username)
    phone.page.goto(f"/offline/forms/{form}", timeout=QUICK_MS)  # until its scripts have run
    expect(phone.page.locator(drawn)).to_be_visible(timeout=QUICK_MS)
    assert [asked for _method, asked, what in line.log if what == "hang" and asked.startswith("/static/")] == []


def test_what_is_recorded_on_a_silent_line_is_kept_at_once_and_arrives_once(silent, office):
    line, phone = silent("gatekeeper")
    page = phone.page
    page.goto("/offline/forms/visit-in", timeout=QUICK_MS)
    for name, value in {"name": "王秀英", "phone": "13912340034", "origin": "本区三里庄", "celsius": "36.5"}.items():
        page.locator(f"#arrive [name={name}]").fill(value)
    page.locator("#arrive button[name=decision][value=pass]").click()
    expect(page.locator(".decided[data-decision=pass]")).to_contain_text("已保存在这台设备上", timeout=QUICK_MS)
    kept = phone.rows("queue")
    assert len(kept) == 1
    assert office.known(kept) == []
    line.mend()
    phone.wait_until_empty(60)
    office.assert_exactly_once(kept)
