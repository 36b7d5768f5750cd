"""The pages that a device keeps: who is signed in, where one can go, what waits and what a label leads to."""

import io
import re
import sqlite3

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import HURRIED, axe_violations, sign_in, wait_until_kept, wedge
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser

ARRIVAL = {"name": "诸葛青云", "phone": "13955550127", "origin": "本区", "celsius": "36.5"}

# A camera that looks at a picture.
CAMERA = """async (picture) => {
  const image = Object.assign(new Image(), { src: picture });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 640 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  setInterval(() => {
    pen.fillRect(0, 0, 640, 640);
    pen.drawImage(image, 120, 120, 400, 400);
  }, 30);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
}"""
DRAFTED = """async ([wanted, value]) => {
  const { load } = await import(own("outbox/drafts.js"));
  const { draft } = document.querySelector("form[data-draft]").dataset;
  const until = performance.now() + 30000;
  while (Object.fromEntries(await load(draft) ?? [])[wanted] !== value) {
    if (performance.now() > until) throw new Error(`${wanted} was never drafted`);
    await new Promise(requestAnimationFrame);
  }
}"""

ENTRIES = "SELECT count(*), count(DISTINCT device_seq) FROM entry WHERE kind = 'publicity' AND device_seq IS NOT NULL"


def places_of(page):
    return page.evaluate("async () => (await import(own('outbox/reference.js'))).part('places')")


