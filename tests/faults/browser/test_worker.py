"""F26, F27: a new version while the queue is full; a broken one; the switch that takes the worker, never the queue."""

import shutil
import sys
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import Office, Phone, assert_settled
from tests.faults.live import Killable
from tests.faults.proxy import VERSION, Line
from tests.support.browser import ROOT
from tests.support.shares import usual_and_long
from webapp.kernel import packing

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
  const { list, release } = await import(own("outbox/queue.js"));
  for (const row of await list()) await release(row);
}"""
# The static files that each version keeps: the one that waits, then the one that rules.
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("frontline-shell-"));
  const paths = async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)
    .filter((path) => path.startsWith("/static/"));
  return Promise.all(names.toReversed().map(paths));
}"""
BYTES = """async (path) => {
  const bytes = new Uint8Array(await (await caches.match(path)).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}"""
SCRIPTS = """() => performance.getEntriesByType("resource")
  .map((one) => new URL(one.name).pathname).filter((path) => path.endsWith(".js") && path.includes("/js/"))"""
STORES = """async () => [...(await (await import(own("outbox/store.js"))).open()).objectStoreNames]"""


@pytest.fixture
def site(chromium, demo_template, tmp_path):
    """A server on a copy of the code, which can be changed, behind a line; a phone of the first version."""
    code = tmp_path / "code"
    shutil.copytree(ROOT / "webapp", code / "webapp")
    shutil.copytree(demo_template, tmp_path / "instance")
    server = Killable(tmp_path / "instance")
    server.program, server.code = [sys.executable, "-m", "webapp"], code
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
    with (static / "css" / "app" / "base.css").open("a") as file:
        file.write("\n.newer { color: red; }\n")
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


@pytest.mark.long
def test_f26_a_kept_page_runs_its_own_scripts_and_a_new_version_fetches_only_what_changed(site):
    phone = site.phone
    deploy(site)
    begun = len(site.line.log)
    phone.page.goto("/offline/forms/visit-in")
    phone.page.get_by_role("heading", level=1).wait_for()
    versions = {path.split("/")[2] for path in phone.page.evaluate(SCRIPTS)}
    assert len(versions) == 1
    own = f"/static/{versions.pop()}/"
    assert [asked for _method, asked, _what in site.line.log[begun:] if asked.startswith(own)] == []
    assert "extra" not in phone.page.evaluate(STORES), "it is the version before"
    begun = len(site.line.log)
    assert phone.page.evaluate(UPDATE) == {"waiting": True, "active": "activated"}
    files = [asked for _method, asked, _what in site.line.log[begun:] if asked.startswith("/static/")]
    assert sorted(VERSION.sub("", path) for path in files) == ["css/app.css", "js/outbox/store.js"]
    static = site.code / "webapp" / "static"
    fresh, kept = phone.page.evaluate(KEPT)
    assert len(fresh) == len(kept) > 60
    assert {VERSION.sub("", path) for path in fresh} == {VERSION.sub("", path) for path in kept}
    for path in fresh:
        content = phone.page.evaluate(BYTES, path).encode("latin-1")
        file = static / VERSION.sub("", path)
        assert content == packing.served(file, packing.changed_ns(file)), path


@pytest.mark.parametrize(
    "broken",
    usual_and_long(["a file is missing"], ["it throws at once", "a file is another version's", "it is no script"]),
)
def test_f27_a_broken_new_version_is_not_installed_and_the_old_one_goes_on(site, broken):
    phone = site.phone
    phone.keep(site.office.checks(5, held=True))
    queue, old = waiting(phone), phone.page.evaluate(CACHES)
    bad = {
        "a file is missing": ("css/app.css", (404, "text/plain", b"not here")),
        "a file is another version's": ("css/app.css", (200, "text/css", b"/* of another host, with no-store */")),
        "it is no script": ("/sw.js", (200, "text/html", b"<h1>Welcome to the hotel</h1>")),
        "it throws at once": ("/sw.js", (200, "text/javascript", b"throw new Error('x');")),
    }
    path, answer = bad[broken]
    # Before the new version is there: a browser looks for updates whenever it likes.
    site.line.decide = lambda _method, asked: answer if asked.endswith(path) else None
    deploy(site)
    assert phone.page.evaluate(UPDATE) == {"waiting": False, "active": "activated"}
    assert any(asked.endswith(path) and what is not None for _method, asked, what in site.line.log)
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


@pytest.mark.long
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
