"""Browsers that lack what Chromium has, and a store that never answers: every press ends in something visible."""

import pytest
from playwright.sync_api import expect

from tests.faults.browser.test_answers import FIELDS, QUEUED, fill_gate, newest, press_pass
from tests.support.browser import HURRIED
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
IOS_15_4 = """
  const Whole = FormData;
  globalThis.FormData = class extends Whole { constructor(form) { super(form); } };
  delete HTMLFormElement.prototype.requestSubmit;
  delete AbortSignal.timeout;
  delete Object.hasOwn;
  delete crypto.randomUUID;
"""
STUCK = """
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const transaction = begin.call(this, stores, mode, options);
    if (!globalThis.isStuck || mode !== "readwrite") return transaction;
    const never = new EventTarget();
    never.objectStore = () => ({ put: () => ({}), get: () => ({}), delete: () => ({}) });
    never.abort = () => {};
    return never;
  };
"""


def test_an_iphone_of_ios_15_records_offline_what_was_pressed(make_phone, office):
    phone = make_phone("gatekeeper", name="old")
    page, before = phone.page, newest(office)
    phone.context.add_init_script(IOS_15_4)
    page.goto("/checkpoints")
    fill_gate(page, "13811100001")
    press_pass(page)
    expect(page.locator(".decided[data-decision=pass]")).to_be_visible()
    phone.wait_until_empty()
    assert newest(office) == before + 1
    phone.go_offline()
    page.goto("/offline/forms/visit-in")
    for name, value in (FIELDS | {"phone": "13811100002", "celsius": "38.4"}).items():
        page.locator(f"#arrive [name={name}]").fill(value)
    page.locator("#arrive button[name=decision][value=refuse]").click()
    expect(page.locator("[data-said-here] .decided")).to_have_attribute("data-decision", "refuse")
    expect(page.locator("#arrive form[data-kind='visit.in']")).to_be_visible()
    assert page.evaluate(QUEUED) == 1
    phone.go_online()
    phone.flush()
    phone.wait_until_empty()
    assert newest(office) == before + 2
    uuid = office.one("SELECT uuid FROM entry ORDER BY seq DESC")
    assert office.one("SELECT decision FROM visit WHERE id = ?", uuid).lower() == "refuse"
    assert phone.faults == []


@pytest.mark.long
def test_a_store_that_never_answers_lets_the_form_post_online_and_says_so_offline(make_phone, office):
    phone = make_phone("gatekeeper", name="stuck")
    page, before = phone.page, newest(office)
    phone.context.add_init_script(HURRIED + STUCK)
    page.goto("/checkpoints")
    fill_gate(page, "13822200001")
    page.evaluate("() => { globalThis.isStuck = true; }")
    press_pass(page)
    expect(page.locator("[data-saving]")).to_be_visible()
    expect(page.locator(".decided[data-decision=pass]")).to_be_visible(timeout=20_000)
    assert newest(office) == before + 1
    phone.go_offline()
    page.goto("/offline/forms/visit-in")
    page.evaluate("() => { globalThis.isStuck = true; }")
    for name, value in (FIELDS | {"phone": "13822200002"}).items():
        page.locator(f"#arrive [name={name}]").fill(value)
    page.locator("#arrive button[name=decision][value=pass]").click()
    expect(page.locator("#messages")).to_contain_text("存储没有响应", timeout=20_000)
    expect(page.locator("#arrive [name=phone]")).to_have_value("13822200002")
    page.evaluate("() => { globalThis.isStuck = false; }")
    page.locator("#arrive button[name=decision][value=pass]").click()
    expect(page.locator("[data-said-here] .decided")).to_be_visible()
    assert page.evaluate(QUEUED) == 1, "pressed again, and kept once"


def test_a_page_out_of_the_back_forward_cache_is_opened_anew(make_phone):
    phone = make_phone("gatekeeper", name="cached")
    for path in ("/checkpoints", "/offline/forms/visit-in", "/outbox"):
        phone.page.goto(path)
        with phone.page.expect_navigation():
            phone.page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }")


def test_an_open_write_is_aborted_when_its_page_is_left(make_phone):
    phone = make_phone("gatekeeper", name="left")
    said = phone.page.evaluate(
        """async () => {
          const { read, write } = await import(own("outbox/store.js"));
          const row = { name: "left", value: 1 };
          const written = write(["meta"], (at) => { at("meta").put(row); });
          await Promise.resolve().then(() => {}).then(() => {});
          dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
          const how = await written.then(() => "written", () => "rejected");
          return [how, await read("meta", "left") ?? null];
        }"""
    )
    assert said == ["rejected", None], "what was not written was never said to be"


@pytest.mark.parametrize("is_there", usual_and_long([False], [True]))
def test_the_gate_says_that_the_network_is_back_only_when_the_server_answers(make_phone, is_there):
    phone = make_phone("gatekeeper", name="line")
    page = phone.page
    if not is_there:
        phone.context.route("**/sync/**", lambda route: route.abort())
    page.goto("/offline/forms/visit-in")
    expect(page.locator("[data-gate-offline]")).to_be_visible()
    line = page.locator("[data-online-again]")
    if is_there:
        expect(line).to_be_visible()
    else:
        phone.press()
        expect(page.locator("[data-outbox-state]")).to_contain_text("连不上服务器")
        expect(line).to_be_hidden()


@pytest.mark.long
def test_where_storage_cannot_be_asked_about_nothing_offers_it(make_phone):
    phone = make_phone("gatekeeper", name="storage")
    page = phone.page
    page.goto("/outbox")
    expect(page.locator("[data-storage-meter]")).to_be_visible()
    phone.context.add_init_script("Object.defineProperty(navigator, 'storage', { value: undefined });")
    page.goto("/outbox")
    expect(page.locator("[data-sent-empty], [data-sent-list] > *").first).to_be_visible()
    expect(page.locator("[data-storage]")).to_be_hidden()
    expect(page.locator("[data-persist]")).to_be_hidden()
