"""A keeper's day at the counter: a hand scanner, a keyboard, 1440 by 900."""

import re
import sqlite3
from functools import partial
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe_violations, sign_in
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
CODE = "(01)06901234567892(17)271231(10)A213B1"
GTIN, LOT = "06901234567892", "A213B1"
FINE = re.compile(r"status of (409|422)")  # the browser's note of a refusal that the page shows

# What a scanner does: all its keys within some milliseconds, wherever the focus is. GS is Ctrl+], F8 or itself.
# Each bears the time at which it was struck, however late a busy machine hands it on.
BURST = """(strokes) => { const began = performance.now(); for (const [n, one] of strokes.entries()) {
  const init = typeof one === "string" ? {key: one} : one;
  const stroke = new KeyboardEvent("keydown", {...init, bubbles: true, cancelable: true});
  Object.defineProperty(stroke, "timeStamp", {value: began + n});
  document.activeElement.dispatchEvent(stroke);
} }"""
# The same, and the first key changes what stands in the field, as it would in a text, a choice or a day.
SPOILING = """(keys) => { const spoilt = keys.pop(), field = document.activeElement;
  for (const key of [...keys, "Enter"]) {
    field.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    if (key !== "Enter") field.value = spoilt;
} }"""
GS_KEYS = {"ctrl": {"key": "]", "code": "BracketRight", "ctrlKey": True}, "f8": {"key": "F8"}, "raw": {"key": "\x1d"}}


def settled(page):
    """The counter has answered everything that was asked of it."""
    page.wait_for_function("() => !document.querySelector('#counter-form')?.dataset.sent")


def answered(page, act):
    """Do something the counter answers with a new piece of page."""
    with page.expect_response(lambda r: r.url.endswith("/supplies/counter") and r.request.method == "POST"):
        act()
    settled(page)


def scan(page, text):
    """As a wedge in the box: keys as fast as they go, then Enter."""
    page.keyboard.type(text)
    answered(page, lambda: page.keyboard.press("Enter"))


def burst(page, *codes, gs="ctrl"):
    strokes = [GS_KEYS[gs] if key == "\x1d" else key for code in codes for key in [*code, "\r"]]
    page.evaluate(BURST, [{"key": "Enter"} if key == "\r" else key for key in strokes])


def confirm(page):
    """Enter in the empty box."""
    page.locator("#code").focus()
    with page.expect_response(lambda r: r.url.endswith("/supplies/counter") and r.request.method == "POST") as told:
        page.keyboard.press("Enter")
    receipt = told.value.headers["frontline-receipt"].split()[0]
    page.wait_for_url(re.compile(f"done={receipt}"))
    return page.locator("#counter [role=status] strong").first.inner_text().split()[-1]


def quantities(page):
    return [one.input_value() for one in page.locator("#counter input.quantity").all()]


def asked(server, sql, *values):
    with sqlite3.connect(f"file:{server.instance}/frontline.db?mode=ro", uri=True) as base:
        return base.execute(sql, values).fetchall()


def moves_of_lot(server):
    """Signed quantities of the batch in its warehouse, in order, from the table itself."""
    sql = """SELECT CASE WHEN p.kind = 'warehouse' THEN m.quantity ELSE -m.quantity END FROM move m
             JOIN lot l ON l.id = m.lot_id JOIN place p ON p.id = m.to_id WHERE l.number = ? ORDER BY m.seq"""
    return [row[0] for row in asked(server, sql, LOT)]


def stock_of_item(server, code):
    """Everything that came into the first warehouse less everything that left it, added up outside the application."""
    sql = """SELECT SUM(CASE WHEN m.to_id = w.id THEN m.quantity ELSE 0 END - CASE WHEN m.from_id = w.id
             THEN m.quantity ELSE 0 END) FROM move m JOIN item i ON i.id = m.item_id
             JOIN place w ON w.code = 'WH-01' WHERE i.code = ?"""
    return asked(server, sql, code)[0][0]


@pytest.fixture
def counter(server, open_page):
    page = open_page("desktop", server.url)
    sign_in(page, "keeper")
    page.goto("/supplies/counter")
    yield page
    assert [said for said in page.faults if not FINE.search(said)] == []


def test_the_demonstration_knows_the_box(server):
    sql = """SELECT i.code, p.name, p.quantity FROM item_barcode b JOIN item i ON i.id = b.item_id
             JOIN item_pack p ON p.id = b.pack_id WHERE b.code = ?"""
    assert asked(server, sql, GTIN) == [("XS-02", "箱", 30)]


