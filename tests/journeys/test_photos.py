"""Photos are evidence: appended, taken out one by one, kept over an answer in place and a reload, online and not."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_inspector import HOSPITAL, answer_everything, open_form
from tests.journeys.test_inspector_offline import FORM, choose_hospital, ready_for_the_basement
from tests.support.browser import axe_violations, sign_in, wait_until_kept

pytestmark = pytest.mark.browser
DRAFTED = """async (count) => {
  const { all } = await import(own("outbox/store.js"));
  const pictures = async () => (await all("drafts")).filter((row) => row.form.includes("#")).length;
  const ends = performance.now() + 30_000;
  while (await pictures() !== count) {
    if (performance.now() > ends) throw new Error(`${await pictures()} photos in the draft`);
    await new Promise(requestAnimationFrame);
  }
}"""
CORNER = """async (image) => {
  await image.decode();
  const size = { width: image.naturalWidth, height: image.naturalHeight };
  const canvas = Object.assign(document.createElement("canvas"), size);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const [low, high] = [canvas.height - 20, 20].map((y) => [...pen.getImageData(3, y, 1, 1).data]);
  return Math.max(...low.map((value, n) => Math.abs(value - high[n]))) > 30;
}"""
FAKE_CAMERA = """navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = canvas.getContext("2d");
  let n = 0;
  setInterval(() => { pen.fillStyle = `hsl(${(n += 40)} 80% 50%)`; pen.fillRect(0, 0, 640, 480); }, 30);
  return canvas.captureStream(30);
};"""
STAMPED = """() => {
  const { fillText } = CanvasRenderingContext2D.prototype;
  globalThis.stamped = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    stamped.push(text);
    return fillText.call(this, text, ...rest);
  };
}"""
NAMES = "(input) => [...input.files].map((file) => file.name)"


def picture(name):
    """A photo of a colour of its own."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (sum(map(ord, name)) * 7 % 256, len(name), 90)).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def frame_of(page):
    """The photos of the checklist's own item, in no finding."""
    return page.locator("[data-photos]:not(details *)").first


def album(page):
    return frame_of(page).locator("input[type=file][name]")


def thumbs(page):
    return frame_of(page).locator("[data-thumbs] img")


def choose(page, *names):
    album(page).set_input_files([picture(name) for name in names])


def test_photos_are_added_taken_out_and_kept_until_they_are_recorded(server, open_page):
    page = open_page("phone", server.url, has_touch=True, reduced_motion="reduce")
    sign_in(page, "inspector")
    open_form(page)
    choose(page, "first.jpg", "second.jpg")
    expect(thumbs(page)).to_have_count(2)
    frame_of(page).locator("input[capture]").set_input_files([picture("third.jpg")])
    expect(thumbs(page)).to_have_count(3)
    broken = {"name": "IMG_1.heic", "mimeType": "image/heic", "buffer": b"no picture"}
    album(page).set_input_files([broken, picture("first.jpg"), picture("fourth.jpg")])
    expect(thumbs(page)).to_have_count(4)
    problems = frame_of(page).locator("[data-photo-problems]")
    expect(problems).to_contain_text("“IMG_1.heic”打不开，没有加入")
    expect(problems).to_contain_text("“first.jpg”已经选过")
    assert axe_violations(page) == []
    frame_of(page).get_by_role("button", name="去掉第 2 张照片").click()
    expect(thumbs(page)).to_have_count(3)
    left = ["first.jpg", "third.jpg", "fourth.jpg"]
    assert album(page).evaluate(NAMES) == left

    page.locator(".submit-bar button").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    expect(thumbs(page)).to_have_count(3)
    expect(page.locator("[data-photos-lost]")).to_have_count(0)
    assert album(page).evaluate(NAMES) == left, "the answer in place drew the form anew"

    page.evaluate(DRAFTED, 3)
    page.reload()
    expect(page.locator("[data-draft-photos]")).to_have_text("照片 3 张也在。")
    expect(thumbs(page)).to_have_count(3)
    assert album(page).evaluate(NAMES) == left

    answer_everything(page)
    page.locator("[name=chlorine_tank]").fill("7.0")
    page.locator("[name=confirmed]").check()
    page.locator(".submit-bar button").click()
    expect(page.locator("#inspection .thumbs img")).to_have_count(3)
    page.evaluate(DRAFTED, 0)
    assert [fault for fault in page.faults if "422" not in fault] == []


