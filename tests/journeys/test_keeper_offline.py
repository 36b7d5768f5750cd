"""A keeper's day at the counter without a network: cold start, scan, confirm, count; then once in the ledger."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.journeys.test_keeper import CODE, LOT, answered, asked, moves_of_lot
from tests.support.browser import SAVED_MS, axe_violations, sign_in, wait_until_kept

pytestmark = pytest.mark.browser
WAITS = "(n) => window.tookMs?.length && document.querySelector('[data-outbox-badge]').textContent.includes(n)"
FINE = re.compile(
    r"ERR_INTERNET_DISCONNECTED|status of 409"
)  # the browser's notes: no network, and a question that the page shows
KEPT = """() => new Promise((done) => { const open = indexedDB.open("frontline"); open.onsuccess = () => {
  const at = open.result.transaction(["queue", "sent"]);
  const all = ["queue", "sent"].map((name) => at.objectStore(name).getAll());
  at.oncomplete = () => { open.result.close();
    done(all.map((one) => one.result.map((row) => [row.kind, row.outcome?.outcome]))); }; }; })"""
# From the press until the words stand there, by the page's own clock.
TIMED = """() => { const began = {}; window.tookMs = [];
  const press = (e) => { if (e.target.closest?.("[data-confirm]")) began.at = performance.now(); };
  document.addEventListener("click", press, true);
  document.addEventListener("outbox:saved", () => { window.tookMs.push(performance.now() - began.at); }); }"""


@pytest.fixture
def counter(server, open_page):
    """A page of a signed-in keeper whose device has the shell and the reference data."""
    page = open_page("desktop", server.url, is_installed=True, reduced_motion="reduce")
    sign_in(page, "keeper")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.goto("/supplies/counter")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until_kept(page, "items", "stock", "consumers", "places")
    yield page
    assert [said for said in page.faults if not FINE.search(said)] == []


def off(page):
    page.context.set_offline(True)
    page.goto("/supplies/counter")
    page.wait_for_url("**/offline/forms/stock*")
    page.locator("#counter-form").wait_for()
    page.evaluate(TIMED)


def on(page):
    """The network is back: everything goes by itself."""
    page.locator("[data-outbox-badge]:visible").first.wait_for()  # drawn: hidden means sent from now on
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelector('[data-outbox-badge]').hidden", timeout=20_000)


def scan(page, text):
    """As a hand scanner does: all keys at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def quantities(page):
    return [one.input_value() for one in page.locator("#counter-form input.quantity").all()]


def confirm(page, waiting):
    """Enter in the empty box; the slip is on the device when the page says so."""
    page.locator("#code").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(WAITS, arg=str(waiting))

    expect(page.locator("[data-saved-place]")).to_contain_text("已保存在这台设备上")
    assert quantities(page) == []


def test_in_out_and_count_without_a_network_arrive_once_and_in_order(server, counter):
    page = counter
    off(page)
    assert axe_violations(page) == []
    page.keyboard.press("F1")
    scan(page, CODE)
    scan(page, "40*")
    assert quantities(page) == ["40"]
    expect(page.locator("input[type=date]")).to_have_value("2027-12-31")
    confirm(page, 1)

    page.keyboard.press("F2")
    scan(page, CODE)
    scan(page, "15*")
    page.keyboard.press("Enter")  # nobody is named yet: nothing is kept
    expect(page.locator("#counter-says")).to_contain_text("领用单位")
    hospital = asked(server, "SELECT name FROM place WHERE code = 'H-01'")[0][0]
    page.locator("#code").focus()
    scan(page, "H-01")
    expect(page.locator("#counter-says")).to_contain_text(hospital)
    expect(page.locator(".lines")).not_to_contain_text("上次联网时只有")  # the forty of just now are known here
    assert axe_violations(page) == []
    confirm(page, 2)

    page.keyboard.press("F4")
    scan(page, CODE)
    scan(page, "24*")
    confirm(page, 3)
    took = page.evaluate("window.tookMs")
    assert len(took) == 3
    assert max(took) < SAVED_MS, took

    off(page)  # cold again: what waits is still there
    expect(page.locator("[data-outbox-badge]")).to_contain_text("3")
    assert moves_of_lot(server) == []
    on(page)
    assert moves_of_lot(server) == [1200, -450, -30]
    kinds = asked(
        server,
        "SELECT s.kind FROM stock_slip s JOIN entry e ON e.uuid = s.id WHERE e.device_seq > 0 ORDER BY e.seq",
    )
    assert [one[0] for one in kinds] == ["in", "out", "count"]
    page.reload()
    page.goto("/supplies/slips")
    assert page.locator("tbody tr").filter(has_text=hospital).count() >= 1
    assert moves_of_lot(server) == [1200, -450, -30]


