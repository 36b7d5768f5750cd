"""Ctrl+K on a desktop: what is typed is found, the keyboard opens it."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in

pytestmark = pytest.mark.browser


def test_ctrl_k_jumps_to_a_page_and_to_a_place(server, open_page):
    page = open_page("desktop", server.url)
    sign_in(page, "commander")
    page.keyboard.press("Control+k")
    box = page.locator("#jump-text")
    expect(box).to_be_focused()
    box.press_sequentially("出入库单据")
    expect(page.locator("#jump_answers a")).to_have_text(["出入库单据物资"])
    assert axe_violations(page) == []
    box.press("Enter")
    page.wait_for_url("**/supplies/slips")
    page.keyboard.press("Control+k")
    page.locator("#jump-text").press_sequentially("H-0")
    answers = page.locator("#jump_answers a")
    expect(answers.nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(answers.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/places/*")


def test_escape_closes_the_box_and_the_button_opens_it(server, open_page):
    page = open_page("tablet", server.url)
    sign_in(page, "auditor")
    page.locator("[data-jump-open]").click()
    expect(page.locator("#jump")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#jump")).to_be_hidden()


def test_without_scripts_the_button_opens_the_scan_box(server, open_page):
    page = open_page("desktop", server.url, java_script_enabled=False)
    sign_in(page, "keeper")
    page.locator("[data-jump-open]").click()
    page.locator("#code").fill("出入库单据")
    page.locator("#code").press("Enter")
    page.wait_for_url("**/supplies/slips")
