"""The three jobs in WebKit and Firefox, with the server there and with the server out of reach for a while."""

from PIL import Image
from selenium.webdriver.common.keys import Keys

from tests.engines.engines import in_engines
from tests.journeys.test_inspector import HOSPITAL, WORDS
from tests.journeys.test_keeper import CODE, asked, moves_of_lot

NEWCOMER = {"name": "诸葛青云", "phone": "13955550127", "origin": "本区青石镇"}
FEVERISH = {"name": "司徒静", "phone": "13955550128", "origin": "邻县"}
IS_YES = """document.querySelectorAll("input[type=radio][value=yes], input[name=disinfectant][value=chlorine]")
  .forEach((choice) => choice.click());"""
QUANTITIES = "return [...document.querySelectorAll('#counter-form input.quantity')].map((field) => field.value).join()"
SENT = "const badge = document.querySelector('[data-outbox-badge]'); return badge && badge.hidden"
# What a device waits before it tries again grows with every try.
SENT_BY_ITSELF_S = 60


def arrives(page, line, waiting):
    """So many entries wait; the server is back, and they go by themselves."""
    page.find("[data-outbox-badge]", str(waiting))
    line.mend()
    page.wait(SENT, seconds=SENT_BY_ITSELF_S)


def fill_check(page, folder):
    """Chlorine below its limit, everything else in order, a photo of the meter."""
    page.find("[name=chlorine_tank]")
    page.tick("input[name=chlorine_tank__quantity][value=total]")
    page.type("[name=chlorine_tank]", "4.2")
    page.find("[data-verdict-of=chlorine_tank][data-verdict=below]", WORDS["zh"]["below"])
    page.ask(IS_YES)
    Image.new("RGB", (2400, 1800), "teal").save(folder / "meter.jpg")
    page.attach("[data-finding=chlorine_tank] input[type=file][name]", folder / "meter.jpg")
    page.find("[data-finding=chlorine_tank] [data-thumbs] img")


def submit_check(page):
    page.tick("[name=confirmed]")
    page.click(".submit-bar button")


def checks_with_photos(server):
    """How many photos each check has that came since the demonstration was made, oldest first."""
    sql = """SELECT count(p.id) FROM inspection i JOIN entry e ON e.uuid = i.id LEFT JOIN photo p ON p.entry_uuid = i.id
             WHERE e.device_seq IS NOT NULL GROUP BY i.id ORDER BY max(e.seq)"""
    return [row[0] for row in asked(server, sql)]


CHOSEN = """const [code] = arguments;
const choice = [...document.querySelectorAll(".choice")].find((one) => one.textContent.includes(code));
choice?.querySelector("a[href*=hospital-wastewater]").click();
return Boolean(choice);"""


@in_engines("webkit")
def test_a_check_with_a_photo(server, begin, engine, tmp_path):
    page = begin(engine, "phone", "inspector", "/inspections/new")
    page.type("#q", HOSPITAL)
    page.wait("return new URL(location).searchParams.get('q') === arguments[0]", HOSPITAL)  # found while typing
    page.wait(CHOSEN, "H-01")
    fill_check(page, tmp_path)
    page.click(".submit-bar button")  # not confirmed yet
    page.find("[data-errors]")
    page.find("[data-finding=chlorine_tank] [data-thumbs] img")
    submit_check(page)
    page.find("#messages", "回执号")
    page.find("#inspection", WORDS["zh"]["below"])
    page.find(".thumbs img")
    assert checks_with_photos(server) == [1]


@in_engines()
def test_a_check_with_a_photo_without_the_server(server, begin, line, engine, tmp_path):
    page = begin(engine, "phone", "inspector", "/", "circumstances")
    line.cut()
    page.open("/inspections/new?checklist=hospital-wastewater")
    page.wait_for_path("/offline/forms/inspection-hospital-wastewater")
    page.type("[data-place-search]", "h-01")
    page.wait("return document.querySelector('#place').selectedOptions[0].textContent.includes(arguments[0])", HOSPITAL)
    fill_check(page, tmp_path)
    submit_check(page)
    page.find("[data-saved-here]")
    assert checks_with_photos(server) == []
    arrives(page, line, 1)
    assert checks_with_photos(server) == [1]