def test_in_out_refused_undone_and_the_ledger_is_right(server, counter):
    page, before = counter, stock_of_item(server, "XS-02")
    answered(page, lambda: page.keyboard.press("F1"))
    scan(page, CODE)
    scan(page, "40*")
    assert quantities(page) == ["40"]
    expect(page.locator("input[type=date]")).to_have_value("2027-12-31")
    assert confirm(page).startswith("RK")

    answered(page, lambda: page.keyboard.press("F2"))
    scan(page, CODE)
    scan(page, "15*")
    hospital = asked(server, "SELECT id, name FROM place WHERE code = 'H-01'")[0]
    burst(page, f"https://gate.example/places/{hospital[0][:8]}-{hospital[0][8:12]}-{hospital[0][12:16]}-"
          f"{hospital[0][16:20]}-{hospital[0][20:]}")  # fmt: skip
    page.get_by_text(f"去向：{hospital[1]}").wait_for()
    issued = confirm(page)
    assert moves_of_lot(server) == [1200, -450]

    scan(page, CODE)
    scan(page, "26*")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("只剩 25 箱")
    expect(said.locator("tbody tr").first).to_contain_text("应急物资中心仓库")  # what is there instead
    assert quantities(page) == ["1"]
    page.locator("#counter input.quantity").fill("26")
    page.locator("#other").select_option(label=hospital[1])
    answered(page, lambda: page.locator("button[value=confirm]").click())
    refused = page.locator("#counter-says").inner_text()
    assert "只剩 25 箱，不够 26 箱" in refused
    assert quantities(page) == ["26"]
    assert moves_of_lot(server) == [1200, -450]

    page.get_by_role("link", name=issued).click()
    page.get_by_role("button", name="撤销这张单据").click()
    page.get_by_role("heading", name="冲销单").wait_for()
    assert moves_of_lot(server) == [1200, -450, 450]

    item = asked(server, "SELECT id FROM item WHERE code = 'XS-02'")[0][0]
    page.goto(f"/supplies/items/{item[:8]}-{item[8:12]}-{item[12:16]}-{item[16:20]}-{item[20:]}/ledger")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="打印").click()
    paper = opened.value
    paper.wait_for_load_state()
    rows = [[c.inner_text() for c in row.locator("td").all()] for row in paper.locator("tbody tr").all()]
    mine = [row for row in rows if LOT in row]
    assert [(row[5], row[6]) for row in mine] == [("1,200 瓶", ""), ("450 瓶", ""), ("", "450 瓶")]
    after = stock_of_item(server, "XS-02")
    assert after == before + 1200
    assert rows[-1][-2] == f"{after:,} 瓶"
    assert mine[-1][7] == f"{after:,} 瓶"


def test_undo_is_a_key_beside_the_new_slip(server, counter):
    page = counter
    answered(page, lambda: page.keyboard.press("F1"))
    scan(page, CODE)
    confirm(page)
    page.keyboard.press("F9")
    page.get_by_text("数量已转回").wait_for()
    assert moves_of_lot(server) == [30, -30]


def test_every_way_a_scanner_sends_an_element_string(server, open_page):
    page = open_page("desktop", server.url)
    sign_in(page, "keeper")
    for gs in GS_KEYS:
        for prefix in ("]d2", "]C1", ""):
            page.goto("/supplies/counter?mode=in")
            burst(page, f"{prefix}01{GTIN}10{LOT}\x1d17271231", gs=gs)
            page.locator("input[type=date]").wait_for()
            expect(page.locator("input[name$='-lot']")).to_have_value(LOT)
            expect(page.locator("input[type=date]")).to_have_value("2027-12-31")
    assert page.faults == []


def test_a_scan_while_the_focus_is_elsewhere_leaves_that_field_alone(counter):
    page = counter
    answered(page, lambda: page.keyboard.press("F1"))
    scan(page, CODE)
    for field, spoilt in (("#document", "(01"), ("#reason", "donation"), ("input[type=date]", "6901-02-03")):
        before = page.locator(field).input_value()
        page.locator(field).focus()
        keys = [*CODE, spoilt]
        answered(page, partial(page.evaluate, SPOILING, keys))
        expect(page.locator(field)).to_have_value(before)
    assert quantities(page) == ["4"]


def test_a_double_enter_is_one_slip(server, counter):
    page = counter
    answered(page, lambda: page.keyboard.press("F1"))
    scan(page, CODE)
    slips = asked(server, "SELECT COUNT(*) FROM stock_slip")[0][0]
    page.locator("#code").focus()
    page.evaluate(
        "() => { const form = document.getElementById('counter-form'); form.requestSubmit(); form.requestSubmit(); }"
    )
    page.wait_for_url(re.compile("done="))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    settled(page)
    assert asked(server, "SELECT COUNT(*) FROM stock_slip")[0][0] == slips + 1


def test_twenty_scans_in_a_row_are_all_taken(counter):
    page = counter
    answered(page, lambda: page.keyboard.press("F1"))
    burst(page, *[CODE, "FH-05"] * 10)
    page.wait_for_function(
        "() => [...document.querySelectorAll('input.quantity')].map((f) => f.value).join() === '10,10'"
    )


