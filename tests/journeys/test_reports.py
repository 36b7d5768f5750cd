"""A clerk signs a report with a number changed, another a zero without a network; the command group sees who is
missing, gets one alert of it, urges them with one press.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in, wait_until_kept
from webapp.kernel import clock

pytestmark = pytest.mark.browser


def test_a_clerk_signs_a_changed_number_and_the_command_group_sees_who_is_missing(server, open_page):
    page = open_page("phone", server.url, has_touch=True, reduced_motion="reduce")
    sign_in(page, "clerk")
    page.goto("/reports/mine")
    page.get_by_role("link", name="填报").first.click()
    expect(page.locator("#fill h1")).to_have_text("经济开发区管委会")
    assert axe_violations(page) == []
    reason = page.locator("[name=r_l1]")
    expect(reason).to_be_hidden()
    page.locator("[name=n_l1]").fill("2")
    expect(reason).to_be_visible()
    page.locator("[name=n_l11]").fill("12")
    page.locator("[data-report] .submit-bar button[type=submit]").click()
    expect(page.locator("#r_l1-error")).to_contain_text("请写明原因")
    expect(page.locator("[name=n_l11]")).to_have_value("12")
    reason.fill("园区自查另报")
    page.locator("[data-report] .submit-bar button[type=submit]").click()
    expect(page.locator("#report")).to_contain_text("园区自查另报")
    assert axe_violations(page) == []

    sign_without_a_network(open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce"))

    page = open_page("desktop", server.url)
    sign_in(page, "commander")
    page.goto("/reports/")
    missing = page.locator(".report-rows")
    expect(missing).to_contain_text("卫生健康局")
    expect(missing).not_to_contain_text("经济开发区管委会")
    expect(missing).not_to_contain_text("公安交警大队")
    assert axe_violations(page) == []

    yesterday = (clock.district_day(clock.now()) - timedelta(days=1)).isoformat()
    page.goto("/alerts/")
    alert = page.locator(".alert-row", has_text=f"没有报日报告的单位（{yesterday}）")
    expect(alert).to_have_count(1)
    alert.get_by_role("link").click()
    page.get_by_role("link", name="打开这件事").click()
    page.get_by_role("button", name=re.compile("催报")).click()
    expect(page.locator("#messages")).to_contain_text("会提醒它们的填报人")
    expect(missing).to_contain_text("已催 1 次")
    page.goto("/alerts/")
    alert.get_by_role("button", name="收到", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已确认收到")
    expect(alert).to_have_count(0)


def sign_without_a_network(page):
    """Draft a number, press zero after all, and see that it waits here until there is a network."""
    sign_in(page, "clerk2")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.goto("/reports/mine")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until_kept(page, "reports")
    page.context.set_offline(True)
    page.get_by_role("link", name="填报").first.click()
    page.wait_for_url("**/offline/forms/report#due=*")
    due = page.url.rpartition("=")[2]
    expect(page.locator("[data-unit]")).to_have_text("公安交警大队")
    expect(page.locator("[data-one]")).to_contain_text("上次联网时的")
    assert axe_violations(page) == []
    page.locator("[name=n_l1]").fill("2")
    expect(page.locator("[name=r_l1]")).to_be_visible()
    page.locator("#main .submit-bar button").click()
    expect(page.locator(".field:has([name=r_l1]) .error")).to_contain_text("请写明原因")
    expect(page.locator(".field:has([name=n_l11]) .error")).to_have_text("请填写这一项。")
    page.get_by_role("button", name="零报告并签报").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.goto("/offline/forms/report")
    expect(page.locator("[data-choice]")).to_contain_text("还没有发送")
    assert axe_violations(page) == []
    page.context.set_offline(False)
    page.goto("/outbox")
    expect(page.locator("[data-sent-list] > *")).to_have_count(1)
    page.goto("/reports/mine")
    expect(page.locator(f"[data-report-due='{due}']")).to_have_count(0)
    page.get_by_role("link", name="公安交警大队").first.click()
    expect(page.locator("#report")).to_contain_text("签报人确认这一天没有发生")
    expect(page.locator("#report")).to_contain_text("在没有网络的设备上")