def decided(server):
    """Decision, temperature and whether left, of the visits recorded since the demonstration was made."""
    sql = """SELECT v.decision, v.celsius, v.left_at IS NOT NULL FROM visit v JOIN entry e ON e.uuid = v.id
             WHERE e.device_seq IS NOT NULL ORDER BY e.seq"""
    return asked(server, sql)


def fill_arrival(page, form, fields, digits):
    for name, value in fields.items():
        page.type(f"{form} [name={name}]", value)
    for digit in digits:
        page.click(f"[data-keypad=celsius] [data-key='{digit}']")


@in_engines()
def test_a_gate(server, begin, engine):
    page = begin(engine, "tablet", "gatekeeper", "/checkpoints")
    page.wait_for_path("/gate")
    inside = int(page.find("[data-head-count]").text)
    page.click(".newcomer > summary")
    fill_arrival(page, ".newcomer", NEWCOMER, "365")
    page.click("button[name=decision][value=pass]")
    page.find(".decided[data-decision=pass]")
    page.find("[data-head-count]", str(inside + 1))
    page.type("#q", NEWCOMER["phone"] + Keys.ENTER)
    page.click("#gate [data-kind='visit.out'] button", "登记离开")
    page.find(".decided[data-decision=left]")
    page.find("[data-head-count]", str(inside))
    page.click(".newcomer > summary")
    fill_arrival(page, ".newcomer", FEVERISH, "384")
    page.find("[data-proposal][data-decision=refuse]")
    page.click("button[name=decision][value=refuse]")
    page.find(".decided[data-decision=refuse]")
    assert decided(server) == [("pass", 365, 1), ("refuse", 384, 0)]


@in_engines("firefox")
def test_a_gate_without_the_server(server, begin, line, engine):
    page = begin(engine, "tablet", "gatekeeper", "/checkpoints", "gate", "places")
    page.wait_for_path("/gate")
    line.cut()
    page.open("/checkpoints")
    page.wait_for_path("/offline/forms/visit-in")
    fill_arrival(page, "#arrive", NEWCOMER, "365")
    page.click("#arrive button[name=decision][value=pass]")
    page.find("[data-said-here] .decided[data-decision=pass]", "已保存在这台设备上")
    fill_arrival(page, "#arrive", FEVERISH, "384")
    page.click("#arrive button[name=decision][value=refuse]")
    page.find("[data-said-here] .decided[data-decision=refuse]", "已保存在这台设备上")
    page.type("#leave [name=who]", NEWCOMER["phone"])
    page.click("#leave > form button[data-variant=primary]")
    page.find("[data-said-here] .decided[data-decision=left]")
    assert decided(server) == []
    arrives(page, line, 3)
    assert decided(server) == [("pass", 365, 1), ("refuse", 384, 0)]


def scan_forty_boxes(page):
    """As a hand scanner types, outside the box; then the number, in it."""
    page.keys(Keys.F1)
    page.find("[data-hotkey=F1][aria-pressed=true]")
    page.ask("document.activeElement.blur()")
    page.keys(CODE + Keys.ENTER)
    page.wait(QUANTITIES + " === '1'")
    page.ask("document.querySelector('#code').focus()")
    page.keys("40*" + Keys.ENTER)
    page.wait(QUANTITIES + " === '40'")
    page.wait("return document.querySelector('#counter-form input[type=date]').value === '2027-12-31'")
    page.ask("document.querySelector('#code').focus()")
    page.keys(Keys.ENTER)


@in_engines()
def test_the_counter(server, begin, engine):
    page = begin(engine, "desktop", "keeper", "/supplies/counter")
    scan_forty_boxes(page)
    page.wait_for_path("done=")
    page.find("#counter [role=status] strong", "RK")
    assert moves_of_lot(server) == [1200]


@in_engines()
def test_the_counter_without_the_server(server, begin, line, engine):
    page = begin(engine, "desktop", "keeper", "/supplies/counter", "items", "stock", "consumers", "places")
    line.cut()
    page.open("/supplies/counter")
    page.wait_for_path("/offline/forms/stock")
    scan_forty_boxes(page)
    page.find("[data-saved-place]", "已保存在这台设备上")
    assert page.ask(QUANTITIES) == ""
    assert moves_of_lot(server) == []
    arrives(page, line, 1)
    assert moves_of_lot(server) == [1200]
