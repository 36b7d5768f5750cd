"""A text that is too long for its field is not cut: it is not pasted, and the page says so."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import sign_in

pytestmark = pytest.mark.browser


def test_a_pasted_text_that_does_not_fit_is_not_cut(server, open_page):
    page = open_page("desktop", server.url, permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "administrator")
    page.goto("/places/add")
    name = page.locator("[name=name]")
    name.click()
    for length, taken in ((120, 120), (121, 0)):
        name.fill("")
        page.evaluate("text => navigator.clipboard.writeText(text)", "长" * length)
        name.press("Control+v")
        expect(name).to_have_value("长" * taken)
    expect(page.locator("#messages")).to_contain_text("这一格最多 120 个字，多出 1 个。")