def test_photos_of_a_draft_without_a_network_come_back_and_arrive(server, open_page):
    page = open_page("phone", server.url, is_installed=True, has_touch=True, reduced_motion="reduce")
    ready_for_the_basement(page)
    page.context.set_offline(True)
    page.goto(FORM)
    page.wait_for_url("**/offline/forms/inspection-hospital-wastewater*")
    page.evaluate(STAMPED)
    choose(page, "first.jpg")
    expect(thumbs(page)).to_have_count(1)
    assert page.evaluate("stamped").pop() == "李建国", "no page of the shell names anybody: the device knows"
    choose(page, "second.jpg")
    expect(thumbs(page)).to_have_count(2)
    page.evaluate(DRAFTED, 2)
    page.reload()
    expect(thumbs(page)).to_have_count(2)
    choose_hospital(page)
    answer_everything(page)
    page.locator("[name=confirmed]").check()
    page.locator(".submit-bar button").click()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.evaluate(DRAFTED, 0)
    page.context.set_offline(False)
    page.goto("/outbox")
    expect(page.locator("[data-sent-list] > *")).to_have_count(1, timeout=20_000)
    page.goto("/inspections?place=H-01")
    page.locator("#inspections a[href^='/inspections/']").first.click()
    expect(page.locator("#inspection .thumbs img")).to_have_count(2)


def test_more_photos_than_a_record_takes_are_said(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    open_form(page)
    page.evaluate("() => document.querySelectorAll('[data-photos]').forEach((one) => { one.dataset.most = 3; })")
    choose(page, "first.jpg", "second.jpg")
    expect(thumbs(page)).to_have_count(2)
    choose(page, "third.jpg", "fourth.jpg", "fifth.jpg")
    expect(thumbs(page)).to_have_count(3)
    expect(frame_of(page)).to_contain_text("最多 3 张照片，有 2 张没有加入")
    assert page.faults == []


def test_a_draft_with_photos_is_opened_for_its_person_only(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    open_form(page)
    choose(page, "first.jpg")
    page.evaluate(DRAFTED, 1)
    sealed = page.evaluate(
        """async () => (await (await import(own("outbox/store.js"))).all("drafts"))
          .filter((row) => row.form.includes("#")).map((row) => new TextDecoder("latin1").decode(row.ciphertext))"""
    )
    assert "first.jpg" not in sealed[0]
    assert "JFIF" not in sealed[0]
    address = page.url
    page.context.clear_cookies()
    sign_in(page, "inspector2")
    page.evaluate(DRAFTED, 0)
    page.goto(address)
    expect(thumbs(page)).to_have_count(0)


@pytest.mark.long
def test_a_photo_is_stamped_before_it_is_kept_unless_the_district_wants_none(server, open_page):
    page = open_page("phone", server.url, is_installed=True)
    ready_for_the_basement(page)
    wait_until_kept(page, "district")
    open_form(page)
    page.evaluate(STAMPED)
    choose(page, "white-wall.jpg")
    assert thumbs(page).first.evaluate(CORNER)
    when, where, who = page.evaluate("stamped")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d（设备所记时间）", when)
    assert HOSPITAL in where
    assert who == "李建国"
    boss = open_page("desktop", server.url)
    sign_in(boss, "administrator")
    boss.goto("/district/edit")
    boss.locator("[name=stamps_photos]").uncheck()
    boss.locator(".submit-bar button").click()
    expect(boss.locator("main")).to_contain_text("不加印")
    page.evaluate("async () => (await import(own('outbox/reference.js'))).refresh(0)")
    choose(page, "other-wall.jpg")
    expect(thumbs(page)).to_have_count(2)
    assert not thumbs(page).last.evaluate(CORNER)


@pytest.mark.long
def test_the_camera_in_the_page_takes_as_many_as_one_likes(server, open_page):
    page = open_page("phone", server.url, has_touch=True)
    page.add_init_script(FAKE_CAMERA)
    sign_in(page, "inspector")
    open_form(page)
    frame_of(page).locator("[data-photo-live]").click()
    shutter = page.get_by_role("button", name="拍一张")
    for count in (1, 2):
        shutter.click()
        expect(page.locator("dialog.camera")).to_contain_text(f"已拍 {count} 张")
    assert axe_violations(page) == []
    page.get_by_role("button", name="完成").click()
    expect(page.locator("dialog.camera")).to_have_count(0)
    expect(thumbs(page)).to_have_count(2)
    assert page.faults == []


def test_signing_out_names_what_it_would_destroy_and_leads_back_to_it(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    open_form(page)
    form = page.url
    page.locator("[name=witness]").press_sequentially("王医生")
    choose(page, "first.jpg", "second.jpg")
    page.evaluate(DRAFTED, 2)
    page.evaluate(
        """async () => {
          const { load } = await import(own("outbox/drafts.js"));
          const { draft } = document.querySelector("form[data-draft]").dataset;
          while (!await load(draft)) await new Promise(requestAnimationFrame);
        }"""
    )
    page.goto("/me")
    leave = page.locator("form[action='/sign-out'] button")
    leave.click()
    warning = page.locator("[data-drafts-here]")
    expect(warning).to_contain_text("1 份草稿、2 张照片")
    assert axe_violations(page) == []
    warning.locator("a").click()
    page.wait_for_url(form)
    expect(thumbs(page)).to_have_count(2)
    page.goto("/me")
    leave.click()
    warning.locator("[data-leave]").click()
    page.wait_for_url("**/sign-in*")
    page.evaluate(DRAFTED, 0)


def test_who_has_nothing_left_open_signs_out_at_once(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "inspector")
    page.goto("/me")
    page.locator("form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in*")
