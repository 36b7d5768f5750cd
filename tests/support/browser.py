"""Real browsers and a real server: the demonstration district under gunicorn, Chromium at the three sizes."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

from tests.support.poster import token_in
from tests.support.postgresql import free_port
from tests.support.premises import renew
from tests.support.processes import Command
from webapp.extensions import db

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "demonstration-9"
# Headless Chromium: the same engine at half the cost.
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
# The time within which a press saves on the device. Waiting for a network takes longer; tests/bench measures the press.
SAVED_MS = 5_000
PATIENCE_MS = 30_000  # how long `expect` waits: the scripts of a page are slow on a busy machine
# `own(path)` in scripts of tests is the address of a module of the page. Another address would load it a second time.
OWN = """globalThis.own = (path) => new URL(path, document.querySelector("script[src*='/js/app.js']").src).href;"""
# A page whose waits of over two seconds (polls, a store that never answers) end eight times as soon.
HURRIED = """for (const name of ["setTimeout", "setInterval"]) {
  const usual = globalThis[name].bind(globalThis);
  globalThis[name] = (work, ms = 0, ...given) => usual(work, ms > 2000 ? ms / 8 : ms, ...given);
}"""
QUIET = ("background-networking", "component-update", "sync", "quic")
ARGUMENTS = ["--no-first-run", *(f"--disable-{name}" for name in QUIET)]
FORGET = """async () => {
  await navigator.serviceWorker.ready;
  localStorage.clear();
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
}"""


class Server:
    """gunicorn in its own process group, on loopback."""

    def __init__(self, instance: Path, database_url: str = "") -> None:
        self.instance = instance
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.opener = urllib.request.build_opener()
        self.program: list[str] = []  # in place of the forked command: a process that imports its code anew from `code`
        self.code = ROOT
        self.environ = os.environ | {
            "FRONTLINE_INSTANCE": str(instance),
            "DATABASE_URL": database_url,
            "DEMO_PASSWORD": PASSWORD,
            "DEMO_DAYS": "20",
            "ASSETS": "local",
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
        }

    @classmethod
    def beside(cls, app: Flask) -> "Server":
        """A server on the folder and the database of this process's application, whose connections are closed."""
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        settings = app.config["SETTINGS"]
        return cls(settings.instance, settings.database_url)

    def start(self, command: str = "run") -> "Server":
        log = self.instance / "server.log"
        self.process = self._popen(command, log) if self.program else Command([command], self.environ, log)
        self.wait_until_healthy()
        return self

    def _popen(self, command: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as file:
            streams = {"stdout": file, "stderr": file}
            return subprocess.Popen(
                [*self.program, command], cwd=self.code, env=self.environ, **streams, start_new_session=True
            )

    def wait_until_healthy(self, seconds: float = 300) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                with self.opener.open(self.url + "/health", timeout=2) as answer:
                    if json.load(answer)["status"] == "ok":
                        return
            except OSError:
                time.sleep(0.05)  # between two polls
        raise RuntimeError((self.instance / "server.log").read_text()[-3000:])

    def renew(self, template: Path) -> None:
        """Reset the SQLite database and files to those of `template`, while serving."""
        renew(self.instance, template)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory, worker_id):
    """An instance folder with the demonstration district, created once for all workers."""
    base = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = base / "demonstration"
    with (base / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            being_made = base / "demonstration.part"
            being_made.mkdir()
            Server(being_made).start("run").stop()  # an empty folder, as on a new machine
            being_made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo_server(demo_template, tmp_path_factory):
    """One server for all tests of a worker, because starting one takes as long as many tests."""
    instance = tmp_path_factory.mktemp("server") / "instance"
    shutil.copytree(demo_template, instance)
    running = Server(instance).start("serve")
    yield running
    running.stop()


@pytest.fixture
def server(demo_server, demo_template):
    """A server with the unchanged demonstration district."""
    demo_server.renew(demo_template)
    return demo_server


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=ARGUMENTS,
        )
        yield browser
        browser.close()


