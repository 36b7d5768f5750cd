"""A volunteer's hours without a network: everything recorded on the tablet, all of it arrives once and in order."""

import re
import sqlite3

import pytest
from playwright.sync_api import expect

from tests.support.browser import (
    HURRIED,
    OWN,
    SAVED_MS,
    SIZES,
    axe_violations,
    on_profile,
    sign_in,
    wait_until_kept,
)
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser

NAME, PHONE, ID_NUMBER, PLATE = "诸葛青云", "13955550127", "11010519491231002X", "赣K7Q2X9"
SECRETS = (NAME, PHONE, ID_NUMBER, PLATE)
READY = "() => navigator.serviceWorker.ready"
# Chromium's own note of a request that found no network.
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"


class Tablet:
    """A gate's tablet with a profile on the disk; `closed()` ends the browser."""

    def __init__(self, chromium, folder, url, size="tablet"):
        width, height = SIZES[size]
        options = {"viewport": {"width": width, "height": height}, "locale": "zh-CN", "has_touch": True}
        self.context = on_profile(chromium.browser_type, folder, url, **options)
        self.context.add_init_script(OWN)
        self.page = self.context.pages[0]
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("response", lambda one: self.faults.append(one.url) if one.status >= 500 else None)

    def _said(self, message):
        if message.type == "error" and NO_NETWORK not in message.text:
            self.faults.append(message.text)

    def learn(self):
        """With a network: the worker keeps the shell, the person gets leave to record, the gate is remembered."""
        sign_in(self.page, "gatekeeper")
        self.page.evaluate(READY)
        self.page.goto("/checkpoints")
        self.page.wait_for_url("**/gate")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        wait_until_kept(self.page, "gate", "places")
        return int(self.page.locator("[data-head-count]").inner_text())

    def off(self):
        self.context.set_offline(True)
        self.page.goto("/checkpoints")
        self.page.wait_for_url("**/offline/forms/visit-in*")
        expect(self.page.locator("[data-gate-offline]")).to_be_visible()

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.page.locator(f"#arrive [name={name}]")
            if not field.is_visible():
                self.page.locator("#arrive details summary").click()
            if name == "id_type":
                field.select_option(value)
            else:
                field.fill(value)

    def keys(self, digits):
        for digit in digits:
            self.page.locator(f"[data-keypad=celsius] [data-key='{digit}']").click()

    def decide(self, decision):
        self.page.locator(f"#arrive button[name=decision][value={decision}]").click()

    def expect_said(self, decision):
        expect(self.page.locator(f".decided[data-decision={decision}]")).to_contain_text("已保存在这台设备上")


# From the press to the words on the screen, in the page's own time.
TIMED_PRESS = """([button, said]) => new Promise((answer) => {
  const from = performance.now();
  const watch = new MutationObserver(() => {
    if (!document.querySelector(said)) return;
    watch.disconnect();
    requestAnimationFrame(() => answer(performance.now() - from));
  });
  watch.observe(document.body, { childList: true, subtree: true });
  document.querySelector(button).click();
})"""

# Reads the form once more while a press is being saved, as saving its draft does.
DRAFT_AFTER_PRESS = """() => document.addEventListener("formdata", ({ target, formData }) => {
  if (formData.has("decision")) setTimeout(() => new FormData(target));
})"""


@pytest.fixture
def tablet(chromium, installed, server, tmp_path):
    tablets = []

    def tablet(folder="profile", size="tablet"):
        profile = tmp_path / folder
        if not profile.exists():
            installed(server.url, profile)
        tablets.append(Tablet(chromium, profile, server.url, size))
        return tablets[-1]

    yield tablet
    for one in tablets:
        one.context.close()


def arrived(server):
    """What the server has of this gate's last arrivals, oldest first."""
    with sqlite3.connect(server.instance / "frontline.db") as database:
        asked = (
            "SELECT e.device_seq, e.kind, v.decision, v.celsius, v.left_at IS NOT NULL FROM entry e "
            "LEFT JOIN visit v ON v.id = e.uuid WHERE e.device_seq IS NOT NULL ORDER BY e.seq"
        )
        return database.execute(asked).fetchall()


