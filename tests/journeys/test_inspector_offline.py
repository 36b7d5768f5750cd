"""An inspector's check in a basement without a network: from a cold start to a receipt, once."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_inspector import MOST_PRESSES, PRESSES, answer_everything, press_through, presses, tank
from tests.support.browser import SAVED_MS, axe_violations, sign_in, wait_until_kept

pytestmark = pytest.mark.browser
BELOW = "低于下限 6.5 mg/L · GB 18466-2005 表1 注1"
FORM = "/inspections/new?checklist=hospital-wastewater"
DRAFTED = """async (wanted) => {
  const { load } = await import(own("outbox/drafts.js"));
  const { draft } = document.querySelector("form").dataset;
  const isKept = (fields) => fields?.some((field) => String(field) === String(wanted));
  while (!isKept(await load(draft))) await new Promise(requestAnimationFrame);
}"""
STOPWATCH = """() => {
  const pressed = (event) => { if (event.target.closest(".submit-bar button")) window.pressedAt = performance.now(); };
  addEventListener("click", pressed, true);
  new MutationObserver(() => {
    if (!window.savedAt && document.querySelector("[data-saved-here]")) window.savedAt = performance.now();
  }).observe(document.body, { childList: true, subtree: true });
}"""


def ready_for_the_basement(page):
    """Signed in, the worker rules, the reference data is here; then the network goes."""
    sign_in(page, "inspector")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until_kept(page, "circumstances")


def records(page):
    """The addresses of this hospital's checks that exceed a limit."""
    page.goto("/inspections?outcome=out_of_limits&place=H-01")
    expect(page.locator("h1")).to_contain_text("检查记录")
    links = page.locator("#inspections a[href^='/inspections/']")
    hrefs = links.evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    return {href for href in hrefs if re.fullmatch(r"/inspections/[0-9a-f-]{36}", href)}


def cold(page):
    """Another page of the same browser: the first one is gone, with its scripts and its memory."""
    fresh = page.context.new_page()
    fresh.faults = page.faults
    fresh.on("pageerror", lambda error: fresh.faults.append(str(error)))
    fresh.on("console", lambda said: fresh.faults.append(said.text) if said.type == "error" else None)
    page.close()
    return fresh


def choose_hospital(page):
    page.locator("[data-place-search]").press_sequentially("h-01")
    expect(page.locator("#place option:checked")).to_contain_text("第三人民医院")


