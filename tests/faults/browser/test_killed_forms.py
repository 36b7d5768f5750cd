"""F16 for forms half typed: a killed browser has an arrival and a correction again, as they were."""

import re

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import picture

pytestmark = pytest.mark.browser
DRAFTED = """async (text) => {
  const { all, read } = await import(own("outbox/store.js"));
  const { load } = await import(own("outbox/drafts.js"));
  for (const { form } of await all("drafts")) {
    if (!form.includes("#") && (await load(form) ?? []).some(([, value]) => value === text)) return form;
  }
  return "";
}"""


def until_drafted(phone, text):
    phone.wait_for_server(lambda: phone.page.evaluate(DRAFTED, text))
    return phone.page.evaluate(DRAFTED, text)


def reopen(phone, path, username):
    phone.kill()
    phone.open(path)
    if "sign-in" in phone.page.url:  # the session may have gone with the browser, or not
        phone.sign_in(username)
        phone.page.goto(path)


@pytest.fixture
def gate(make_phone, office):
    phone = make_phone("gatekeeper", viewport={"width": 820, "height": 1180})
    phone.page.goto(f"/checkpoints/{office.checkpoint()}/gate")
    return phone


def begin_arrival(page):
    page.locator("details.newcomer > summary").click()
    page.locator("form[data-gate] [name=name]").fill("王秀英")
    page.locator("form[data-gate] [name=origin]").fill("本区三里庄")
    page.locator("form[data-gate] [data-step='1']").click()


def test_an_arrival_half_typed_comes_back_and_an_old_one_does_not(gate):
    path = re.sub(r"^https?://[^/]+", "", gate.page.url)
    begin_arrival(gate.page)
    name = until_drafted(gate, "本区三里庄")
    gate.wait_for_server(lambda: gate.page.evaluate(DRAFTED, "1") == name)
    reopen(gate, path, "gatekeeper")
    form = gate.page.locator("form[data-gate]")
    expect(form.locator("[name=name]")).to_have_value("王秀英")
    expect(form.locator("[name=name]")).to_be_visible()
    expect(form.locator("[name=companions]")).to_have_value("1")
    expect(form.locator("[data-draft-restored]")).to_be_visible()
    for minutes, is_there in ((14, True), (16, False)):
        at = gate.page.evaluate("(m) => new Date(Date.now() - m * 60000).toISOString()", minutes)
        gate.change("drafts", name, {"at": at})
        gate.page.reload()
        expect(form.locator("[name=name]")).to_have_value("王秀英" if is_there else "")
    assert gate.rows("drafts") == []


def test_a_correction_half_typed_comes_back_with_its_photo_and_goes_when_it_is_taken(make_phone, office):
    phone = make_phone("inspector")
    [entry] = office.checks(1)
    entry["fields"] = [[name, "4,,2" if name == "chlorine_tank" else value] for name, value in entry["fields"]]
    entry["fields"] += (
        [] if any(name == "chlorine_tank" for name, _ in entry["fields"]) else [["chlorine_tank", "4,,2"]]
    )
    phone.keep([entry])
    phone.flush()
    phone.wait_until_empty()
    phone.page.goto("/sync/returned")
    phone.page.locator("a[href^='/sync/returned/']").first.click()
    phone.page.wait_for_url("**/sync/returned/*")  # loaded: its scripts listen
    path = re.sub(r"^https?://[^/]+", "", phone.page.url)
    phone.page.locator("[name=witness]").fill("王医生")
    photo = {"name": "later.jpg", "mimeType": "image/jpeg", "buffer": picture(7)}
    phone.page.locator("[data-photos]:not(details *) input[type=file][name]").first.set_input_files(photo)
    until_drafted(phone, "王医生")
    phone.wait_for_server(lambda: any("#" in row["form"] for row in phone.rows("drafts")))
    reopen(phone, path, "inspector")
    expect(phone.page.locator("[name=witness]")).to_have_value("王医生")
    expect(phone.page.locator("[data-thumbs] img")).to_have_count(1)
    phone.page.locator("[data-thumbs] button").click()
    expect(phone.page.locator("[data-thumbs] img")).to_have_count(0)
    phone.page.locator("[data-photos]:not(details *) input[type=file][name]").first.set_input_files(photo)
    expect(phone.page.locator("[data-thumbs] img")).to_have_count(1)
    phone.page.locator("[name=chlorine_tank]").fill("7.0")
    phone.page.locator("#returned .submit-bar button").first.click()
    expect(phone.page.locator("#inspection .thumbs img")).to_have_count(1)
    phone.wait_for_server(lambda: phone.rows("drafts") == [])