def faults(page):
    """Without Chromium's own note of a request that found no network."""
    return [fault for fault in page.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


@pytest.fixture
def device(server, open_page):
    """device(username, size): a page of somebody whose device has kept everything, from now on without a network."""

    def device(username, size="phone", language="zh"):
        page = open_page(size, server.url, language, is_installed=True)
        sign_in(page, username, language)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        wait_until_kept(page, "places")
        page.wait_for_function("async () => Boolean(await (await import(own('outbox/author.js'))).authorName())")
        page.context.set_offline(True)
        return page

    return device


def record(page):
    page.goto("/offline/forms/visit-in")
    for name, value in ARRIVAL.items():
        page.locator(f"#arrive [name={name}]").fill(value)
    page.locator("#arrive button[name=decision][value=pass]").click()
    expect(page.locator(".decided")).to_be_visible()


@pytest.mark.parametrize("size", usual_and_long(["phone"], ["tablet", "desktop"]))
def test_every_page_says_whose_device_it_is_and_what_needs_a_network(device, size):
    page = device("gatekeeper", size)
    for path in ("/offline", "/outbox", "/offline/scan", "/offline/forms/visit-in"):
        page.goto(path)
        expect(page.locator("[data-me]")).to_have_text("王秀英")
        expect(page.locator(".bar a")).to_have_count(5)
        expect(page.locator(".bar [data-no-network]:visible")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path
    for path in ("/offline", "/outbox", "/offline/scan"):
        page.goto(path)
        assert axe_violations(page) == [], path
    expect(page.locator("[data-me]")).to_be_visible()
    page.goto("/offline")
    expect(page.locator("[data-forms] a[data-primary]")).to_have_text("卡口登记")
    expect(page.locator("[data-retry]")).to_be_hidden()
    page.locator(".bar a", has_text="今日").click()
    expect(page.locator("h1")).to_contain_text("没有网络")
    expect(page.locator("[data-retry]")).to_be_visible()
    page.locator(".bar a", has_text="待传箱").click()
    expect(page.locator("h1")).to_have_text("待传箱")


def test_what_waits_names_its_place_and_a_receipt_leads_to_the_record(device):
    page = device("gatekeeper", "tablet")
    record(page)
    page.goto("/outbox")
    row = page.locator("[data-waiting-list] li")
    expect(row).to_contain_text("CP-01 城北高速卡口")
    expect(row.locator("[data-part=at]")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$"))
    page.context.set_offline(False)
    receipt = page.locator("[data-sent-list] a")
    receipt.click()
    expect(page.locator("#visit")).to_contain_text("城北高速卡口")


def test_a_label_or_a_code_opens_the_forms_of_its_place(device):
    page = device("gatekeeper")
    page.goto("/scan")
    page.wait_for_url("**/offline/scan*")
    box = page.locator("[data-scan-box]")
    box.fill("cp01")
    box.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("CP-01 城北高速卡口")
    expect(page.locator("[data-forms] > li:visible a")).to_have_count(2)
    box.fill("NO-SUCH-1")
    box.press("Enter")
    expect(page.locator("[data-unknown]")).to_be_visible()
    expect(page.locator("[data-forms] > li:visible")).to_have_count(0)
    places = places_of(page)
    page.goto(f"/places/{next(place['id'] for place in places if place['code'] == 'CP-01')}")
    page.wait_for_url("**/offline/scan*")
    page.locator("[data-forms] > li:visible a").first.click()
    expect(page.locator("#arrive [name=place] option:checked")).to_have_text("CP-01 城北高速卡口")


@pytest.mark.parametrize("username", usual_and_long(["keeper"], ["clerk"]))
def test_a_place_where_one_form_fits_opens_it_with_the_place_chosen(device, username):
    page = device(username)
    places = places_of(page)
    place = next(place for place in places if username in place["roles"])
    page.goto("/offline/scan")
    page.locator("[data-scan-box]").fill(place["code"])
    page.locator("[data-scan-box]").press("Enter")
    page.wait_for_url("**/offline/forms/*")
    expect(page.locator("[name=place]")).to_have_value(place["id"])


def test_nobody_is_named_after_signing_out(device):
    page = device("gatekeeper")
    page.goto("/offline")
    expect(page.locator("[data-me]")).to_have_text("王秀英")
    page.locator("[data-sign-out] button").click()
    page.wait_for_url("**/offline*")
    expect(page.locator("[data-no-grant]")).to_be_visible()
    expect(page.locator("[data-me]")).to_be_hidden()


def test_a_label_chooses_the_place_of_a_form_with_a_network_and_without_one(device):
    page = device("clerk")
    page.context.set_offline(False)
    first, second = [place for place in places_of(page) if "clerk" in place["roles"]][:2]
    place, note, says = page.locator("[name=place]"), page.locator("[name=note]"), page.locator("[data-scan-says]")
    page.goto("/publicity/new")
    wedge(page, f"https://old.example/places/{first['id']}")
    expect(place).to_have_value(first["id"])
    page.evaluate(DRAFTED, ["place", first["id"]])
    page.context.set_offline(True)
    page.goto("/offline/forms/publicity")
    expect(page.locator("[data-draft-restored]")).to_be_visible()
    note.fill("第一栋")
    wedge(page, second["code"])
    expect(place).to_have_value(second["id"])
    expect(says).to_have_text(f"扫码选定：{second['code']} {second['name']}")
    expect(note).to_have_value("第一栋")
    place.focus()
    wedge(page, "NO-SUCH-$&1")
    expect(says).to_contain_text("没有找到“NO-SUCH-$&1”，什么都没有改")
    expect(place).to_have_value(second["id"])
    note.focus()
    wedge(page, "SN-00017")
    expect(says).to_contain_text("没有找到“SN-00017”，扫到的内容留在刚才那一格里")
    expect(note).to_have_value("第一栋SN-00017")
    picture = segno.make(f"https://old.example/places/{first['id']}").png_data_uri(scale=8)
    page.evaluate(CAMERA, picture)
    page.get_by_role("button", name="扫码选“场所”").click()
    expect(place).to_have_value(first["id"])
    assert axe_violations(page) == []
    assert faults(page) == []


def test_a_code_ends_the_search_for_a_place_and_is_refused_where_it_does_not_fit(device):
    page = device("inspector")
    page.goto("/offline/forms/inspection-hospital-wastewater")
    place = page.locator("#place")
    kinds = (place.get_attribute("data-kinds") or "").split()
    expect(page.locator("#place option", has_text="H-01")).to_be_attached()
    page.locator("[data-place-search]").fill("h-02")
    expect(page.locator("#place option", has_text="H-01")).to_have_count(0)
    wedge(page, "h-01")
    expect(page.locator("#place option:checked")).to_contain_text("H-01")
    expect(page.locator("[data-place-search]")).to_have_value("")
    other = next(one for one in places_of(page) if one["kind"] not in kinds)
    wedge(page, other["code"])
    expect(page.locator("[data-scan-says]")).to_contain_text(f"{other['name']}”不能在这里选，什么都没有改")
    expect(page.locator("#place option:checked")).to_contain_text("H-01")
    assert faults(page) == []


def test_a_scan_at_the_gate_goes_into_its_field(device):
    page = device("gatekeeper", "tablet")
    page.goto("/offline/forms/visit-in")
    expect(page.locator("[data-gate-offline]")).to_be_visible()
    arrival = page.locator("#arrive > form")
    arrival.locator("[name=name]").fill("诸葛")
    for code, name in (("13955550127", "phone"), ("11010519491231002X", "id_number"), ("赣K7Q2X9", "plate")):
        wedge(page, code)
        expect(arrival.locator(f"[name={name}]")).to_have_value(code)
    expect(arrival.locator("[name=id_type]")).to_have_value("resident_id")
    expect(arrival.locator("[name=name]")).to_have_value("诸葛")
    wedge(page, "13955550128")
    expect(page.locator("[data-scan-says]")).to_contain_text("“手机号”里已经有内容，没有改。扫到的是 13955550128")
    expect(arrival.locator("[name=phone]")).to_have_value("13955550127")
    page.locator("#leave [name=who]").focus()
    wedge(page, "13955550128")
    expect(page.locator("#leave [name=who]")).to_have_value("13955550128")
    wedge(page, "cp01")
    expect(page.locator("[data-scan-says]")).to_contain_text("CP-01 城北高速卡口")
    expect(page.locator("#leave [name=who]")).to_have_value("13955550128")
    assert axe_violations(page) == []
    assert faults(page) == []


def test_a_waiting_record_is_taken_back_and_changed_before_it_is_sent(device, server):
    page, shot = device("clerk"), io.BytesIO()
    page.add_init_script(HURRIED)
    Image.new("RGB", (64, 48), "teal").save(shot, "JPEG")
    page.goto("/offline/forms/publicity")
    page.locator("[name=means]").first.check(force=True)
    for name, value in {"count": "3", "area": "村口", "from_on": "2026-11-20"}.items():
        page.locator(f"[name={name}]").fill(value)
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": shot.getvalue()}
    page.locator("input[type=file][name=photos]").set_input_files([picture])
    expect(page.locator("[data-thumbs] img")).to_have_count(1)
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.goto("/offline/forms/publicity")
    page.locator("[name=note]").fill("下一条")
    page.evaluate(DRAFTED, ["note", "下一条"])
    back = page.locator("[data-take-back]:visible")
    page.goto("/outbox")
    back.click()
    expect(page.locator("#messages")).to_contain_text("还有一份没有提交的草稿")
    page.locator("[data-drafts] li a").click()
    page.locator("[data-draft-discard]").click()
    expect(page.locator("[name=note]")).to_have_value("")
    page.goto("/outbox")
    back.click()
    page.wait_for_url("**/offline/forms/publicity*")
    expect(page.locator("[data-thumbs] img")).to_have_count(1)
    expect(page.locator("[data-outbox-badge]")).to_be_hidden()
    page.locator("[name=count]").fill("30")
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-outbox-badge]")).to_contain_text("1")
    page.goto("/publicity/00000000-0000-4000-8000-000000000000/correct")
    expect(page.locator("[data-corrects]")).to_contain_text("更正和作废要有网络")
    page.context.set_offline(False)
    page.goto("/outbox")
    page.locator("[data-sent-list] a").click()
    expect(page.locator("#record")).to_contain_text("30")
    expect(page.locator("#record .thumbs img")).to_have_count(1)
    with sqlite3.connect(server.instance / "frontline.db") as database:
        assert database.execute(ENTRIES).fetchall() == [(1, 1)]
    assert faults(page) == []
