"""A plate typed with keys of our own, on a touch screen whose keyboard has no province; without a network too."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_gatekeeper import BURST
from tests.support.browser import axe_violations, sign_in, wait_until_kept
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser


@pytest.fixture
def gate(server, open_page):
    """gate(size, language): the form for a newcomer, on a screen that is touched."""

    def gate(size, language="zh", **options):
        page = open_page(size, server.url, language, **{"has_touch": True} | options)
        sign_in(page, "gatekeeper", language)
        page.wait_for_url("**/gate")
        page.locator(".newcomer > summary").click()
        return page

    return gate


def keys(page, plate):
    for key in plate:
        page.locator(f"#plate-plate [data-plate-key='{key}']").tap()


@pytest.mark.parametrize(
    ("language", "size"),
    usual_and_long(
        [("zh", "tablet")],
        [("zh", "phone"), ("en", "tablet"), ("zh", "desktop"), ("en", "phone"), ("en", "desktop")],
    ),
)
def test_the_keys_follow_the_plate(gate, size, language):
    page = gate(size, language)
    plate, pad = page.locator("[name=plate]"), page.locator("#plate-plate")
    expect(pad).to_be_hidden()
    plate.tap()
    expect(pad.locator("[data-plate-key]:visible")).to_have_count(31 + 1)
    keys(page, "鲁A")
    expect(pad.locator("[data-plate-key=挂]")).to_be_disabled()
    assert axe_violations(page) == []
    keys(page, "1234")
    expect(pad.locator("[data-plate-key=挂]")).to_be_enabled()
    keys(page, "5D")
    expect(plate).to_have_value("鲁A12345D")
    expect(pad.locator("[data-plate-key]:enabled")).to_have_count(1)
    keys(page, ["back"])
    expect(plate).to_have_value("鲁A12345")
    expect(page.locator("[data-plate-warning]")).to_be_hidden()
    page.locator("[name=host]").tap()
    expect(pad).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.faults == []


def test_a_keyboard_and_a_hand_scanner_type_as_ever(gate):
    page = gate("tablet")
    plate = page.locator("[name=plate]")
    plate.tap()
    page.keyboard.type("wj鲁12345")
    expect(plate).to_have_value("wj鲁12345")
    page.locator("#plate-plate [data-plate-close]").tap()
    expect(page.locator("#plate-plate")).to_be_hidden()
    expect(plate).to_be_focused()
    assert plate.evaluate("(field) => field.inputMode") == "text"
    page.locator("[data-plate-open=plate]").tap()
    expect(page.locator("#plate-plate")).to_be_visible()
    page.evaluate(BURST, [*"13955550127", {"key": "Enter"}])
    expect(page.locator("[name=phone]")).to_have_value("13955550127")
    assert page.faults == []


def test_the_arrows_walk_from_key_to_key(gate):
    page = gate("tablet")
    page.locator("[name=plate]").tap()
    page.locator("#plate-plate [data-plate-key=京]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[name=plate]")).to_have_value("津")
    expect(page.locator("#plate-plate [data-plate-key=A]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[name=plate]")).to_be_focused()
    expect(page.locator("#plate-plate")).to_be_hidden()


def test_a_returning_car_is_found_by_its_plate(gate):
    page = gate("tablet")
    page.goto(page.url)
    page.locator("[data-plate-open=q]").tap()
    expect(page.locator("[data-keypad=q]")).to_be_hidden()
    for key in "赣K7Q2X9":
        page.locator(f"#q-plate [data-plate-key='{key}']").tap()
    page.get_by_role("button", name="查找").click()
    expect(page.locator("[name=plate]")).to_have_value("赣K7Q2X9")


def test_without_a_touch_screen_there_are_no_keys(gate):
    page = gate("desktop", has_touch=False)
    page.locator("[name=plate]").click()
    expect(page.locator("#plate-plate")).to_be_hidden()
    expect(page.locator("[data-plate-open=plate]")).to_be_hidden()


@pytest.mark.long
def test_the_kept_form_has_the_keys_too(gate):
    page = gate("tablet", is_installed=True)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    wait_until_kept(page, "gate", "places")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto("/offline/forms/visit-in")
    page.locator("#arrive details.more summary").click()
    page.locator("#arrive [name=plate]").tap()
    keys(page, "鲁AD12345")
    expect(page.locator("#arrive [name=plate]")).to_have_value("鲁AD12345")
    page.locator("[data-plate-open=who]").tap()
    expect(page.locator("#who-plate")).to_be_visible()