def on_profile(browser_type, folder, url, **options):
    """A browser with its own profile folder."""
    return browser_type.launch_persistent_context(
        str(folder), executable_path=CHROMIUM, args=ARGUMENTS, base_url=url, **options
    )


@pytest.fixture(scope="session")
def installed(chromium, tmp_path_factory):
    """installed(url, folder): a new profile with the worker of a server, copied because installing takes a second."""
    made = {}

    def installed(url, folder):
        if url not in made:
            made[url] = tmp_path_factory.mktemp("installed") / "profile"
            context = on_profile(chromium.browser_type, made[url], url)
            context.pages[0].goto("/sign-in")
            context.pages[0].evaluate(FORGET)
            context.clear_cookies()
            context.close()
        return shutil.copytree(made[url], folder)

    return installed


@pytest.fixture
def open_page(chromium, installed, tmp_path_factory):
    """open_page(size, url, language="zh", **context): a page that remembers script errors and refused resources.

    Without a service worker; with `is_installed` on a device of its own, where the worker is there before the page.
    """
    contexts = []

    def open_page(size, url, language="zh", *, is_installed=False, **options):
        width, height = SIZES[size]
        locale = "zh-CN" if language == "zh" else "en-GB"
        options |= {"viewport": {"width": width, "height": height}, "locale": locale}
        if is_installed:
            profile = installed(url, tmp_path_factory.mktemp("device") / "profile")
            context = on_profile(chromium.browser_type, profile, url, **options)
        else:
            context = chromium.new_context(base_url=url, **{"service_workers": "block"} | options)
        context.add_init_script(OWN)
        contexts.append(context)
        page = context.pages[0] if context.pages else context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page, username, language="zh"):
    """Sign in with two requests of the page's browser, then open the page that a person comes to."""
    browser = page.context.request
    token = token_in(browser.get("/sign-in").text())
    if language == "en":
        browser.post("/language", form={"csrf_token": token, "language": "en"}, max_redirects=0)
    fields = {"csrf_token": token, "username": username, "password": PASSWORD}
    answer = browser.post("/sign-in", form=fields, max_redirects=0)
    assert answer.status == 303, answer.text()
    page.goto(answer.headers["location"])


def sign_in_by_hand(page, username, language="zh"):
    """Sign in through the page, in a language."""
    page.goto("/sign-in")
    if language == "en":
        page.get_by_role("button", name="English").click()
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


KEEPS = """async (parts) => {
  const { read } = await import(own("outbox/store.js"));
  const until = performance.now() + 60000;
  for (const name of parts) {
    while (!await read("reference", name)) {
      if (performance.now() > until) throw new Error(`the device never kept ${name}`);
      await new Promise(requestAnimationFrame);
    }
  }
}"""


def wait_until_kept(page, *parts):
    """Wait until the device has these parts; not by wait_for_function, which treats a promise as true."""
    page.evaluate(KEEPS, list(parts))


# A hand scanner: keys as fast as they come, into the field that has the focus, and Enter.
WEDGE = """(keys) => {
  const began = performance.now(), field = document.activeElement;
  for (const [n, key] of [...keys, "Enter"].entries()) {
    const stroke = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(stroke, "timeStamp", { value: began + n });
    if (!field.dispatchEvent(stroke) || key === "Enter" || !/^(text|search|textarea)$/.test(field.type)) continue;
    field.value += key;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""


def wedge(page, text):
    """Scan a code, whatever has the focus."""
    page.evaluate(WEDGE, list(text))


# What fades in has too little contrast until it has arrived.
AT_REST = """() => {
  const ends = (animation) => animation.effect.getComputedTiming().endTime !== Infinity;
  document.getAnimations().filter(ends).forEach((animation) => animation.finish());
}"""


def axe_violations(page):
    """The faults that axe-core reports for a page whose animations have ended, one line each."""
    page.evaluate(AT_REST)
    page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in result["violations"]]
