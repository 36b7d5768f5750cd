"""Finding things again on a phone: a place while typing, a draft that was begun, the scanner in one press."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import sign_in

pytestmark = pytest.mark.browser
TYPED = "h01"  # the code on the label is H-01
LISTED = """async (wanted) => {
  const { listed } = await import(own("outbox/drafts.js"));
  const until = performance.now() + 30000;
  while ((await listed()).length !== wanted) {
    if (performance.now() > until) throw new Error(`never ${wanted} drafts`);
    await new Promise(requestAnimationFrame);
  }
}"""

DRAFTED = """async (wanted) => {
  const { load } = await import(own("outbox/drafts.js"));
  const { draft } = document.querySelector("form[data-draft]").dataset;
  const until = performance.now() + 30000;
  while (true) {
    const fields = Object.fromEntries(await load(draft) ?? []);
    if (Object.entries(wanted).every(([name, value]) => fields[name] === value)) return;
    if (performance.now() > until) throw new Error(JSON.stringify(fields));
    await new Promise(requestAnimationFrame);
  }
}"""


def drafts(page):
    return page.locator("[data-drafts] li")


def test_a_place_is_found_while_typing_and_again_after_going_back(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    page.goto("/inspections/new")
    page.locator("#q").press_sequentially(TYPED)
    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator("#q")).to_be_focused()
    choice = page.locator(".choice", has_text="H-01")
    expect(page.locator(".choice")).to_have_count(1)
    choice.locator("a[href*='hospital-wastewater']").click()
    expect(page.locator("[data-inspection]")).to_be_visible()
    page.go_back()
    expect(page.locator("#q")).to_have_value(TYPED)
    expect(page.locator(".choice")).to_have_count(1)
    assert page.faults == []


def test_a_draft_is_listed_for_its_person_until_it_is_let_go(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    page.goto("/me")
    expect(page.locator("[data-drafts]")).to_be_hidden()
    page.goto("/inspections/new?q=H-01")
    page.locator("a[href*='hospital-wastewater']").click()
    page.wait_for_url("**checklist=hospital-wastewater**")
    form = page.url
    page.locator("[name=witness]").fill("吴建")
    page.evaluate(LISTED, 1)
    for path in ("/me", "/outbox"):
        page.goto(path)
        expect(drafts(page)).to_have_count(1)
        expect(drafts(page)).to_contain_text("H-01")
    drafts(page).locator("a").click()
    expect(page).to_have_url(form)
    expect(page.locator("[name=witness]")).to_have_value("吴建")
    page.context.clear_cookies()
    sign_in(page, "inspector2")
    page.evaluate(LISTED, 0)
    page.goto("/me")
    expect(page.locator("[data-drafts]")).to_be_hidden()
    assert page.faults == []


@pytest.mark.long
def test_what_was_typed_before_the_scripts_is_drafted_beside_an_older_draft(server, open_page):
    page = open_page("phone", server.url)  # its requests would pass the route by
    sign_in(page, "inspector")
    page.goto("/inspections/new?q=H-01")
    page.locator("a[href*='hospital-wastewater']").click()
    page.locator("[name=witness]").fill("吴建")
    page.locator("[name=chlorine_tank]").fill("9")
    page.evaluate(DRAFTED, {"witness": "吴建", "chlorine_tank": "9"})
    held = []
    scripts = re.compile(r"/js/(?!loader)")
    page.route(scripts, lambda route: held.append(route))
    page.goto(page.url, wait_until="commit")
    page.locator("[name=chlorine_tank]").fill("7.0")
    assert held, "the scripts are still to come"
    page.unroute(scripts)  # lets the held ones go
    expect(page.locator("[data-draft-restored]")).to_be_visible()
    expect(page.locator("[name=witness]")).to_have_value("吴建")
    expect(page.locator("[name=chlorine_tank]")).to_have_value("7.0")
    page.evaluate(DRAFTED, {"witness": "吴建", "chlorine_tank": "7.0"})
    assert page.faults == []


def test_the_middle_button_opens_the_camera_at_once(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    page.locator(".bar [data-bar='3']").click()
    expect(page.locator("dialog.camera")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/scan$"))
    page.locator("dialog.camera button").last.click()
    expect(page.locator("dialog.camera")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-camera]")).to_be_visible()
    expect(page.locator("dialog.camera")).to_have_count(0)
