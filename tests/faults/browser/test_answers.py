"""What the page says of a form that the outbox holds is what becomes of it; a page of one person is never another's."""

import json

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import HAS_GRANT, assert_settled
from tests.support.browser import sign_in
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
GATE = "**/checkpoints/*/visits"
OURS = {"Frontline": "page", "Content-Type": "text/html", "HX-Retarget": "#messages", "HX-Reswap": "innerHTML"}
PORTAL = {"Content-Type": "text/html"}
AGAIN = "<div data-notice>没有保存，请再提交一次</div>"
NO_ANSWERS = [(401, OURS), (503, OURS), (200, PORTAL), (413, PORTAL)]
OTHERS = [
    *((status, OURS) for status in (400, 413, 429, 500)),
    *((status, PORTAL) for status in (403, 409, 422, 502, 504)),
]
FIELDS = {"name": "王秀英", "origin": "本区三里庄", "celsius": "36.5"}
DEAF = (
    "delete globalThis.BroadcastChannel; Storage.prototype.getItem = () => null;"  # a page that hears of no other tab
)
UNHEARD = "Storage.prototype.setItem = () => {};"
QUEUED = "async () => (await (await import(own('outbox/store.js'))).all('queue')).length"


def fill_gate(page, phone_number, **changes):
    page.locator(".newcomer > summary").click()
    for name, value in (FIELDS | {"phone": phone_number} | changes).items():
        page.locator(f".newcomer [name={name}]").fill(value)


def press_pass(page):
    page.locator(".newcomer button[name=decision][value=pass]").click()


def answering(status, headers):
    return lambda route: route.fulfill(status=status, headers=headers, body=AGAIN)


def newest(office):
    return office.one("SELECT coalesce(max(seq), 0) FROM entry")


