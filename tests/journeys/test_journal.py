"""An auditor on a phone: from the figure on Today to the row, its reason and whether it still holds."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in

pytestmark = pytest.mark.browser


def test_an_auditor_reads_who_saw_a_visitor_and_why(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "auditor")
    page.locator("a.stat").filter(has_text="今日查看全号和查找").click()
    row = page.locator("a.row-link").first
    expect(page.locator("tbody")).to_contain_text("查看来访人全号")
    expect(page.locator("tbody")).to_contain_text("周文涛")
    assert axe_violations(page) == []
    row.click()
    expect(page.locator("h1")).to_have_text("查看来访人全号")
    expect(page.locator("#row")).to_contain_text("刚刚核对：没有改动")
    assert axe_violations(page) == []
    page.locator("#revealed [name=reason]").fill("督查抽查")
    page.locator("#revealed button").click()
    expect(page.locator("#revealed")).to_contain_text("核")
    page.locator("dd a").filter(has_text="来访登记").click()
    expect(page.locator("#visit")).to_contain_text("履历")
    expect(page.locator("#visit")).to_contain_text("查看来访人全号 · 周文涛")
    assert axe_violations(page) == []
