"""What once failed in WebKit, or in browsers older than Debian's, seen in the engines themselves."""

from tests.engines.conftest import LOADER
from tests.engines.engines import in_engines
from tests.engines.test_jobs import FEVERISH, NEWCOMER, arrives, decided, fill_arrival
from tests.faults.browser.test_old_browsers import IOS_15_4, STUCK
from tests.journeys.test_keeper import asked

# A page that writes to the device's database without a pause, and one that asks whether it still answers.
WRITING = """globalThis.writeOn = async () => {
  const { setMeta } = await import(own("outbox/store.js"));
  for (let number = 1; ; number += 1) { await setMeta("engine.left", number); globalThis.written = number; }
};
globalThis.storeAnswers = async () => {
  const { meta, setMeta } = await import(own("outbox/store.js"));
  await setMeta("engine.here", "here");
  return [await meta("engine.here"), await meta("engine.left") > 0].join(" ");
};
"""
ANSWERS = "const [done] = arguments; storeAnswers().then(done, (error) => done(String(error)));"
# What is said for some seconds may be gone when a slow driver asks.
NOTE_SAVING = """new MutationObserver(() => { window.hasSaidSaving ||= !!document.querySelector("[data-saving]"); })
  .observe(document.body, { childList: true, subtree: true });
"""
TIMES = 20


def newest(server):
    return asked(server, "SELECT max(seq) FROM entry")[0][0]


@in_engines()
def test_a_page_left_while_it_writes_does_not_block_the_store(open_engine, line, engine):
    line.before[LOADER] += WRITING.encode()
    page = open_engine(engine, "phone")
    page.sign_in("inspector")
    for number in range(TIMES):
        page.open(("/me", "/outbox", "/")[number % 3])
        page.ask("writeOn().catch(() => {})")
        page.wait("return window.written > arguments[0]", number % 5)
        if number % 2:
            page.ask("location.assign('/offline')")
            page.wait_for_path("/offline")
            page.wait("return document.readyState === 'complete' && window.storeAnswers && !window.written")
        else:
            page.open("/outbox")
        assert page.driver.execute_async_script(ANSWERS) == "here true", f"time {number}"
    assert page.faults == []


@in_engines()
def test_the_camera_that_is_refused_leaves_the_page_in_sight(begin, engine):
    page = begin(engine, "phone", "keeper", "/supplies/counter")
    page.click("button", "相机扫码")
    page.find("dialog.camera[open] [role=status]", "相机")
    page.wait("return !document.querySelector('dialog.camera .aim')")
    high, screen = page.ask("return [document.querySelector('dialog.camera').offsetHeight, innerHeight]")
    assert 0 < high < screen / 3
    page.click("dialog.camera button")
    page.wait("return !document.querySelector('dialog.camera')")


@in_engines()
def test_without_what_younger_engines_have_a_press_says_what_was_pressed(server, begin, line, engine):
    line.before[LOADER] += f"{{ {IOS_15_4} }}\n".encode()
    page = begin(engine, "tablet", "gatekeeper", "/checkpoints", "gate", "places")
    assert page.ask("return typeof document.createElement('form').requestSubmit") == "undefined"
    page.click(".newcomer > summary")
    fill_arrival(page, ".newcomer", NEWCOMER, "365")
    page.click("button[name=decision][value=pass]")
    page.find(".decided[data-decision=pass]")
    line.cut()
    page.open("/checkpoints")
    page.wait_for_path("/offline/forms/visit-in")
    fill_arrival(page, "#arrive", FEVERISH, "384")
    page.click("#arrive button[name=decision][value=refuse]")
    page.find("[data-said-here] .decided[data-decision=refuse]")
    page.find("#arrive form[data-kind='visit.in']")
    arrives(page, line, 1)
    assert decided(server) == [("pass", 365, 0), ("refuse", 384, 0)]


@in_engines()
def test_a_store_that_never_answers_is_given_up_in_time(server, begin, line, engine):
    line.before[LOADER] += f"{{ {STUCK} }}\n".encode()
    page = begin(engine, "tablet", "gatekeeper", "/checkpoints", "gate", "places")
    page.click(".newcomer > summary")
    fill_arrival(page, ".newcomer", NEWCOMER, "365")
    before = newest(server)
    page.ask(NOTE_SAVING + "window.isStuck = true")
    page.click("button[name=decision][value=pass]")
    page.find(".decided[data-decision=pass]")
    assert page.ask("return window.hasSaidSaving"), "a press that takes long was not answered at once"
    assert newest(server) == before + 1
    line.cut()
    page.open("/checkpoints")
    page.wait_for_path("/offline/forms/visit-in")
    fill_arrival(page, "#arrive", FEVERISH, "384")
    page.ask("window.isStuck = true")
    page.click("#arrive button[name=decision][value=refuse]")
    page.find("#messages", "存储没有响应")
    assert page.ask("return document.querySelector('#arrive [name=phone]').value") == FEVERISH["phone"]
    page.ask("window.isStuck = false")
    page.click("#arrive button[name=decision][value=refuse]")
    page.find("[data-said-here] .decided[data-decision=refuse]")
    arrives(page, line, 1)
    assert newest(server) == before + 2
