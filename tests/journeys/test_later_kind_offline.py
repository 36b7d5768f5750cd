"""A kind that only declares itself: its blank page is drawn by the shell, and what is recorded on it arrives once."""

import shutil
import sys

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import Office, Phone
from tests.faults.later import KIND, SLUG
from tests.support.browser import Server, axe_violations, wedge

pytestmark = pytest.mark.browser
WORDS = "药房门口"
DRAFTED = """async (wanted) => {
  const { load } = await import(own("outbox/drafts.js"));
  const isKept = (fields) => fields?.some(([name, value]) => name === "said" && value === wanted);
  while (!isKept(await load(document.querySelector("form").dataset.draft))) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture(scope="module")
def later_server(demo_template, tmp_path_factory):
    """A server that knows one kind more."""
    instance = tmp_path_factory.mktemp("later") / "instance"
    shutil.copytree(demo_template, instance)
    server = Server(instance)
    server.program = [sys.executable, "-m", "tests.faults.later"]
    server.start("serve")
    yield server
    server.stop()


@pytest.fixture
def later(later_server, demo_template):
    later_server.renew(demo_template)
    return Office(later_server)


@pytest.fixture
def phone(chromium, later, tmp_path):
    phone = Phone(chromium.browser_type, tmp_path / "phone", later.server.url)
    phone.open("/sign-in")
    phone.sign_in("inspector")
    phone.page.reload()  # the worker takes pages from their next load on
    yield phone
    phone.close()


@pytest.mark.long
def test_a_kind_declared_with_its_form_alone_is_recorded_without_a_network_and_arrives_once(phone, later):
    page = phone.page
    phone.go_offline()
    page.goto("/offline?lang=en")
    expect(page.locator(f"[data-forms] > li:visible a[href*='{SLUG}']")).to_have_text("Note")
    page.goto("/offline")
    page.locator(f"[data-forms] > li:visible a[href*='{SLUG}']").click()
    expect(page.locator("h1")).to_have_text("备注")
    expect(page.locator("[name=csrf_token]")).to_have_count(0)
    assert axe_violations(page) == []

    place = page.locator("select[name=place]")
    hospital = later.hospital()
    expect(place.locator(f"option[value='{hospital}']")).to_be_attached()
    expect(place.locator("option", has_text="CP-01")).to_have_count(0)  # a checkpoint is no hospital
    place.select_option(hospital)
    page.locator("[name=said]").press_sequentially(WORDS)
    page.evaluate(DRAFTED, WORDS)
    page.reload()
    expect(page.locator("[data-draft-restored]")).to_be_visible()
    expect(place).to_have_value(hospital)
    expect(page.locator("[name=said]")).to_have_value(WORDS)

    save = page.locator(".submit-bar button")
    save.click()  # the way is still open: nothing is kept
    page.locator("[name=way][value=out]").check(force=True)
    page.locator("[name=quantity]").fill("many")
    save.click()
    expect(page.locator(".field:has([name=quantity]) .error")).to_have_text("请填写数字，例如 6.5。")
    for wrong, sentence in (("10.1", "应在 0 到 10 之间。"), ("1.25", "最多保留 1 位小数。")):
        page.locator("[name=quantity]").fill(wrong)
        save.click()
        expect(page.locator(".field:has([name=quantity]) .error")).to_have_text(sentence)
    assert phone.rows("queue") == []
    page.locator("[name=quantity]").fill("２．５")
    save.click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    expect(page.locator("[data-after-saved] a")).to_be_visible()
    assert [row["kind"] for row in phone.rows("queue")] == [KIND]

    phone.go_online()
    phone.wait_until_empty()
    phone.flush()  # once more, with nothing left to send
    [receipt] = phone.rows("sent")
    assert receipt["outcome"]["outcome"] == "receipt"
    told = "SELECT count(*) FROM journal WHERE action = 'entry.recorded' AND subject_kind = ?"
    assert later.ask("SELECT uuid FROM entry WHERE kind = ?", KIND) == [(receipt["uuid"].replace("-", ""),)]
    assert later.one(told, KIND) == 1
    assert phone.faults == []


@pytest.mark.long
def test_what_its_form_refuses_comes_back_with_the_same_choices(phone, later):
    hospital, page = later.hospital(), phone.page
    fields = [["place", hospital], ["said", WORDS], ["quantity", "11"], ["way", "in"]]
    uuid = page.evaluate("() => crypto.randomUUID()")
    phone.keep([{"uuid": uuid, "kind": KIND, "fields": fields, "photos": []}])
    phone.flush()
    phone.wait_until_empty()
    page.goto("/sync/returned")
    page.locator("main a[href*='/sync/returned/']").first.click()
    expect(page.locator("select[name=place]")).to_have_value(hospital)
    expect(page.locator("[name=said]")).to_have_value(WORDS)
    page.locator("select[name=place]").select_option("")
    wedge(page, f"/places/{hospital}")
    expect(page.locator("select[name=place]")).to_have_value(hospital)
    page.locator("[name=quantity]").fill("10")
    page.get_by_role("button", name="修改后提交").click()
    phone.wait_for_server(lambda: later.ask("SELECT 1 FROM entry WHERE kind = ?", KIND))