def test_what_is_no_longer_there_is_booked_and_ends_by_a_count(server, counter):
    page = counter
    off(page)
    page.keyboard.press("F2")
    scan(page, CODE)
    scan(page, "2*")
    expect(page.locator(".lines")).to_contain_text("上次联网时只有")
    scan(page, "H-01")
    confirm(page, 1)
    on(page)
    assert moves_of_lot(server) == [60, -60]  # what must have lain there, then what was taken
    page.goto("/supplies/to-count")
    expect(page.locator("main")).to_contain_text(LOT)
    assert axe_violations(page) == []
    page.get_by_role("link", name="去盘点").click()
    page.wait_for_url(re.compile(r"/supplies/counter\?"))  # and loaded: keys before that are the browser's own
    answered(page, lambda: (page.keyboard.type(CODE), page.keyboard.press("Enter")))
    answered(page, lambda: (page.keyboard.type("90*"), page.keyboard.press("Enter")))
    page.locator("#code").focus()
    answered(page, lambda: page.keyboard.press("Enter"))  # 2,700 bottles more than the book wants a reason
    page.locator("#difference_reason").fill("漏记入库")
    page.get_by_role("button", name="再次确认盘点单").click()
    page.wait_for_url(re.compile("done="))
    page.goto("/supplies/to-count")
    expect(page.locator("main")).not_to_contain_text(LOT)
    page.goto("/supplies/ledger-check")
    expect(page.locator("main")).not_to_contain_text("台账曾低于零")


def test_a_count_without_a_network_asks_about_what_stands_on_the_slip_now(counter):
    page = counter
    off(page)
    page.keyboard.press("F4")
    expect(page.locator("#code-help")).to_contain_text("实盘数")
    scan(page, "XS-02")  # several batches: the first one's quantity is wanted
    expect(page.locator("input.quantity").first).to_be_focused()
    page.locator("#code").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#counter-says")).to_contain_text("没有就填 0")
    for field in page.locator("input.quantity").all():
        field.fill("0")
    page.locator("#code").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#difference_reason")).to_be_focused()
    expect(page.locator("#counter-says")).to_be_empty()
    page.locator("#difference_reason").fill("破损未登记")
    page.locator("#code").focus()
    scan(page, "FH-05")
    expect(page.locator("#counter-doubts")).to_be_empty()  # they were about another slip
    scan(page, "3")
    page.keyboard.press("Enter")
    expect(page.locator("#counter-doubts")).to_contain_text("护目镜（无批号）")
    expect(page.locator("#difference_reason")).to_have_value("破损未登记")
    assert axe_violations(page) == []
    page.keyboard.press("F1")
    expect(page.locator("#counter-doubts")).to_be_empty()
    page.keyboard.press("F4")
    page.locator("#code").focus()
    page.keyboard.press("Enter")
    confirm(page, 1)


def test_a_slip_out_of_the_servers_bounds_is_not_kept(counter):
    page = counter
    off(page)
    page.keyboard.press("F1")
    scan(page, "XS-02")
    said = page.locator("#counter-says")
    latest = datetime.now(UTC).year + 20
    good = {"lot": "A" * 20, "expires_on": f"{latest}-12-31", "quantity": "1000000000"}
    wrong = {
        "lot": ("A" * 21, "最多 20 个字"),
        "expires_on": (f"{latest + 1}-01-01", f"最晚填到 {latest} 年"),
        "quantity": ("1000000001", "应在 0 到 1000000000 之间"),
    }
    wrong_steps = ("0.5", "不是最小单位的整数倍")
    for name, value in good.items():
        page.locator(f"[name='lines-0-{name}']").fill(value)
    for name, (value, sentence) in [*wrong.items(), ("quantity", wrong_steps)]:
        field = page.locator(f"[name='lines-0-{name}']")
        field.fill(value)
        page.locator("button[data-confirm]").click()
        expect(said).to_contain_text(sentence)
        expect(field).to_be_focused()
        field.fill(good[name])
    page.locator("button[data-confirm]").click()
    expect(page.locator("#counter-doubts")).to_contain_text("数量很大")
    page.locator("button[data-confirm]").click()
    expect(page.locator("[data-saved-place]")).to_contain_text("已保存在这台设备上")


def test_a_full_count_without_a_network_names_what_it_enters_as_0_and_asks_about_it(counter):
    page = counter
    off(page)
    page.keyboard.press("F4")
    scan(page, "FH-05")
    scan(page, "3")
    missing = page.locator("#counter-not-found")
    expect(missing).to_be_hidden()
    page.locator("#count-scope").select_option("warehouse")
    expect(missing).to_contain_text("确认后按 0 登记")
    expect(missing.locator("[data-part='rows'] li")).to_have_count(6)
    missing.locator("summary").click()
    page.locator("#note").fill("x")
    expect(missing.locator("details")).to_have_attribute("open", "")
    page.locator("button[data-confirm]").click()
    expect(page.locator("#difference_reason")).to_be_focused()
    expect(page.locator("#difference_reason")).to_be_in_viewport()
    expect(page.locator("#counter-doubts [data-part='rows'] li")).to_have_count(6)
    expect(page.locator("#counter-doubts summary")).to_contain_text("另有")
    assert axe_violations(page) == []
    page.locator("#difference_reason").fill("搬库")
    confirm(page, 1)
    scan(page, "FH-05")
    expect(page.locator("#count-scope")).to_have_value("listed")  # the next count is chosen anew
    expect(missing).to_be_hidden()


def test_with_a_network_a_press_is_kept_first_and_counts_once(server, counter):
    page = counter
    answered(page, lambda: page.keyboard.press("F1"))
    page.keyboard.type(CODE)
    answered(page, lambda: page.keyboard.press("Enter"))
    with page.expect_response(lambda r: r.url.endswith("/supplies/counter") and r.request.method == "POST") as told:
        page.locator("#code").focus()
        page.keyboard.press("Enter")
    assert told.value.headers["frontline-receipt"]
    page.wait_for_url(re.compile("done="))
    assert moves_of_lot(server) == [30]
    waiting, sent = page.evaluate(KEPT)
    assert (waiting, [kind for kind, _outcome in sent]) == ([], ["stock.in"])
