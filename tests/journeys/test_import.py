"""An opening stock file in a real browser: the book beside each row, five presses book once, a phone shows it all."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.supplies.test_import import HEAD, row
from tests.support.browser import axe_violations, sign_in
from tests.support.masters import workbook

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDE = """() => [...document.querySelectorAll("html, .table-wrap")].filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => `${box.tagName} ${box.scrollWidth} of ${box.clientWidth}`)"""
FIVE = "(button) => { for (let press = 0; press < 5; press += 1) button.click(); }"


def slips(server):
    with closing(sqlite3.connect(server.instance / "frontline.db")) as base:
        return base.execute("SELECT count(*) FROM stock_slip").fetchone()[0]


def preview(page, *rows):
    page.goto("/supplies/import")
    page.locator("input[name=file]").set_input_files(
        {"name": "opening.xlsx", "mimeType": XLSX, "buffer": workbook(HEAD, *rows)}
    )
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("button", name="确认导入 2 行")).to_be_visible()


def test_a_preview_on_a_phone_shows_the_book_and_five_presses_book_once(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "keeper")
    before = slips(server)
    preview(page, row(), row(lot="B2", quantity="250"))
    assert page.evaluate(WIDE) == []
    assert axe_violations(page) == []
    first = page.locator(".preview tbody tr").first
    for words in ("账面现有", "导入后", "变化"):
        expect(first.locator(f"td[data-label='{words}']")).to_be_visible()
    expect(first.locator("td[data-label='变化']")).to_have_text("+1,000")
    page.get_by_role("button", name="确认导入 2 行").evaluate(FIVE)
    expect(page.locator("main")).to_contain_text("已导入 2 行")
    assert slips(server) == before + 1
    preview(page, row(), row(lot="B2", quantity="200"))
    expect(page.locator(".preview td[data-label='账面现有']")).to_have_text(["1,000", "250"])
    expect(page.locator(".preview td[data-label='变化']").last).to_have_text("-50")
    assert page.faults == []
