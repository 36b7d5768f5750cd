"""An inspector on a phone: from the number beside the name to one press that acknowledges."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in

pytestmark = pytest.mark.browser


def test_an_inspector_acknowledges_an_alert_with_one_press(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    badge = page.get_by_role("link", name=re.compile("条提醒没有确认"))
    badge.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的提醒")
    row = page.locator("#alerts_open .alert-row").first
    url = row.get_by_role("link").get_attribute("href")
    row.get_by_role("button", name="收到", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已确认收到")
    expect(page.locator(f"#alerts_open a[href='{url}']")).to_have_count(0)


def test_a_duty_desk_hears_what_is_new(server, open_page):
    page = open_page("desktop", server.url)
    sign_in(page, "commander")  # whose alerts are critical, and are heard at any hour
    page.goto("/alerts/")
    page.get_by_role("link", name="声音和推送").click()
    expect(page.get_by_role("button", name="来新提醒时响一声")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="来新提醒时响一声").click()
    expect(page.get_by_role("button", name="来新提醒时响一声")).to_have_attribute("aria-pressed", "true")
    assert axe_violations(page) == []
    page.evaluate("localStorage.setItem('frontline.heard', '')")  # as if the open alerts had come since
    page.goto("/today")
    page.wait_for_function("() => localStorage.getItem('frontline.heard') !== ''")
