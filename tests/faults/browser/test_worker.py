"""F26, F27: a new version while the queue is full; a broken one; the switch that takes the worker, never the queue."""

import shutil
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import Office, Phone, assert_settled
from tests.faults.live import Killable
from tests.faults.proxy import Line
from tests.support.browser import ROOT

WAITS = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)"
IS_GONE = "async () => (await caches.keys()).length === 0"
CACHES = "() => caches.keys()"
TAKE_IT = """async () => {
  const { waiting } = await navigator.serviceWorker.getRegistration();
  const done = new Promise((told) => navigator.serviceWorker.addEventListener("controllerchange", told));
  waiting.postMessage("SKIP_WAITING");
  await done;
}"""
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const fresh = await registration.update().catch(() => null);
  const worker = fresh?.installing;
  if (worker) await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
  return { waiting: Boolean(registration.waiting), active: registration.active?.state };
}"""
RELEASE = """async () => {
  const { list, release } = await import("/static/js/outbox/queue.js");
  for (const row of await list()) await release(row);
}"""
STORES = """async () => [...(await (await import("/static/js/outbox/store.js")).open()).objectStoreNames]"""


@pytest.fixture
def site(chromium, demo_template, tmp_path):
    """A server on a copy of the code, which can be changed, behind a line; a phone of the first version."""
    code = tmp_path / "code"
    shutil.copytree(ROOT / "webapp", code / "webapp")
    shutil.copytree(demo_template, tmp_path / "instance")
    server = Killable(tmp_path / "instance")
    server.code = code
    server.start("serve")
    line = Line(server.port)
    phone = Phone(chromium.browser_type, tmp_path / "phone", line.url)
    phone.open("/sign-in")
    phone.sign_in("inspector")
    phone.page.reload()  # the worker takes pages from their next load on
    yield SimpleNamespace(server=server, code=code, line=line, phone=phone, office=Office(server))
    phone.close()
    line.close()
    server.kill()


def deploy(site, **settings):
    """A newer version: another style, and a database on the device with one store more."""
    static = site.code / "webapp" / "static"
    with (static / "css" / "base.css").open("a") as file:
        file.write("\n/* newer */\n")
    store = static / "js" / "outbox" / "store.js"
    text = store.read_text()
    newer = text.replace("VERSION = 1;", "VERSION = 2;").replace(
        'meta: "name" },\n];', 'meta: "name" },\n  { extra: "name" },\n];'
    )
    assert newer.count("extra") == 1
    assert "VERSION = 2" in newer
    store.write_text(newer)
    site.server.kill()
    site.server.environ |= settings
    site.server.start("serve")


def waiting(phone):
    return [row["uuid"] for row in phone.rows("queue")]


def test_f26_a_new_version_keeps_the_queue_and_is_offered_when_nothing_waits(site):
    phone, office = site.phone, site.office
    kept = phone.keep(office.checks(30, photos=3, held=True))  # forms on their way: the sender leaves them alone
    uuids = [one["uuid"] for one in kept]
    old = phone.page.evaluate(CACHES)
    deploy(site)
    phone.page.goto("/")
    phone.wait_for(WAITS)
    assert waiting(phone) == uuids
    assert "extra" in phone.page.evaluate(STORES)
    assert len(phone.rows("photos")) == 3
    phone.page.reload()
    expect(phone.page.locator("[data-outbox-badge]").first).to_contain_text("30")
    expect(phone.page.locator("[data-update]")).to_be_hidden()
    phone.page.evaluate(RELEASE)
    phone.flush()
    phone.wait_until_empty()
    phone.page.locator("[data-update]").wait_for()
    [more] = phone.keep(office.checks(1, held=True))
    phone.page.locator("[data-update]").wait_for(state="hidden")
    phone.page.evaluate(TAKE_IT)
    phone.wait_for("async () => (await caches.keys()).length === 1")
    assert phone.page.evaluate(CACHES) != old
    assert waiting(phone) == [more["uuid"]]
    phone.page.evaluate(RELEASE)
    phone.flush()
    phone.wait_until_empty()
    assert_settled(phone, [*kept, more])
    office.assert_exactly_once([*kept, more])


@pytest.mark.parametrize("broken", ["a file is missing", "it is no script", "it throws at once"])
def test_f27_a_broken_new_version_is_not_installed_and_the_old_one_goes_on(site, broken):
    phone = site.phone
    phone.keep(site.office.checks(5, held=True))
    queue, old = waiting(phone), phone.page.evaluate(CACHES)
    bad = {
        "a file is missing": ("/static/css/base.css", (404, "text/plain", b"not here")),
        "it is no script": ("/sw.js", (200, "text/html", b"<h1>Welcome to the hotel</h1>")),
        "it throws at once": ("/sw.js", (200, "text/javascript", b"throw new Error('x');")),
    }
    path, answer = bad[broken]
    # Before the new version is there: a browser looks for updates whenever it likes.
    site.line.decide = lambda _method, asked: answer if asked.startswith(path) else None
    deploy(site)
    assert phone.page.evaluate(UPDATE) == {"waiting": False, "active": "activated"}
    assert site.line.lost(path) >= 1
    assert phone.page.evaluate(CACHES) == old
    assert waiting(phone) == queue
    site.line.decide = lambda _method, _path: None
    phone.go_offline()
    phone.page.goto("/outbox")
    phone.page.get_by_role("heading", level=1, name="待传箱").wait_for()
    phone.page.goto("/places")
    phone.page.get_by_role("heading", level=1, name="没有网络").wait_for()
    phone.go_online()
    phone.page.goto("/")
    phone.wait_for(WAITS)  # and once it is mended, it comes
    assert waiting(phone) == queue


def test_f27_the_switch_takes_the_worker_away_and_leaves_the_queue(site):
    phone = site.phone
    kept = phone.keep(site.office.checks(6, photos=2, held=True))
    deploy(site, SERVICE_WORKER="no")
    phone.page.goto("/")
    phone.wait_for(IS_GONE)
    assert waiting(phone) == [one["uuid"] for one in kept]
    assert len(phone.rows("photos")) == 2
    phone.page.evaluate(RELEASE)
    phone.flush()
    phone.wait_until_empty()
    site.office.assert_exactly_once(kept)