def in_profile(folder):
    """The planted words found anywhere in a browser's profile, in the spellings that files use."""
    found = set()
    for file in folder.rglob("*"):
        raw = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        for secret in SECRETS:
            if any(secret.encode(spelling) in raw for spelling in ("utf-8", "utf-16-le", "unicode-escape")):
                found.add((secret, file.name))
    return found


def test_a_wrong_press_is_taken_back_before_it_was_ever_sent(server, tablet):
    gate = tablet()
    page, inside = gate.page, gate.learn()
    gate.off()
    gate.fill(name=NAME, phone=PHONE, origin="本区青石镇")
    page.locator("#arrive [data-step='1']").click()
    expect(page.locator("#arrive [name=companions]")).to_have_value("1")
    gate.keys("365")
    page.evaluate(DRAFT_AFTER_PRESS)
    gate.decide("pass")
    gate.expect_said("pass")
    expect(page.locator("[data-came] li")).to_have_count(1)
    expect(page.locator("#arrive [name=companions]")).to_have_value("0")
    page.locator("[data-undo] summary").click()
    page.locator("[data-undo] [data-choices] button", has_text="登记错了人").click()
    page.locator("[data-undo] form button:not([type=button])").click()
    gate.expect_said("undone")
    expect(page.locator("[data-came] li")).to_have_count(0)
    gate.context.set_offline(False)
    page.add_init_script(HURRIED)
    page.goto("/checkpoints")
    page.wait_for_url("**/gate")
    expect(page.locator("#latest-title ~ ul li").first).to_contain_text("已撤销", timeout=30_000)
    expect(page.locator("[data-head-count]")).to_have_text(str(inside))
    assert [kind for _seq, kind, *_rest in arrived(server)] == ["visit.in", "visit.undo"]
    assert gate.faults == []


def test_hours_without_a_network_arrive_once_and_in_order(server, tablet, tmp_path):
    gate = tablet()
    page, inside = gate.page, gate.learn()
    gate.off()
    page.reload()  # cold
    expect(page.locator("h1")).to_have_count(1)

    gate.fill(name=NAME, phone=PHONE, id_number=ID_NUMBER, plate=PLATE, origin="本区青石镇", companions="2")
    gate.keys("365")
    expect(page.locator("[data-proposal]")).to_have_attribute("data-decision", "pass")
    press, said = "#arrive button[name=decision][value=pass]", "[data-said-here] .decided"
    took = page.evaluate(TIMED_PRESS, [press, said])
    assert took < SAVED_MS
    gate.expect_said("pass")
    expect(page.locator("#arrive [name=name]")).to_have_value("")

    gate.fill(name="司徒静", phone="13955550128", origin="邻县")
    gate.keys("373")
    expect(page.locator("[data-proposal]")).to_contain_text("体温异常")
    gate.decide("pass")
    expect(page.locator("#arrive [name=override_reason]")).to_be_focused()
    gate.decide("refuse")
    gate.expect_said("refuse")

    gate.fill(name="欧阳平", phone="13955550129", origin="邻县")
    gate.keys("366")
    gate.decide("pass")
    gate.expect_said("pass")
    page.locator("[data-came] li", has_text="欧**").get_by_role("button").click()
    gate.expect_said("left")
    page.locator("#leave [name=who]").fill(PHONE)
    page.locator("#leave > form button[data-variant=primary]").click()
    gate.expect_said("left")
    expect(page.locator("[data-outbox-badge]")).to_contain_text("5")

    assert arrived(server) == []
    gate.context.set_offline(False)
    expect(page.locator("[data-outbox-badge]")).to_be_hidden(timeout=20_000)
    assert arrived(server) == [
        (1, "visit.in", "pass", 365, 1),
        (2, "visit.in", "refuse", 373, 0),
        (3, "visit.in", "pass", 366, 1),
        (4, "visit.out", None, None, 0),
        (5, "visit.out", None, None, 0),
    ]
    page.goto("/checkpoints")
    page.wait_for_url("**/gate")
    expect(page.locator("[data-head-count]")).to_have_text(str(inside))
    assert gate.faults == []

    gate.context.close()
    assert in_profile(tmp_path / "profile") == set()


