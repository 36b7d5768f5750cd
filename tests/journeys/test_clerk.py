"""A clerk's publicity: recorded on a phone with and without a network, with photos, and corrected."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in, wait_until_kept
from tests.support.shares import usual_and_long
from tests.support.walking import looked_at

pytestmark = pytest.mark.browser
FORM = "/publicity/new"
RECORD = re.compile(r".*/publicity/[0-9a-f-]{36}$")
WORDS = {
    "zh": {
        "saved": "60 条",
        "required": "请填写这一项。",
        "or": "请选择这一项，或填写“区域”。",
        "again": "66 条",
    },
    "en": {
        "saved": "60 banners",
        "required": "Fill this in.",
        "or": "Choose one, or fill in “Area”.",
        "again": "66 banners",
    },
}


@pytest.fixture
def photo(tmp_path):
    Image.new("RGB", (1200, 900), "firebrick").save(tmp_path / "banner.jpg")
    return tmp_path / "banner.jpg"


@pytest.fixture
def clerk(server, open_page):
    """clerk(language): the phone of the zone's clerk, signed in."""

    def clerk(language="zh", **options):
        page = open_page("phone", server.url, language, **options, has_touch=True, reduced_motion="reduce")
        sign_in(page, "clerk", language)
        return page

    return clerk


def fill(page, photo: Path, count="60"):
    page.locator("[name=means][value=banner]").check(force=True)
    page.locator("[name=count]").fill(count)
    expect(page.locator("[name=unit] option:checked")).to_contain_text("ZONE")
    page.locator("[name=place]").select_option(label=page.locator("[name=place] option", has_text="CP-03").inner_text())
    page.locator("[name=from_on]").fill("2026-11-02")
    page.locator("[name=photos]").set_input_files(photo)
    expect(page.locator("[data-thumbs] img")).to_be_visible()


def press(page):
    page.locator("#main .submit-bar button").click()


def without_network_faults(page):
    return [fault for fault in page.faults if "ERR_INTERNET_DISCONNECTED" not in fault and "422" not in fault]


@pytest.mark.parametrize("language", usual_and_long(["en"], ["zh"]))
def test_with_a_network_a_bad_form_keeps_its_photo_and_a_good_one_is_corrected(clerk, photo, language):
    page, words = clerk(language), WORDS[language]
    page.goto(FORM)
    assert axe_violations(page) + looked_at(page) == []
    fill(page, photo, count="many")
    press(page)
    expect(page.locator("[data-errors]")).to_be_visible()
    expect(page.locator("[data-thumbs] img")).to_be_visible()
    expect(page.locator("[name=count]")).to_have_value("many")
    page.locator("[name=count]").fill("６０")
    press(page)
    page.wait_for_url(RECORD)
    expect(page.locator("#record")).to_contain_text(words["saved"])
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.faults.clear()  # the form that was bad
    assert axe_violations(page) + looked_at(page) == []

    page.locator("a[href$='/correct']").click()
    expect(page.locator("[name=count]")).to_have_value("６０")
    page.locator("[name=count]").fill("66")
    press(page)  # without a reason
    expect(page.locator("[data-errors]")).to_be_visible()
    page.locator("[name=reason]").fill("少数了一段路")
    press(page)
    page.wait_for_url(RECORD)
    expect(page.locator("#record")).to_contain_text(words["again"])
    expect(page.locator("#record")).to_contain_text("少数了一段路")
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.faults.clear()
    assert axe_violations(page) + looked_at(page) == []
    page.goto("/publicity?means=banner&since=2026-11-02&until=2026-11-02")
    expect(page.locator("#records .stat-value")).to_have_text("66")
    assert axe_violations(page) + looked_at(page) == []


@pytest.mark.parametrize("language", usual_and_long(["zh"], ["en"]))
def test_without_a_network_it_is_checked_and_kept_here_and_arrives_with_its_photo(clerk, photo, language):
    page, words = clerk(language, is_installed=True), WORDS[language]
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until_kept(page, "places", "units")
    page.context.set_offline(True)
    page.goto(FORM)
    page.wait_for_url("**/offline/forms/publicity*")
    expect(page.locator("[name=unit] option:checked")).to_contain_text("ZONE")
    press(page)  # nothing is filled in: said here, nothing kept
    expect(page.locator("[data-device-errors]")).to_be_visible()
    expect(page.locator(".field:has([name=count])")).to_contain_text(words["required"])
    expect(page.locator(".field:has([name=place])")).to_contain_text(words["or"])
    expect(page.locator("[data-outbox-badge]")).to_be_hidden()
    assert axe_violations(page) == []
    fill(page, photo)
    page.locator("[name=until_on]").fill("2026-11-01")
    press(page)
    expect(page.locator(".field:has([name=until_on]) .error")).to_be_visible()
    page.locator("[name=until_on]").fill("2026-11-02")
    press(page)
    expect(page.locator("[data-saved-here]")).to_be_visible()
    expect(page.locator("[data-after-saved] a")).to_be_visible()

    page.context.set_offline(False)
    page.goto("/outbox")
    expect(page.locator("[data-sent-list] > *")).to_have_count(1)
    page.goto("/publicity?means=banner&since=2026-11-02&until=2026-11-02")
    page.locator("#records a[href^='/publicity/']", has_text=re.compile("横幅|Banners")).first.click()
    expect(page.locator("#record")).to_contain_text(words["saved"])
    expect(page.locator(".thumbs img")).to_have_count(1)
    assert without_network_faults(page) == []
