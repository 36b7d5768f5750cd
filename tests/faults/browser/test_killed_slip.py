"""F16 at the counter: a slip that nobody confirmed outlives the browser, sealed, for its person only."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
CODE = "(01)06901234567892(17)271231(10)A213B1"
DRAFT = """async (name) => {
  const { load } = await import(own("outbox/drafts.js"));
  return await load(name) ?? [];
}"""


@pytest.fixture
def counter(make_phone, office):
    """A keeper's device that has the shell and the reference data."""
    phone = make_phone("keeper", viewport={"width": 1280, "height": 800})
    phone.page.goto("/supplies/counter")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return phone


def scan(page, text):
    page.locator("#code").focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def lines(page):
    return [row.input_value() for row in page.locator("#counter-form input.quantity").all()]


def until_drafted(phone, *texts, name="counter"):
    """Until the draft on the disk holds these values; gives its fields."""

    def values():
        return phone.page.evaluate(DRAFT, name)

    phone.wait_for_server(lambda: set(texts) <= {value for _name, value in values()})
    return values()


def kill_and_open(phone, path="/supplies/counter", offline=False):
    phone.kill()
    phone.open()
    if offline:
        phone.go_offline()
    phone.page.goto(path)
    if offline:
        phone.page.wait_for_url("**/offline/forms/stock*")


def go_offline(phone):
    phone.go_offline()
    phone.page.goto("/supplies/counter")
    phone.page.wait_for_url("**/offline/forms/stock*")
    phone.page.locator("#counter-form").wait_for()


def scan_two_lines(phone):
    """Forty boxes come in, of a batch that is typed into its line; a note; half a code in the box."""
    page = phone.page
    page.keyboard.press("F1")
    scan(page, CODE)
    expect(page.locator("#counter-form input.quantity")).to_have_count(1)
    scan(page, "40*")
    expect(page.locator("#counter-form input.quantity").first).to_have_value("40")
    scan(page, "FH-05")
    expect(page.locator("#counter-form input.quantity")).to_have_count(2)
    page.locator("#note").fill("雨淋，两箱待查")
    page.locator("#code").fill("XS-0")
    until_drafted(phone, "40", "A213B1", "雨淋，两箱待查", "XS-0")


def expect_the_slip(page):
    expect(page.locator("#counter-form input.quantity")).to_have_count(2)
    assert lines(page) == ["40", "1"]
    expect(page.locator("#counter-form input[value='A213B1']")).to_be_visible()
    expect(page.locator("#note")).to_have_value("雨淋，两箱待查")
    expect(page.locator("#code")).to_have_value("XS-0")
    expect(page.locator("[data-slip-restored]")).to_be_visible()
    pressed = page.locator(".modes button[aria-pressed=true]")
    expect(pressed).to_contain_text("入库")


@pytest.mark.parametrize(
    ("scanned_offline", "opened_offline"),
    usual_and_long([(True, False)], [(False, True), (True, True), (False, False)]),
)
def test_a_killed_browser_has_the_slip_again(counter, scanned_offline, opened_offline):
    if scanned_offline:
        go_offline(counter)
    scan_two_lines(counter)
    kill_and_open(counter, offline=opened_offline)
    if "sign-in" in counter.page.url:  # the session may have gone with the browser, or not
        counter.sign_in("keeper")
        counter.page.goto("/supplies/counter")
    expect_the_slip(counter.page)


def test_the_slip_is_sealed_and_opens_for_nobody_else(counter, office):
    go_offline(counter)
    scan_two_lines(counter)
    counter.kill()
    assert counter.holds("雨淋，两箱待查", "A213B1") <= {"A213B1"}, "the lot is in the reference data, the note nowhere"
    counter.open()
    counter.page.context.clear_cookies()
    counter.page.goto("/sign-in")
    counter.sign_in("inspector")
    assert counter.rows("drafts") == []


def test_what_was_confirmed_does_not_come_back(counter):
    go_offline(counter)
    page = counter.page
    scan(page, "FH-05")
    page.locator("#out-counterparty").fill("防疫组")
    fields = until_drafted(counter, "防疫组")
    page.locator("#code").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved-place]")).to_contain_text("已保存在这台设备上")
    counter.wait_for_server(lambda: counter.rows("drafts") == [])
    # The browser may end after the slip was kept and before its draft went: as if, here.
    page.evaluate("async (f) => (await import(own('outbox/drafts.js'))).save('counter', f)", fields)
    assert len(counter.rows("drafts")) == 1
    kill_and_open(counter, offline=True)
    counter.page.locator("#counter-form").wait_for()
    expect(counter.page.locator("[data-count]")).to_have_text("已扫 0 行")
    assert counter.rows("drafts") == []
    assert [row["kind"] for row in counter.rows("queue")] == ["stock.out"]


@pytest.mark.long
def test_two_tabs_have_a_slip_each_and_an_emptied_one_stays_empty(counter):
    go_offline(counter)
    first = counter.page
    scan(first, "FH-05")
    until_drafted(counter, "1")
    second = counter.page = counter.context.new_page()
    second.goto("/supplies/counter")
    second.locator("#counter-form").wait_for()
    assert lines(second) == []
    scan(second, "FH-05")
    scan(second, "3*")
    until_drafted(counter, "3", name="counter-2")
    kill_and_open(counter, offline=True)
    expect(counter.page.locator("input.quantity")).to_have_value("1")
    counter.page.locator("[data-remove]").click()
    expect(counter.page.locator("[data-slip-restored]")).to_be_hidden()
    counter.wait_for_server(lambda: [row["form"] for row in counter.rows("drafts")] == ["counter-2"])
    counter.page.reload()
    expect(counter.page.locator("input.quantity")).to_have_value("3")
    with counter.page.expect_navigation(url=re.compile("/offline/forms/stock")):
        counter.page.locator("[data-slip-discard]").click()
    counter.wait_for_server(lambda: counter.rows("drafts") == [])


@pytest.mark.long
def test_a_link_to_another_mode_opens_an_empty_slip_and_the_first_one_waits(counter):
    scan_two_lines(counter)
    counter.page.goto("/supplies/counter?mode=count")
    expect(counter.page.locator("#code-help")).to_contain_text("实盘数")
    scan(counter.page, "FH-05")
    expect(counter.page.locator("#counter-form input.quantity")).to_have_count(1)
    until_drafted(counter, "count", name="counter-2")
    counter.page.goto("/supplies/counter")
    expect_the_slip(counter.page)
