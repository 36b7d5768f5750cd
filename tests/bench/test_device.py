"""How soon the app opens without a network on a browser that was just started, and says "saved on this device"."""

import statistics
import time
from types import SimpleNamespace

import pytest

from tests.faults.browser.phone import Phone
from tests.journeys.test_gatekeeper_offline import TIMED_PRESS
from tests.journeys.test_inspector import answer_everything
from tests.journeys.test_keeper import CODE
from tests.support.browser import wait_until_kept

ROUNDS = 5
OPENS_MS, SAVED_MS = 2_000, 300  # what was promised


def check(page):
    page.locator("#place").select_option(index=1)
    answer_everything(page)
    page.locator("input[name=chlorine_tank__quantity][value=total]").check(force=True)
    page.locator("[name=chlorine_tank]").fill("7")
    page.locator("[name=confirmed]").check()


def arrival(page):
    typed = {"name": "王秀英", "phone": "13955550127", "origin": "本区", "celsius": "36.5"}
    for name, value in typed.items():
        page.locator(f"#arrive [name={name}]").fill(value)


def slip(page):
    page.keyboard.press("F1")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    page.locator("#counter-form input.quantity").wait_for()


KINDS = {
    "inspection": SimpleNamespace(
        username="inspector",
        part="circumstances",
        path="/inspections/new?checklist=hospital-wastewater",
        usable="#place option:nth-child(2)",
        fill=check,
        press=".submit-bar button",
        saved="[data-saved-here]",
    ),
    "arrival": SimpleNamespace(
        username="gatekeeper",
        part="gate",
        path="/checkpoints",
        usable="[data-gate-offline]:not([hidden])",
        fill=arrival,
        press="#arrive button[name=decision][value=pass]",
        saved="[data-said-here] .decided",
    ),
    "slip": SimpleNamespace(
        username="keeper",
        part="items",
        path="/supplies/counter",
        usable="[data-confirm-words]:not(:empty)",  # the script is at work
        fill=slip,
        press="[data-confirm]",
        saved="[data-saved-place]",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_cold_start_and_a_press_without_a_network(chromium, server, tmp_path, record_property, name):
    kind, opened, saved = KINDS[name], [], []
    phone = Phone(chromium.browser_type, tmp_path / "phone", server.url)
    phone.open("/sign-in")
    phone.sign_in(kind.username)
    phone.page.goto(kind.path)
    wait_until_kept(phone.page, kind.part, "places")
    for _round in range(ROUNDS):
        phone.close()
        page = phone.open()
        phone.go_offline()
        began = time.perf_counter()
        page.goto(kind.path)
        page.locator(kind.usable).wait_for(state="attached")
        opened.append((time.perf_counter() - began) * 1000)
        kind.fill(page)
        saved.append(page.evaluate(TIMED_PRESS, [kind.press, kind.saved]))
    phone.close()
    for what, times in (("opens cold", opened), ("saved", saved)):
        median = statistics.median(times)
        row = [f"{name}: {what}", len(times), 1000 / median, median, max(times), max(times)]
        record_property("bench", row)
    assert statistics.median(opened) < OPENS_MS
    assert max(saved) < SAVED_MS