def test_a_check_without_a_network_arrives_once_when_it_returns(server, open_page, tmp_path):
    page = open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce")
    ready_for_the_basement(page)
    before = records(page)
    page.context.set_offline(True)

    page = cold(page)
    page.goto(FORM)
    page.wait_for_url("**/offline/forms/inspection-hospital-wastewater*")
    choose_hospital(page)
    page.locator("input[name=chlorine_tank__quantity][value=total]").check(force=True)
    page.locator("[name=chlorine_tank]").press_sequentially("4.2")
    expect(tank(page)).to_have_attribute("data-verdict", "below")
    expect(tank(page)).to_contain_text(BELOW)

    page.locator(".submit-bar button").click()  # most of it is still open: said here, nothing kept
    expect(page.locator("[data-device-errors]")).to_be_visible()
    expect(page.locator("[data-outbox-badge]")).to_be_hidden()
    assert axe_violations(page) == []
    answer_everything(page)
    page.locator("[name=confirmed]").check()
    Image.new("RGB", (2400, 1800), "teal").save(tmp_path / "meter.jpg")
    page.locator("[data-finding=chlorine_tank] input[type=file][name]").set_input_files(tmp_path / "meter.jpg")
    expect(page.locator("[data-finding=chlorine_tank] [data-thumbs] img")).to_be_visible()

    page.evaluate(STOPWATCH)
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    took = page.evaluate("window.savedAt - window.pressedAt")
    assert 0 < took < SAVED_MS, f"saved on this device after {took:.0f} ms"
    expect(page.locator("[data-outbox-badge]")).to_contain_text("1")
    expect(page.locator("[data-after-saved]")).to_be_visible()
    page.goto("/outbox")
    expect(page.locator("[data-waiting-list] > *")).to_have_count(1)
    assert axe_violations(page) == []

    page.context.set_offline(False)
    expect(page.locator("[data-waiting-list] > *")).to_have_count(0, timeout=20_000)
    [record] = records(page) - before
    page.goto(record)
    expect(page.locator("#inspection")).to_contain_text(BELOW)
    expect(page.locator(".thumbs img")).to_have_count(1)
    expect(page.locator("#receipt-title + dl")).to_contain_text("设备时间")
    page.reload()
    assert len(records(page) - before) == 1
    assert [fault for fault in page.faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []


def test_what_was_typed_without_a_network_is_there_after_a_reload(server, open_page):
    page = open_page("phone", server.url, is_installed=True, has_touch=True)
    ready_for_the_basement(page)
    page.context.set_offline(True)
    page.goto(FORM)
    page.wait_for_url("**/offline/forms/inspection-hospital-wastewater*")
    choose_hospital(page)
    chosen = page.locator("#place").input_value()
    page.locator("input[name=chlorine_tank__quantity][value=total]").check(force=True)
    page.locator("[name=chlorine_tank]").press_sequentially("4.2")
    page.evaluate(DRAFTED, ["chlorine_tank", "4.2"])
    page.reload()
    expect(page.locator("[data-draft-restored]")).to_be_visible()
    expect(page.locator("[name=chlorine_tank]")).to_have_value("4.2")
    expect(page.locator("#place")).to_have_value(chosen)
    expect(tank(page)).to_have_attribute("data-verdict", "below")
    assert [fault for fault in page.faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []


def test_without_saying_which_checklist_the_person_chooses(server, open_page):
    page = open_page("phone", server.url, "en", is_installed=True)
    sign_in(page, "inspector", "en")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until_kept(page, "circumstances")
    page.context.set_offline(True)
    page.goto("/inspections/new")
    links = page.locator("[data-forms] > li:visible a")
    expect(links).to_have_count(2)
    links.first.click()
    expect(page.locator("form[data-kind=inspection]")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_check_without_a_network_takes_few_presses_and_leads_to_the_next_place(server, open_page):
    page = open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce")
    page.add_init_script(PRESSES)
    ready_for_the_basement(page)
    wait_until_kept(page, "checked")
    page.context.set_offline(True)
    page.goto("/inspections/new?checklist=medical-waste")
    page.wait_for_url("**/offline/forms/inspection-medical-waste*")
    page.evaluate("sessionStorage.presses = 0")
    page.locator("[data-place-search]").click()
    choose_hospital(page)
    press_through(page)
    expect(page.locator("[data-saved-here]")).to_be_visible()
    assert 0 < presses(page) <= MOST_PRESSES
    onward = page.locator("[data-after-saved] a").first
    expect(onward).to_contain_text("下一家：H-")
    name = onward.inner_text().removeprefix("下一家：").strip()
    onward.click()
    expect(page.locator("#place option:checked")).to_have_text(name)
    expect(page.locator("[data-saved-here]")).to_have_count(0)
    assert [fault for fault in page.faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []


def test_a_deadline_that_has_gone_by_is_asked_about_before_it_is_kept(server, open_page):
    page = open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce")
    ready_for_the_basement(page)
    page.context.set_offline(True)
    page.goto("/inspections/new?checklist=medical-waste")
    page.wait_for_url("**/offline/forms/inspection-medical-waste*")
    choose_hospital(page)
    page.locator("#item-bags input[value=no]").check(force=True)
    page.locator("[name=bags__due]").fill("2020-01-01T08:00")
    press_through(page)
    expect(page.locator(".field:has([name=bags__due]) .error")).to_contain_text("整改期限已经过去")
    page.locator("[name=bags__past]").check()
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
