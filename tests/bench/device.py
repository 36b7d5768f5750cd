"""A device in a real browser: how soon it opens and saves without a network, how soon three days of records arrive."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Page, sync_playwright

from tests.bench.report import Figure
from tests.faults.browser.phone import Office, Phone
from tests.journeys.test_gatekeeper_offline import TIMED_PRESS
from tests.journeys.test_inspector import answer_everything
from tests.journeys.test_keeper import CODE
from tests.support.browser import Server, wait_until_kept

ROUNDS = 5
OPENS_MS, SAVED_MS, ARRIVES_S = 2_000, 300, 120  # what was promised
RECORDS, PHOTOS = 500, 100


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody does without a network: `usable` is there once the page's scripts are at work."""

    name: str
    username: str
    part: str
    path: str
    usable: str
    fill: Callable[[Page], None]
    press: str
    saved: str


def check(page: Page) -> None:
    page.locator("#place").select_option(index=1)
    answer_everything(page)
    page.locator("input[name=chlorine_tank__quantity][value=total]").check(force=True)
    page.locator("[name=chlorine_tank]").fill("7")
    page.locator("[name=confirmed]").check()


def arrival(page: Page) -> None:
    typed = {"name": "王秀英", "phone": "13955550127", "origin": "本区", "celsius": "36.5"}
    for name, value in typed.items():
        page.locator(f"#arrive [name={name}]").fill(value)


def slip(page: Page) -> None:
    page.keyboard.press("F1")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    page.locator("#counter-form input.quantity").wait_for()


WORKS = (
    Work(
        "a check",
        "inspector",
        "circumstances",
        "/inspections/new?checklist=hospital-wastewater",
        "#place option:nth-child(2)",
        check,
        ".submit-bar button",
        "[data-saved-here]",
    ),
    Work(
        "an arrival",
        "gatekeeper",
        "gate",
        "/checkpoints",
        "[data-gate-offline]:not([hidden])",
        arrival,
        "#arrive button[name=decision][value=pass]",
        "[data-said-here] .decided",
    ),
    Work(
        "a slip",
        "keeper",
        "items",
        "/supplies/counter",
        "[data-confirm-words]:not(:empty)",
        slip,
        "[data-confirm]",
        "[data-saved-place]",
    ),
)


def measured(demonstration: Path, folder: Path, is_quick: bool) -> Iterator[Figure]:
    instance = folder / "device"
    shutil.copytree(demonstration, instance)
    server = Server(instance)
    server.start("serve")
    try:
        with sync_playwright() as playwright:
            for work in WORKS:
                yield from _without_network(work, playwright.chromium, folder, server.url, 1 if is_quick else ROUNDS)
            count, photos = (RECORDS // 10, PHOTOS // 10) if is_quick else (RECORDS, PHOTOS)
            took = _flush(playwright.chromium, folder, server, count, photos)
            name = f"{count} records and {photos} photos arrive"
            yield Figure(name, "1k", "sqlite", took, "s", "less", goal=f"<= {ARRIVES_S} s", holds=took <= ARRIVES_S)
    finally:
        server.stop()


def _without_network(work: Work, chromium: BrowserType, folder: Path, url: str, rounds: int) -> Iterator[Figure]:
    opened, saved = [], []
    phone: Any = Phone(chromium, folder / f"phone of {work.username}", url)
    phone.open("/sign-in")
    phone.sign_in(work.username)
    phone.page.goto(work.path)
    wait_until_kept(phone.page, work.part, "places")
    for _round in range(rounds):
        phone.close()
        page = phone.open()
        phone.go_offline()
        began = time.perf_counter()
        page.goto(work.path)
        page.locator(work.usable).wait_for(state="attached")
        opened.append((time.perf_counter() - began) * 1000)
        work.fill(page)
        saved.append(page.evaluate(TIMED_PRESS, [work.press, work.saved]))
    phone.close()
    for what, times, limit in (("opens cold", opened, OPENS_MS), ("is saved", saved, SAVED_MS)):
        value = statistics.median(times)
        name, goal = f"{work.name} {what} without a network", f"<= {limit} ms"
        yield Figure(name, "1k", "sqlite", value, "ms", "less", goal=goal, holds=value <= limit)


def _flush(chromium: BrowserType, folder: Path, server: Server, count: int, photos: int) -> float:
    """Seconds until as many records are acknowledged, from the moment the network is back."""
    phone: Any = Phone(chromium, folder / "phone with a queue", server.url)
    phone.open("/sign-in")
    phone.sign_in("inspector")
    phone.page.goto("/inspections/new?checklist=hospital-wastewater")
    wait_until_kept(phone.page, "circumstances", "places")
    phone.go_offline()
    phone.page.goto("/offline/forms/inspection-hospital-wastewater")
    phone.keep(Office(server).checks(count, photos=photos))
    began = time.perf_counter()
    phone.go_online()
    phone.wait_until_empty(10 * ARRIVES_S)
    phone.close()
    return time.perf_counter() - began