def test_a_line_that_the_answer_left_out_can_be_taken_out(counter):
    page = counter
    answered(page, lambda: page.keyboard.press("F1"))
    for code in (CODE, "FH-05", "FH-05"):
        scan(page, code)
    assert quantities(page) == ["1", "2"]
    expect(page.locator("#lines [aria-disabled]")).to_have_count(0)
    answered(page, page.locator("#line-0 button[value='remove:0']").click)
    assert quantities(page) == ["2"]
    scan(page, "no such item")
    expect(page.locator("button[value=confirm]")).to_have_attribute("aria-disabled", "true")  # it waits for an answer


def test_without_javascript(server, open_page):
    page = open_page("desktop", server.url, java_script_enabled=False)
    sign_in(page, "keeper")
    page.goto("/supplies/counter")
    page.get_by_role("button", name="入库").click()
    page.locator("#code").fill(CODE)
    page.keyboard.press("Enter")
    page.locator("input.quantity").fill("40")
    page.get_by_role("button", name="确认入库单").click()
    expect(page.locator("#counter [role=status]").first).to_contain_text("已保存入库单")
    page.get_by_role("button", name="撤销这张单据").click()
    assert moves_of_lot(server) == [1200, -1200]


@pytest.mark.long
def test_in_english(server, open_page):
    page = open_page("desktop", server.url, language="en")
    sign_in(page, "keeper", language="en")
    page.goto("/supplies/counter?mode=in")
    scan(page, CODE)
    scan(page, "40*")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#counter tbody")).to_contain_text("84 disinfectant, 500 ml bottle")
    expect(page.locator("#counter tbody select")).to_contain_text("boxes")
    confirm(page)
    assert moves_of_lot(server) == [1200]
    assert page.faults == []


FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.mark.parametrize("size", usual_and_long(["phone"], ["desktop"]))
def test_nothing_is_wrong_for_those_who_hear_the_counter(server, open_page, size):
    page = open_page(size, server.url, reduced_motion="reduce")  # a line fading in has little contrast
    sign_in(page, "keeper")
    for mode, code in (("in", "6901234567892"), ("out", "999999*XS-02"), ("count", "XS-02"), ("in", "6999999999997")):
        page.goto(f"/supplies/counter?mode={mode}")
        page.locator("#code").fill("FH-05")
        answered(page, lambda: page.keyboard.press("Enter"))
        page.locator("#code").fill(code)
        answered(page, lambda: page.locator(".scan-row button[value=scan]").click())
        assert axe_violations(page) == [], (mode, code)
        assert page.evaluate(FITS), (mode, code)
    assert [said for said in page.faults if not FINE.search(said)] == []


# What does not fit into its own box: the lines in their table, six digits in a quantity, the page in the window.
CUT = """() => [...document.querySelectorAll("html, #counter .lines, #counter input.quantity")]
  .filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => `${box.tagName} ${box.scrollWidth} of ${box.clientWidth}`)"""


@pytest.mark.long
@pytest.mark.parametrize(("size", "language"), usual_and_long([("phone", "en")], [("tablet", "zh"), ("tablet", "en")]))
def test_the_counter_fits_in_every_mode(server, open_page, size, language):
    page = open_page(size, server.url, language=language)
    sign_in(page, "keeper", language=language)
    for mode in ("in", "out", "transfer", "count"):
        page.goto(f"/supplies/counter?mode={mode}")
        scan(page, "XS-02")
        scan(page, "FH-05")
        if mode in ("in", "count"):
            scan(page, "123456*")
        else:
            scan(page, "999999*XS-02")  # what there is instead
        assert page.evaluate(CUT) == [], mode
        if size == "tablet":
            page.set_viewport_size({"width": 768, "height": 1024})
            assert page.evaluate(CUT) == [], (mode, "768 px")
            page.set_viewport_size({"width": 820, "height": 1180})


WIDE = """() => [...document.querySelectorAll("html, .table-wrap")].filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => `${box.tagName} ${box.scrollWidth} of ${box.clientWidth}`)"""


@pytest.mark.parametrize("language", usual_and_long(["en"], ["zh"]))
def test_the_ledger_fits_a_tablet_and_a_small_desktop(server, open_page, language):
    page = open_page("tablet", server.url, language=language)
    sign_in(page, "keeper", language=language)
    [[item_id]] = asked(server, "SELECT id FROM item WHERE code = 'FH-01'")
    page.goto(f"/supplies/items/{UUID(item_id)}/ledger")
    expect(page.locator(".ledger tbody tr")).not_to_have_count(0)
    for width in (768, 820, 1024, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 1180})
        assert page.evaluate(WIDE) == [], width
