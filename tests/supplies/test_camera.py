"""A label of ours, held before the camera of a real Chromium, becomes a line of the slip."""

import io

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import ARGUMENTS, CHROMIUM, ROOT, sign_in
from webapp.supplies.rules import lot_label

pytestmark = pytest.mark.browser
WIDE, HIGH = 1280, 720


@pytest.fixture
def camera(tmp_path):
    """A film of one label: MJPEG is pictures one after the other."""
    drawn = io.BytesIO()
    segno.make(lot_label("FH-05", "", None), error="m").save(drawn, kind="png", scale=10, border=4)
    frame = Image.new("RGB", (WIDE, HIGH), "#ddd")
    label = Image.open(drawn).convert("RGB")
    frame.paste(label, ((WIDE - label.width) // 2, (HIGH - label.height) // 2))
    shot = io.BytesIO()
    frame.save(shot, "JPEG", quality=90)
    film = tmp_path / "label.mjpeg"
    film.write_bytes(shot.getvalue() * 10)
    return film


@pytest.fixture
def page(chromium, camera, server):
    """A page of a browser of its own: one browser has one film."""
    args = [*ARGUMENTS, "--use-fake-device-for-media-stream"]
    args += ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=args)
    size = {"width": 820, "height": 1180}
    context = browser.new_context(base_url=server.url, locale="zh-CN", permissions=["camera"], viewport=size)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
    yield page
    browser.close()


@pytest.mark.skipif(
    not (ROOT / "webapp/static/vendor/zxing_reader.wasm").is_file(), reason="set-up without npm: no camera reader"
)
def test_a_label_before_the_camera_becomes_a_line(page):
    sign_in(page, "keeper")
    page.goto("/supplies/counter?mode=in")
    page.get_by_role("button", name="相机扫码").click()
    page.locator("#counter input.quantity").wait_for()
    expect(page.locator("#counter tbody")).to_contain_text("FH-05")
    assert page.locator("dialog.camera").count() == 0
    assert page.faults == []