@pytest.mark.parametrize("answers", usual_and_long([NO_ANSWERS], [OTHERS]), ids=["usual", "others"])
def test_an_answer_that_settles_nothing_leaves_the_record_with_the_outbox(make_phone, office, answers):
    phone = make_phone("gatekeeper")
    page = phone.page
    before, said = newest(office), []
    for number, (status, headers) in enumerate(answers):
        page.goto("/checkpoints")
        fill_gate(page, f"139111{number:05}")
        page.route(GATE, answering(status, headers))
        page.route("**/sync/envelopes", lambda route: route.abort())
        press_pass(page)
        expect(page.locator("[data-gate-saved]")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("再提交一次")
        assert page.evaluate(QUEUED) == number + 1 - len(said), status
        page.unroute(GATE)
        page.unroute("**/sync/envelopes")
        phone.flush()
        phone.wait_until_empty()
        said.append(status)
    assert newest(office) == before + len(answers), "each exactly once"
    assert_settled(phone, [])


@pytest.mark.long
@pytest.mark.parametrize("how", ["cut", "silent"])
def test_no_answer_at_all_leaves_the_record_with_the_outbox(make_phone, office, how):
    phone = make_phone("gatekeeper")
    page, before = phone.page, newest(office)
    page.goto("/checkpoints")
    fill_gate(page, {"cut": "13922200001", "silent": "13922200002"}[how])
    page.evaluate("() => { htmx.config.defaultTimeout = 500; }")
    page.route(GATE, lambda route: route.abort() if how == "cut" else None)
    page.route("**/sync/envelopes", lambda route: route.abort())
    press_pass(page)
    expect(page.locator("[data-gate-saved]")).to_be_visible()
    with page.expect_event("requestfailed", lambda one: "/live" in one.url):
        page.route("**/live*", lambda route: route.abort())  # the panel beside it is asked for every five seconds
    expect(page.locator("main")).not_to_contain_text("再提交一次")
    page.unroute("**/sync/envelopes")
    phone.flush()
    phone.wait_until_empty()
    assert newest(office) == before + 1


def test_a_refusal_takes_the_copy_away_and_leaves_the_form(make_phone, office):
    phone = make_phone("gatekeeper")
    page, before = phone.page, newest(office)
    page.goto("/checkpoints")
    fill_gate(page, "")
    press_pass(page)
    expect(page.locator("[data-errors]")).to_be_visible()
    phone.wait_until_empty()
    phone.flush()
    assert newest(office) == before
    page.locator(".newcomer [name=phone]").fill("13933300001")
    press_pass(page)
    expect(page.locator(".decided[data-decision=pass]")).to_be_visible()
    phone.wait_until_empty()
    assert newest(office) == before + 1


def test_f20_a_form_posted_after_its_session_ended_is_kept_and_goes_after_signing_in(make_phone, office):
    phone = make_phone("gatekeeper")
    page, before = phone.page, newest(office)
    page.goto("/checkpoints")
    fill_gate(page, "13944400001")
    office.end_sessions("gatekeeper")
    with page.expect_response(lambda one: one.request.method == "POST" and one.status == 401):
        press_pass(page)
    expect(page.locator("[data-gate-saved]")).to_be_visible()
    assert page.evaluate(QUEUED) == 1
    beside = phone.context.new_page()
    sign_in(beside, "gatekeeper")
    phone.wait_until_empty(page=beside)
    assert newest(office) == before + 1
    assert office.one("SELECT author_id FROM entry ORDER BY seq DESC") == office.person("gatekeeper")


@pytest.mark.long
def test_a_session_renewed_in_another_tab_is_no_obstacle(make_phone, office):
    """F-3: the page said "submit once more" while the outbox booked it."""
    phone = make_phone("gatekeeper")
    page, before = phone.page, newest(office)
    page.goto("/checkpoints")
    fill_gate(page, "13955500001")
    office.end_sessions("gatekeeper")
    sign_in(phone.context.new_page(), "gatekeeper")
    press_pass(page)
    expect(page.locator(".decided[data-decision=pass]")).to_be_visible()
    phone.wait_until_empty()
    assert newest(office) == before + 1


def test_the_counter_keeps_its_lines_and_the_code_when_the_session_ends(make_phone, office):
    phone = make_phone("keeper")
    page = phone.page
    page.goto("/supplies/counter?mode=out")
    box = page.locator("[data-scan-box]")
    box.fill("FH-01")
    box.press("Enter")
    expect(page.locator("#counter tbody tr").first).to_be_visible()
    lines = page.locator("#counter tbody tr").count()
    office.end_sessions("keeper")
    box.fill("FH-02")
    box.press("Enter")
    expect(page.locator("#messages [data-sign-in-beside]")).to_be_visible()
    expect(page.locator("#counter tbody tr")).to_have_count(lines)
    expect(box).to_have_value("FH-02")
    with phone.context.expect_page() as opened:
        page.locator("[data-sign-in-beside]").click()
    sign_in(opened.value, "keeper")
    expect(page.locator("#messages [data-sign-in-beside]")).to_have_count(0)
    box.press("Enter")
    expect(page.locator("#counter")).to_contain_text("FH-02")


def test_a_page_is_emptied_when_another_person_signs_in_beside_it(make_phone, office):
    """F-4: recorded under whoever signed in last."""
    phone = make_phone("gatekeeper")
    page, before = phone.page, newest(office)
    page.goto("/checkpoints")
    fill_gate(page, "13966600001")
    office.end_sessions("gatekeeper")
    beside = phone.context.new_page()
    sign_in(beside, "gatekeeper2")
    other = json.dumps(beside.locator("body").get_attribute("data-person"))
    phone.wait_for(f"() => document.body?.dataset.person === {other}")
    assert newest(office) == before


@pytest.mark.parametrize("network", usual_and_long([False], [True]))
def test_a_page_that_missed_it_records_nothing_under_the_other(make_phone, office, network):
    phone = make_phone("gatekeeper")
    page, before, number = phone.page, newest(office), f"1397770000{int(network)}"
    page.add_init_script(DEAF)
    page.goto("/checkpoints")
    fill_gate(page, number)
    office.end_sessions("gatekeeper")
    beside = phone.context.new_page()
    beside.add_init_script(UNHEARD)
    sign_in(beside, "gatekeeper2")
    phone.wait_for(HAS_GRANT, page=beside)
    if not network:
        phone.go_offline()
    press_pass(page)
    words = "没有以" if network else "另一位人员打开的"
    expect(page.locator("#messages")).to_contain_text(words)
    expect(page.locator(".newcomer [name=phone]")).to_have_value(number)  # what was typed stands
    phone.go_online()
    phone.flush(page=beside)
    assert beside.evaluate(QUEUED) == 0
    assert newest(office) == before
    office.end_sessions("gatekeeper2")
    sign_in(beside, "gatekeeper")
    phone.wait_for(HAS_GRANT, page=beside)
    press_pass(page)
    expect(page.locator(".decided[data-decision=pass]")).to_be_visible()
    assert newest(office) == before + 1
    assert office.one("SELECT author_id FROM entry ORDER BY seq DESC") == office.person("gatekeeper")


def test_a_kept_form_opened_by_one_person_is_never_signed_by_the_next(make_phone, office):
    phone = make_phone("gatekeeper")
    page, before = phone.page, newest(office)
    page.add_init_script(DEAF)
    page.goto("/offline/forms/visit-in")
    phone.wait_for("() => Boolean(document.body.dataset.person)")
    page.locator("#place option").nth(1).wait_for(state="attached")
    office.end_sessions("gatekeeper")
    beside = phone.context.new_page()
    beside.add_init_script(UNHEARD)
    sign_in(beside, "gatekeeper2")
    phone.wait_for(HAS_GRANT, page=beside)
    for name, value in (FIELDS | {"phone": "13988800001"}).items():
        page.locator(f"#arrive [name={name}]").fill(value)
    page.locator("#arrive button[name=decision][value=pass]").click()
    expect(page.locator("#messages")).to_contain_text("另一位人员打开的")
    assert beside.evaluate(QUEUED) == 0
    assert newest(office) == before
