"""A finding is put right without a network: the form knows which, the photo goes along, it arrives once."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_inspector_offline import cold
from tests.support.browser import axe_violations, sign_in, wait_until_kept

pytestmark = pytest.mark.browser
ROWS = "main a[href^='/inspections/findings/']"


def test_what_was_done_is_recorded_without_a_network_and_arrives_with_its_photo(server, open_page, tmp_path):
    page = open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce")
    sign_in(page, "inspector")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    wait_until_kept(page, "findings")
    page.goto("/inspections/findings?state=open")
    address = page.locator(ROWS).first.get_attribute("href")
    finding = address.rsplit("/", 1)[1]
    page.context.set_offline(True)

    page = cold(page)
    page.goto(f"/inspections/findings/acts/answer?finding={finding}")
    page.wait_for_url("**/offline/forms/finding-answer*")
    expect(page.locator("select[name=finding]")).to_have_value(finding)
    assert axe_violations(page) == []
    page.locator("[name=note]").fill("已加铅封")
    picture = tmp_path / "seal.jpg"
    Image.new("RGB", (64, 48), "teal").save(picture)
    page.locator("input[name=evidence]").set_input_files(picture)
    expect(page.locator("[data-thumbs] img")).to_have_count(1)
    page.locator(".submit-bar button[type=submit]").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()

    page.goto("/outbox")
    expect(page.locator("[data-waiting-list] > *")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator("[data-waiting-list] > *")).to_have_count(0, timeout=20_000)
    page.goto(address)
    expect(page.locator("#finding")).to_contain_text("待复查")
    expect(page.locator(".steps-of")).to_contain_text("已加铅封")
    expect(page.locator(".steps-of img")).to_have_count(1)
