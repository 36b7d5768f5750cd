"""The commander on a phone: from Today to a number of the week, down to its rows."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import sign_in

pytestmark = pytest.mark.browser


def test_the_commander_follows_a_number_of_the_week_down_to_its_rows(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "commander")
    page.get_by_role("link", name="今日劝返：走势和各单位").click()
    page.get_by_role("link", name="本月").click()
    expect(page.get_by_role("link", name="本月")).to_have_attribute("aria-current", "page")
    page.get_by_role("navigation", name="其他数字").get_by_role("link", name="到达登记").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("到达登记")
    expect(page.get_by_role("link", name="本月")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="13 周").click()
    expect(page.get_by_role("link", name="13 周")).to_have_attribute("aria-current", "page")
    page.get_by_label("按单位").get_by_role("link", name="社会防控专班").click()
    page.locator("summary", has_text="筛选").click()
    expect(page.get_by_label("单位（含下属）")).to_have_value("CONTROL")
    row = page.get_by_label("按场所").get_by_role("row").nth(1)
    number = row.get_by_role("link").inner_text()
    row.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("来访记录")
    expect(page.locator("[data-count]")).to_have_attribute("data-count", number)
