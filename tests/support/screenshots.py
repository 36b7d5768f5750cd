"""The pictures of README: `make screenshots` starts a server on a new demonstration district and takes them.

`PORT=… make screenshots` with FRONTLINE_INSTANCE set uses an existing district.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support.browser import ARGUMENTS, CHROMIUM, ROOT, SIZES, Server, sign_in

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 60_000
GS1 = "(01)06901234567892(17)271231(10)A213B1"


def check(page):
    """The inspector's phone: 4.2 mg/L at the contact tank of the infectious hospital."""
    sign_in(page, "inspector", page.language)
    page.goto("/places")
    page.locator("tbody a, main a").filter(has_text="传染病医院").first.click()
    page.locator("a[href*='checklist=hospital-wastewater']").first.click()
    field = page.locator("[name=chlorine_tank]")
    field.fill("4.2")
    field.press("Tab")
    page.locator("[name=chlorine_tank__quantity][value=total]").check()
    verdict = page.locator("[data-verdict-of=chlorine_tank]")
    verdict.filter(has_text="6.5").wait_for()
    field.evaluate("field => field.closest('fieldset, section, .item, form').scrollIntoView({block: 'start'})")
    verdict.scroll_into_view_if_needed()


def gate(page):
    """The tablet: the milk truck is found by its plate."""
    sign_in(page, "gatekeeper", page.language)
    page.goto("/checkpoints")
    page.wait_for_url("**/gate")
    page.locator("#q").fill("赣FA1234")
    page.locator("#q").press("Enter")
    page.locator("[name=known]:not([value=''])").first.wait_for(state="attached")
    page.locator("[name=celsius]").first.fill("36.5")
    page.locator("[data-proposal][data-decision=pass]").first.wait_for()


def counter(page):
    """The keeper's counter with two lines on the slip."""
    sign_in(page, "keeper", page.language)
    page.goto("/supplies/counter?mode=in")
    for code in (GS1, GS1):
        with page.expect_response(lambda answer: answer.url.endswith("/counter") and answer.request.method == "POST"):
            page.locator("#code").fill(code)
            page.locator("#code").press("Enter")
        page.wait_for_function("() => !document.querySelector('#counter-form')?.dataset.sent")


def today(page):
    """The commander's start page."""
    sign_in(page, "commander", page.language)
    answer = page.goto("/")
    assert answer.ok, answer.status
    page.locator("h1").wait_for()


# name, function that opens the page, size, language, device pixels per CSS pixel
PICTURES = (
    ("check", check, "phone", "zh", 2),
    ("gate", gate, "tablet", "zh", 1),
    ("counter", counter, "desktop", "zh", 1),
    ("today", today, "desktop", "zh", 1),
    ("today-en", today, "desktop", "en", 1),
)


def smallest(png):
    """The picture as WebP, in the best quality of at most LARGEST bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in range(86, 20, -6):
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST:
            return out.getvalue()
    raise ValueError("the picture does not fit; take less of the page")


def take(server, names):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, "--lang=zh-CN"],
        )
        for name, act, size, language, scale in PICTURES:
            if names and name not in names:
                continue
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                base_url=server.url,
                locale="zh-CN" if language == "zh" else "en-GB",
                device_scale_factor=scale,
            )
            page = context.new_page()
            page.language = language
            act(page)
            path = FOLDER / f"{name}.webp"
            path.write_bytes(smallest(page.screenshot(animations="disabled")))
            sys.stdout.write(f"{path.relative_to(ROOT)} {path.stat().st_size} bytes\n")
            context.close()
        browser.close()


def main(names):
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="frontline-pictures-"))
    server = Server(folder)
    given = os.environ.get("FRONTLINE_INSTANCE")
    try:
        if given:
            shutil.copytree(given, folder, dirs_exist_ok=True)
        server.start("run")
        take(SimpleNamespace(url=server.url), names)
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
