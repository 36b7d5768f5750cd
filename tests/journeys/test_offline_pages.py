"""The pages that a device keeps: who is signed in, where one can go, what waits and what a label leads to."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import SIZES, axe_violations, sign_in, wait_until_kept

pytestmark = pytest.mark.browser

ARRIVAL = {"name": "诸葛青云", "phone": "13955550127", "origin": "本区", "celsius": "36.5"}


@pytest.fixture
def device(server, open_page):
    """device(username, size): a page of somebody whose device has kept everything, from now on without a network."""

    def device(username, size="phone", language="zh"):
        page = open_page(size, server.url, language)
        sign_in(page, username, language)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        wait_until_kept(page, "places")
        page.wait_for_function("async () => Boolean(await (await import(own('outbox/author.js'))).authorName())")
        page.context.set_offline(True)
        return page

    return device


def record(page):
    page.goto("/offline/forms/visit-in")
    for name, value in ARRIVAL.items():
        page.locator(f"#arrive [name={name}]").fill(value)
    page.locator("#arrive button[name=decision][value=pass]").click()
    expect(page.locator(".decided")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_every_page_says_whose_device_it_is_and_what_needs_a_network(device, size):
    page = device("gatekeeper", size)
    for path in ("/offline", "/outbox", "/offline/scan", "/offline/forms/visit-in"):
        page.goto(path)
        expect(page.locator("[data-me]")).to_have_text("王秀英")
        expect(page.locator(".bar a")).to_have_count(5)
        expect(page.locator(".bar [data-no-network]:visible")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path
    for path in ("/offline", "/outbox", "/offline/scan"):
        page.goto(path)
        assert axe_violations(page) == [], path
    expect(page.locator("[data-me]")).to_be_visible()
    page.goto("/offline")
    expect(page.locator("[data-forms] a[data-primary]")).to_have_text("卡口登记")
    expect(page.locator("[data-retry]")).to_be_hidden()
    page.locator(".bar a", has_text="今日").click()
    expect(page.locator("h1")).to_contain_text("没有网络")
    expect(page.locator("[data-retry]")).to_be_visible()
    page.locator(".bar a", has_text="待传箱").click()
    expect(page.locator("h1")).to_have_text("待传箱")


def test_what_waits_names_its_place_and_a_receipt_leads_to_the_record(device):
    page = device("gatekeeper", "tablet")
    record(page)
    page.goto("/outbox")
    row = page.locator("[data-waiting-list] li")
    expect(row).to_contain_text("CP-01 城北高速卡口")
    expect(row.locator("[data-part=at]")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$"))
    page.context.set_offline(False)
    receipt = page.locator("[data-sent-list] a")
    receipt.click()
    expect(page.locator("#visit")).to_contain_text("城北高速卡口")


def test_a_label_or_a_code_opens_the_forms_of_its_place(device):
    page = device("gatekeeper")
    page.goto("/scan")
    page.wait_for_url("**/offline/scan*")
    box = page.locator("[data-scan-box]")
    box.fill("cp01")
    box.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("CP-01 城北高速卡口")
    expect(page.locator("[data-forms] > li:visible a")).to_have_count(2)
    box.fill("NO-SUCH-1")
    box.press("Enter")
    expect(page.locator("[data-unknown]")).to_be_visible()
    expect(page.locator("[data-forms] > li:visible")).to_have_count(0)
    places = page.evaluate("async () => (await import(own('outbox/reference.js'))).part('places')")
    page.goto(f"/places/{next(place['id'] for place in places if place['code'] == 'CP-01')}")
    page.wait_for_url("**/offline/scan*")
    page.locator("[data-forms] > li:visible a").first.click()
    expect(page.locator("#arrive [name=place] option:checked")).to_have_text("CP-01 城北高速卡口")


@pytest.mark.parametrize("username", ["clerk", "keeper"])
def test_a_place_where_one_form_fits_opens_it_with_the_place_chosen(device, username):
    page = device(username)
    places = page.evaluate("async () => (await import(own('outbox/reference.js'))).part('places')")
    place = next(place for place in places if username in place["roles"])
    page.goto("/offline/scan")
    page.locator("[data-scan-box]").fill(place["code"])
    page.locator("[data-scan-box]").press("Enter")
    page.wait_for_url("**/offline/forms/*")
    expect(page.locator("[name=place]")).to_have_value(place["id"])


def test_nobody_is_named_after_signing_out(device):
    page = device("gatekeeper")
    page.goto("/offline")
    expect(page.locator("[data-me]")).to_have_text("王秀英")
    page.locator("[data-sign-out] button").click()
    page.wait_for_url("**/offline*")
    expect(page.locator("[data-no-grant]")).to_be_visible()
    expect(page.locator("[data-me]")).to_be_hidden()
