"""A count that came back: its page is drawn again while it is corrected, and asks what the counter asks."""

from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import Office, Phone
from tests.support.browser import axe_violations

pytestmark = pytest.mark.browser
DRAFTED = """async (scope) => {
  const { load } = await import(own("outbox/drafts.js"));
  const isKept = (fields) => fields?.some(([name, value]) => name === "scope" && value === scope);
  const { draft } = document.querySelector("#returned form").dataset;
  while (!isKept(await load(draft))) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
def office(server):
    return Office(server)


@pytest.fixture
def page(chromium, office, tmp_path):
    """The page of a count of three goggles that came back to its keeper."""
    phone = Phone(chromium.browser_type, tmp_path / "phone", office.server.url, viewport={"width": 820, "height": 1180})
    phone.open("/sign-in")
    phone.sign_in("keeper")
    place, item = (str(UUID(office.one(f"SELECT id FROM {table} WHERE code = ?", code)))
                   for table, code in (("place", "WH-01"), ("item", "FH-05")))  # fmt: skip
    fields = {"place": place, "scope": "listed", "unheard_of": "x", "lines-0-item": item, "lines-0-quantity": "3"}
    phone.keep([{"uuid": str(uuid4()), "kind": "stock.count", "fields": list(fields.items()), "photos": []}])
    phone.flush()
    phone.wait_until_empty()
    phone.page.goto("/sync/returned")
    phone.page.locator("main a[href*='/sync/returned/']").first.click()
    phone.page.wait_for_url("**/sync/returned/*")  # and its scripts
    yield phone.page
    assert phone.faults == []
    phone.close()


@pytest.mark.long
def test_what_a_full_count_enters_as_0_is_drawn_when_it_is_chosen_and_the_difference_asked_about(office, page):
    slips = office.one("SELECT COUNT(*) FROM stock_slip")
    missing, scope = page.locator("[data-not-found]"), page.locator("#scope")
    expect(missing).to_have_count(0)
    scope.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # while the first is on its way
    expect(scope).to_have_value("warehouse")
    expect(missing).to_contain_text("确认后按 0 登记")
    expect(scope).to_be_focused()
    page.evaluate(DRAFTED, "warehouse")
    page.reload()
    expect(page.locator("[data-draft-restored]")).to_be_visible()
    expect(missing).to_contain_text("确认后按 0 登记")
    page.locator("#scope").select_option("listed")
    expect(missing).to_have_count(0)
    assert office.one("SELECT COUNT(*) FROM stock_slip") == slips

    page.get_by_role("button", name="修改后提交").click()
    expect(page.locator("[data-doubts]")).to_contain_text("盘点 3 ")
    expect(page.get_by_label("差异原因")).to_be_focused()
    assert axe_violations(page) == []
    page.get_by_label("差异原因").fill("漏记出库")
    page.get_by_role("button", name="再次确认盘点单").click()
    page.wait_for_url("**/supplies/slips/**")
    assert office.one("SELECT COUNT(*) FROM stock_slip") == slips + 1
