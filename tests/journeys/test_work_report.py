"""A commander on a phone makes a work report: period, what units wrote, preview, Word file with the lists' numbers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in
from tests.support.words import texts

pytestmark = pytest.mark.browser


def test_the_word_file_has_the_numbers_that_the_lists_show(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "commander")
    page.goto("/briefings/")
    page.get_by_role("link", name="生成汇报").click()
    page.get_by_label("模板").select_option(label="园区防控工作情况汇报")
    page.get_by_label("单位（含下属）").select_option(label="经济开发区管委会")
    page.get_by_label("存在问题和困难").fill("一是口罩不足。\n二是人手不足。")
    page.get_by_role("button", name="写入勾选的").click()
    page.get_by_label("个别企业门岗体温登记不全。").check()
    page.get_by_role("button", name="预览").click()
    preview = page.locator(".document")
    expect(preview).to_contain_text("二是人手不足。")
    expect(preview).to_contain_text("个别企业门岗体温登记不全。")
    expect(page.locator("#blanks")).to_contain_text("以后由“值班表”来填")
    assert axe_violations(page) == []
    page.get_by_role("button", name="生成并保存").click()
    expect(page.locator("#messages")).to_contain_text("汇报已生成")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    words = "".join(texts(Path(download.value.path()).read_bytes()))
    assert "一是口罩不足。" in words
    assert "共摸排__人" in words  # what nobody records stays a blank
    assert "由管委会主任苏海涛带班" in words
    with page.expect_popup() as printed:
        page.get_by_role("link", name="打印").click()
    expect(printed.value.locator(".document")).to_contain_text("个别企业门岗体温登记不全。")
    banners = re.search(r"累计悬挂宣传横幅(\d+)条", words)[1]
    page.locator(".document a", has_text=re.compile(f"^{banners}$")).first.click()
    expect(page.locator("h1")).to_have_text("宣传记录")
    expect(page.locator(".listing-count")).to_have_attribute("data-sum", banners)
    page.go_back()
    page.get_by_role("link", name=re.compile("^经济开发区管委会 ")).first.click()
    expect(page.locator("main")).to_contain_text("个别企业门岗体温登记不全。")
    assert page.faults == []
