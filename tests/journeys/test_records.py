"""The pages that the kernel draws for a kind, on a phone: recorded with and without a network, with a photo, corrected;
for every kind of which a feature's rows hold a sample.
"""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support import matrix
from tests.support.browser import axe_violations, sign_in, wait_until_kept
from tests.support.shares import usual_and_long
from tests.support.walking import looked_at
from webapp import FEATURES

pytestmark = pytest.mark.browser
SAMPLES = {name: rows.sample for name, rows in matrix.features().items() if rows.sample}
DRAWN = {feature.name: feature.kinds[0] for feature in FEATURES if feature.name in SAMPLES}


@pytest.fixture
def photo(tmp_path):
    Image.new("RGB", (1200, 900), "firebrick").save(tmp_path / "photo.jpg")
    return tmp_path / "photo.jpg"


@pytest.fixture
def phone(server, open_page):
    """phone(name, language): the phone of somebody who records this kind, signed in."""

    def phone(name, language, **options):
        page = open_page("phone", server.url, language, **options, has_touch=True, reduced_motion="reduce")
        sign_in(page, DRAWN[name].record.recorders[0].value, language)
        return page

    return phone


def fill(page, fields):
    for name, value in fields.items():
        control = page.locator(f"[name={name}]").first
        if control.get_attribute("type") == "radio":
            page.locator(f"[name={name}][value={value}]").check(force=True)
        elif control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(label=control.locator("option", has_text=value).first.inner_text())
        else:
            control.fill(value)


def add_photo(page, photo):
    page.locator("[name=photos]").set_input_files(photo)
    expect(page.locator("[data-thumbs] img")).to_be_visible()


def press(page):
    page.locator("#main .submit-bar button").click()


def expect_record(page, name, words):
    page.wait_for_url(re.compile(rf".*/{name}/[0-9a-f-]{{36}}$"))
    expect(page.locator("#record")).to_contain_text(words)
    expect(page.locator(".thumbs img")).to_have_count(1)


def faults_beside(page, *expected):
    return [fault for fault in page.faults if not any(words in fault for words in expected)]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", usual_and_long(["en"], ["zh"]))
def test_with_a_network_a_bad_form_keeps_its_photo_and_a_good_one_is_corrected(phone, photo, name, language):
    page, sample = phone(name, language), SAMPLES[name]
    page.goto(f"/{name}/new")
    assert axe_violations(page) + looked_at(page) == []
    fill(page, sample.typed | sample.wrong)
    add_photo(page, photo)
    press(page)
    expect(page.locator("[data-errors]")).to_be_visible()
    expect(page.locator("[data-thumbs] img")).to_be_visible()
    for field, value in sample.wrong.items():
        expect(page.locator(f"[name={field}]")).to_have_value(value)
    fill(page, sample.typed)
    press(page)
    expect_record(page, name, sample.shown[language])
    page.faults.clear()  # the form that was bad
    assert axe_violations(page) + looked_at(page) == []

    page.locator("a[href$='/correct']").click()
    for field in sample.corrected:
        expect(page.locator(f"[name={field}]")).to_have_value(sample.typed[field])
    fill(page, sample.corrected)
    press(page)  # without a reason
    expect(page.locator("[data-errors]")).to_be_visible()
    page.locator("[name=reason]").fill("少数了一段路")
    press(page)
    expect_record(page, name, sample.shown_corrected[language])
    expect(page.locator("#record")).to_contain_text("少数了一段路")
    page.faults.clear()
    assert axe_violations(page) + looked_at(page) == []
    page.goto(f"/{name}?{sample.listed}")
    expect(page.locator("#records")).to_contain_text(sample.shown_corrected[language])
    assert axe_violations(page) + looked_at(page) == []


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", usual_and_long(["zh"], ["en"]))
def test_without_a_network_it_is_checked_and_kept_here_and_arrives_with_its_photo(phone, photo, name, language):
    page, sample = phone(name, language, is_installed=True), SAMPLES[name]
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until_kept(page, "places", "units")
    page.context.set_offline(True)
    page.goto(f"/{name}/new")
    page.wait_for_url("**/offline/forms/*")
    press(page)  # nothing is filled in: said here, nothing kept
    expect(page.locator("[data-device-errors]")).to_be_visible()
    for field in sample.required:
        expect(page.locator(f".field:has([name={field}]) .error")).to_be_visible()
    expect(page.locator("[data-outbox-badge]")).to_be_hidden()
    assert axe_violations(page) == []
    fill(page, sample.typed)
    add_photo(page, photo)
    press(page)
    expect(page.locator("[data-saved-here]")).to_be_visible()
    expect(page.locator("[data-after-saved] a")).to_be_visible()

    page.context.set_offline(False)
    page.goto("/outbox")
    expect(page.locator("[data-sent-list] > *")).to_have_count(1)
    page.goto(f"/{name}?{sample.listed}")
    page.locator("#records tr", has_text=sample.shown[language]).locator("a").first.click()
    expect_record(page, name, sample.shown[language])
    assert faults_beside(page, "ERR_INTERNET_DISCONNECTED", "422") == []
