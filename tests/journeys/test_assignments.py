"""A leader gives an assignment to a unit, which proves that it is done, and closes it, both on phones."""

from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_inspector_offline import cold
from tests.support.browser import axe_violations, sign_in, wait_until_kept
from tests.support.walking import looked_at
from webapp.kernel import clock

pytestmark = pytest.mark.browser
WHAT = "核对园区企业返岗人员名单"


def press(page, words):
    page.locator(".actions .action", has_text=words).click()


def submit(page):
    page.locator(".submit-bar button[type=submit]").click()


def test_an_assignment_is_given_done_without_a_network_and_closed_on_phones(server, open_page, tmp_path):
    leader, clerk = (
        open_page("phone", server.url, is_installed=is_installed, has_touch=True, reduced_motion="reduce")
        for is_installed in (False, True)
    )
    sign_in(leader, "commander")
    leader.goto("/assignments")
    leader.locator(".page-head .button", has_text="交办").click()
    leader.locator("[name=what]").fill(WHAT)
    search = leader.locator(".field", has=leader.locator("[name=unit]")).get_by_role("combobox", name="查找")
    search.fill("开发")
    leader.locator(".choice-search [role=option]", has_text="ZONE 经济开发区管委会").tap()
    expect(leader.locator("[name=unit] option:checked")).to_have_text("ZONE 经济开发区管委会")
    search.fill("局")
    search.press("ArrowDown")
    search.press("Enter")
    expect(leader.locator("[name=unit] option:checked")).to_contain_text("局")
    leader.locator("[name=unit]").select_option(label="ZONE 经济开发区管委会")
    due = clock.local(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    leader.locator("[name=due]").fill(due)
    assert axe_violations(leader) == []
    submit(leader)
    expect(leader.locator("h1")).to_have_text(WHAT)
    press(leader, "催办")
    expect(leader.locator("#assignment")).to_contain_text("已催办 1 次")

    sign_in(clerk, "clerk")
    clerk.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    clerk.reload()
    wait_until_kept(clerk, "tasks")
    clerk.goto("/tasks")
    clerk.locator(".due a", has_text=WHAT).click()
    expect(clerk.locator("#assignment")).to_contain_text("已催办 1 次")
    task = clerk.url.rsplit("/", 1)[1]
    clerk.context.set_offline(True)
    clerk = cold(clerk)
    clerk.goto(f"/assignments/acts/done?task={task}")
    clerk.wait_for_url("**/offline/forms/task-done*")
    expect(clerk.locator("select[name=task]")).to_have_value(task)
    clerk.locator("[name=note]").fill("名单已核对，共 48 人")
    picture = tmp_path / "list.jpg"
    Image.new("RGB", (64, 48), "teal").save(picture)
    clerk.locator("input[name=evidence]").set_input_files(picture)
    expect(clerk.locator("[data-thumbs] img")).to_have_count(1)
    assert axe_violations(clerk) == []
    submit(clerk)
    expect(clerk.locator("[data-saved-here]")).to_be_visible()
    clerk.goto("/outbox")
    expect(clerk.locator("[data-waiting-list] > *")).to_have_count(1)
    clerk.context.set_offline(False)
    expect(clerk.locator("[data-waiting-list] > *")).to_have_count(0, timeout=20_000)
    clerk.goto(f"/assignments/{task}")
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
