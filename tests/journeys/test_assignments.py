"""A leader gives an assignment to a unit, which proves that it is done, and closes it, both on phones."""

from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in
from tests.support.walking import looked_at
from webapp.kernel import clock

pytestmark = pytest.mark.browser
WHAT = "核对园区企业返岗人员名单"


def press(page, words):
    page.locator(".actions .action", has_text=words).click()


def submit(page):
    page.locator(".submit-bar button[type=submit]").click()


def test_an_assignment_is_given_done_and_closed_on_phones(server, open_page, tmp_path):
    leader, clerk = (open_page("phone", server.url, reduced_motion="reduce") for _person in range(2))
    sign_in(leader, "commander")
    leader.goto("/assignments")
    leader.locator(".page-head .button", has_text="交办").click()
    leader.locator("[name=what]").fill(WHAT)
    leader.locator("[name=unit]").select_option(label="ZONE 经济开发区管委会")
    due = clock.local(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    leader.locator("[name=due]").fill(due)
    assert axe_violations(leader) == []
    submit(leader)
    expect(leader.locator("h1")).to_have_text(WHAT)
    press(leader, "催办")
    expect(leader.locator("#assignment")).to_contain_text("已催办 1 次")

    sign_in(clerk, "clerk")
    clerk.goto("/tasks")
    clerk.locator(".due a", has_text=WHAT).click()
    expect(clerk.locator("#assignment")).to_contain_text("已催办 1 次")
    press(clerk, "报告办理完成")
    clerk.locator("[name=note]").fill("名单已核对，共 48 人")
    picture = tmp_path / "list.jpg"
    Image.new("RGB", (64, 48), "teal").save(picture)
    clerk.locator("input[name=evidence]").set_input_files(picture)
    expect(clerk.locator("[data-thumbs] img")).to_have_count(1)
    submit(clerk)
    expect(clerk.locator("#assignment")).to_contain_text("待验收")
    assert axe_violations(clerk) == []

    leader.goto("/tasks")
    leader.locator(".due a", has_text=WHAT).click()
    expect(leader.locator(".steps-of img")).to_have_count(1)
    press(leader, "验收合格，办结")
    submit(leader)
    expect(leader.locator("#assignment")).to_contain_text("已办结")
    expect(leader.locator(".actions")).to_have_count(0)
    assert looked_at(leader) == []