def test_what_the_server_would_refuse_is_said_while_the_person_stands_there(server, tablet):
    gate = tablet()
    page = gate.page
    gate.learn()
    gate.off()
    for field, better in (
        ("name", {"name": NAME}),
        ("phone", {"phone": "139555501"}),
        ("phone", {"phone": PHONE, "id_number": "110105194912310021"}),
        ("id_type", {"id_type": "resident_id"}),
        ("id_number", {"id_number": ID_NUMBER}),
        ("origin", {"origin": "本区", "celsius": "50"}),
        ("celsius", {"celsius": "36.5"}),
    ):
        gate.decide("pass")
        if page.locator(".override[data-needed]").count():
            page.locator("#arrive [name=override_reason]").fill("复测")
            gate.decide("pass")
        expect(page.locator(f"#arrive [name={field}]")).to_be_focused()
        expect(page.locator(f"#arrive .field:has([name={field}]) [data-device-error]")).to_be_visible()
        gate.fill(**better)
    assert page.locator("[data-said-here] .decided").count() == 0
    gate.decide("pass")
    gate.expect_said("pass")
    assert gate.faults == []


def test_the_network_goes_while_the_form_is_open(server, tablet):
    gate = tablet()
    page, inside = gate.page, gate.learn()
    page.locator(".newcomer > summary").click()
    for name, value in {"name": NAME, "phone": PHONE, "origin": "本区"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=celsius]").fill("36.5")
    gate.context.set_offline(True)
    page.locator("button[name=decision][value=pass]").click()
    expect(page.locator("[data-gate-saved]")).to_contain_text("已保存在这台设备上")
    page.get_by_role("link", name="登记下一位").click()
    page.wait_for_url("**/offline/forms/visit-in*")
    expect(page.locator("#arrive [name=name]")).to_have_value("")
    expect(page.locator("[data-outbox-badge]")).to_contain_text("1")  # drawn: hidden means sent from now on
    gate.context.set_offline(False)
    expect(page.locator("[data-outbox-badge]")).to_be_hidden(timeout=20_000)
    assert [row[1:3] for row in arrived(server)] == [("visit.in", "pass")]
    page.goto("/checkpoints")
    page.wait_for_url("**/gate")
    expect(page.locator("[data-head-count]")).to_have_text(str(inside + 1))
    assert gate.faults == []


def test_with_a_network_the_copy_is_settled_and_a_refused_one_withdrawn(server, tablet):
    gate = tablet()
    page = gate.page
    gate.learn()
    badge = page.locator("[data-outbox-badge]").first
    page.locator(".newcomer > summary").click()
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=celsius]").fill("36.5")
    page.locator("button[name=decision][value=pass]").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    expect(badge).to_be_hidden()
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=origin]").fill("本区")
    page.locator("button[name=decision][value=pass]").click()
    expect(page.locator(".decided[data-decision=pass]")).to_be_visible()
    expect(badge).to_be_hidden()
    expect(page.locator("#messages [data-saved-here]")).to_have_count(0)
    assert [row[:3] for row in arrived(server)] == [(1, "visit.in", "pass")]
    assert [fault for fault in gate.faults if "422" not in fault] == []


@pytest.mark.long
@pytest.mark.parametrize("size", usual_and_long(["tablet"], ["phone"]))
def test_the_page_without_a_network_is_open_to_everybody(server, tablet, size):
    gate = tablet(size=size)
    page = gate.page
    gate.learn()
    for slug in ("visit-in", "visit-out"):
        for query in ("", "?lang=en"):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.goto(f"/offline/forms/{slug}{query}")
                expect(page.locator("[data-gate-offline]")).to_be_visible()
                page.locator("#arrive [name=celsius]").fill("37.3")
                assert axe_violations(page) == [], (slug, query, scheme)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide == 0, (slug, query)
                if query:
                    assert re.findall(r"[\u4e00-\u9fff]+", page.locator("main").inner_text().replace("防线", "")) == [
                        *re.findall(r"[\u4e00-\u9fff]+", page.locator("h1").inner_text())
                    ]
    assert gate.faults == []
