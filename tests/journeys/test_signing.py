"""The witness signs with a finger: written, cleared, kept over an answer in place and a reload, online and not."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_inspector import answer_everything, open_form
from tests.journeys.test_inspector_offline import FORM, choose_hospital, ready_for_the_basement
from tests.journeys.test_photos import DRAFTED
from tests.support.browser import axe_violations, sign_in

pytestmark = pytest.mark.browser
INK = """(pad) => pad.getContext("2d").getImageData(0, 0, pad.width, pad.height).data
  .some((value, n) => n % 4 === 3 && value > 0)"""
SIGNED = "(input) => input.files.length"


def sign(page):
    """A stroke across the pad."""
    pad = page.locator("[data-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=5)
    page.mouse.up()


def test_a_signature_is_written_cleared_kept_and_recorded(server, open_page):
    page = open_page("phone", server.url, has_touch=True, reduced_motion="reduce")
    sign_in(page, "inspector")
    open_form(page)
    pad, kept = page.locator("[data-pad]"), page.locator("input[name=witness_signature]")
    sign(page)
    expect(page.locator("[data-pad-clear]")).to_be_visible()
    assert axe_violations(page) == []
    page.locator("[data-pad-clear]").click()
    assert (kept.evaluate(SIGNED), pad.evaluate(INK)) == (0, False)
    sign(page)
    page.evaluate(DRAFTED, 1)
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    expect(page.locator("[data-pad-clear]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-pad-clear]")).to_be_visible()
    page.wait_for_function(f"({INK})(document.querySelector('[data-pad]'))")
    answer_everything(page)
    page.locator("[name=confirmed]").check()
    page.locator(".submit-bar button").click()
    expect(page.locator("#receipt-title + dl img.signed")).to_have_count(1)
    assert [fault for fault in page.faults if "422" not in fault] == []


@pytest.mark.long
def test_a_signature_without_a_network_arrives(server, open_page):
    page = open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce")
    ready_for_the_basement(page)
    page.context.set_offline(True)
    page.goto(FORM)
    page.wait_for_url("**/offline/forms/inspection-hospital-wastewater*")
    choose_hospital(page)
    answer_everything(page)
    sign(page)
    page.evaluate(DRAFTED, 1)
    page.locator("[name=confirmed]").check()
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.context.set_offline(False)
    page.goto("/outbox")
    expect(page.locator("[data-sent-list] > *")).to_have_count(1, timeout=20_000)
    page.goto("/inspections?place=H-01")
    page.locator("#inspections a[href^='/inspections/']").first.click()
    expect(page.locator("#receipt-title + dl img.signed")).to_have_count(1)
