"""What is done at the counter while an answer is on its way: nothing scanned, pressed or typed is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.test_keeper import CODE, answered, burst, quantities, scan
from tests.support.browser import sign_in

pytestmark = pytest.mark.browser
COUNTER = "**/supplies/counter"
# Drafts are at most a second behind the page.
NOTED = """async (note) => {
  const { load } = await import(own("outbox/drafts.js"));
  const isKept = (fields) => fields?.some(([name, value]) => name === "note" && value === note);
  while (!isKept(await load("counter"))) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
def page(server, open_page):
    page = open_page("desktop", server.url)
    sign_in(page, "keeper")
    page.goto("/supplies/counter?mode=in")
    yield page
    assert page.faults == []


class Line:
    """The line to the server: it holds the first post until `open` is called."""

    def __init__(self, page):
        self.page, self.held = page, []
        page.route(COUNTER, self.answer)

    def answer(self, route):
        if route.request.method == "POST" and not self.held:
            self.held.append(route)
        else:
            route.continue_()

    def wait_until_held(self):
        while not self.held:
            self.page.wait_for_timeout(20)  # between two questions, not instead of one

    def open(self):
        self.held[0].continue_()


def test_scans_keys_and_quantities_wait_for_the_answer_and_none_is_lost(page):
    scan(page, CODE)
    line = Line(page)
    burst(page, "FH-05")
    line.wait_until_held()
    burst(page, "FH-05")
    page.locator("input.quantity").first.fill("25")
    page.keyboard.press("F4")  # count
    page.locator("#code").fill("7")
    page.keyboard.press("Enter")
    page.locator("#code").fill("XS-0")
    line.open()
    expect(page.locator("[data-mode], button[value='mode:count']").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("input.quantity").nth(1)).to_have_value("7")
    assert quantities(page) == ["25", "7"]
    expect(page.locator("#code")).to_have_value("XS-0")


def test_a_mode_key_leaves_what_is_half_typed(page):
    page.locator("#code").fill("XS-0")
    answered(page, lambda: page.keyboard.press("F2"))
    expect(page.locator("#code")).to_have_value("XS-0")


def test_a_scan_before_the_slip_of_an_earlier_page_is_there_again_follows_it(page):
    scan(page, CODE)
    page.locator("#note").fill("雨淋")
    page.evaluate(NOTED, "雨淋")
    later = page.context.new_page()
    later.clock.install()
    later.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # its second for the earlier page does not end
    line = Line(later)
    later.goto("/supplies/counter?mode=in")
    later.clock.run_for(50)  # what a script does at once, it does by a timer
    burst(later, "FH-05")
    line.wait_until_held()
    page.goto("about:blank")
    expect(later.locator("[data-slip-restored]")).to_be_visible()
    later.clock.resume()
    line.open()
    expect(later.locator("input.quantity")).to_have_count(2)
    expect(later.locator("#note")).to_have_value("雨淋")
    assert quantities(later) == ["1", "1"]
