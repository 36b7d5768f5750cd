"""The outbox page in a browser: what waits and why, receipts, and the queue as a file that anybody may deliver."""

import json

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import HAS_GRANT, KEEP, Office, rows_of
from tests.support.browser import axe_violations, sign_in

pytestmark = pytest.mark.browser
PARK = 'async (one) => { await (await import(own("outbox/queue.js"))).park(one, "malformed"); }'
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def recorder(open_page, server):
    """An inspector's phone on the outbox page without a network, three entries and a photo in it."""
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    expect(page.locator("body[data-signed-in]")).to_be_attached()
    while not page.evaluate(HAS_GRANT):
        page.wait_for_timeout(40)  # between two questions, not instead of one
    page.goto("/outbox")
    page.context.set_offline(True)
    page.kept = page.evaluate(KEEP, Office(server).checks(3, photos=1))
    return page


def test_the_page_says_what_waits_and_why_and_lists_receipts_when_it_is_sent(recorder, server):
    page = recorder
    waiting, sent = page.locator("[data-waiting-list] > li"), page.locator("[data-sent-list] > li")
    expect(waiting).to_have_count(3)
    expect(page.locator("[data-outbox-badge]:visible")).to_contain_text("3")
    expect(page.locator("main [role=status]")).to_have_count(1)
    for part in ("kind", "at", "why", "age"):
        expect(waiting.first.locator(f"[data-part={part}]")).not_to_be_empty()
    expect(waiting.first).not_to_contain_text("inspection")
    assert axe_violations(page) == []
    page.context.set_offline(False)
    page.locator("[data-send-now]").dispatch_event("click")  # it may have gone by itself just before
    expect(sent).to_have_count(3)
    expect(waiting).to_have_count(0)
    expect(page.locator("[data-send-now]")).to_be_hidden()
    expect(page.locator("[data-outbox-badge]")).to_be_hidden()
    office = Office(server)
    office.assert_exactly_once(page.kept)
    numbers = {str(row[0]) for row in office.known(page.kept, "seq")}
    assert all(any(number in text for text in sent.all_inner_texts()) for number in numbers)
    assert axe_violations(page) == []
    assert [fault for fault in page.faults if NO_NETWORK not in fault] == []


@pytest.mark.parametrize(("waiting", "shown", "more"), [(50, 50, ""), (52, 50, "另有 2 条没有列出")])
def test_a_long_queue_is_told_in_part_what_will_not_go_by_itself_first(recorder, server, waiting, shown, more):
    page, items = recorder, recorder.locator("[data-waiting-list] > li")
    [last] = page.evaluate(KEEP, Office(server).checks(waiting - len(page.kept)))[-1:]
    page.evaluate(PARK, last)
    expect(items.first.locator("[data-part=why]")).to_contain_text("存为文件")
    expect(items).to_have_count(shown)
    expect(page.locator("[data-waiting-more]")).to_have_text(more)


def test_the_saved_file_can_be_delivered_from_another_device_and_nothing_is_doubled(
    recorder, open_page, server, tmp_path
):
    with recorder.expect_download() as saved:
        recorder.locator("[data-save-file]").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    said = json.loads(file.read_text(encoding="utf-8"))
    assert [one["uuid"] for one in said["envelopes"]] == [one["uuid"] for one in recorder.kept]
    other = open_page("desktop", server.url)
    sign_in(other, "inspector2")
    other.goto("/me")
    other.locator("main nav a[href='/sync/file']").click()
    assert axe_violations(other) == []
    for told in ("已入库", "原先已有"):  # the second time nothing is doubled
        other.locator("input[type=file]").set_input_files(file)
        other.get_by_role("button", name="递交").click()
        items = other.locator("#file li")
        expect(items).to_have_count(1)
        expect(items).to_contain_text(told)
        expect(items).to_contain_text("3 条")
    assert axe_violations(other) == []
    assert other.faults == []
    recorder.context.set_offline(False)  # and it goes by itself
    expect(recorder.locator("[data-waiting-list] > li")).to_have_count(0)
    assert {row["outcome"]["outcome"] for row in rows_of(recorder, "sent")} == {"same"}
    office = Office(server)
    office.assert_exactly_once(recorder.kept)
    assert {row[0] for row in office.known(recorder.kept, "author_id")} == {office.person("inspector")}
