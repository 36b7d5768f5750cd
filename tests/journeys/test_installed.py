"""The installed app: its worker, no network, no htmx, light and dark, the language, and nothing left after sign-out."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import PASSWORD, axe_violations, sign_in, sign_in_by_hand

pytestmark = pytest.mark.browser
RULED = "() => navigator.serviceWorker.ready.then(() => caches.keys())"


def installed(open_page, url, **options):
    """A page whose worker rules it."""
    page = open_page("phone", url, service_workers="allow", **options)
    page.goto("/sign-in")
    page.evaluate(RULED)
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def test_the_worker_is_installed_and_keeps_the_shell_only(server, open_page):
    page = installed(open_page, server.url)
    sign_in_by_hand(page, "commander")
    for path in ("/", "/persons", "/tasks"):
        page.goto(path)
    kept = page.evaluate(
        "() => caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)"
        ".then((cache) => cache.keys())))).then((all) => all.flat().map((one) => new URL(one.url).pathname))"
    )
    assert "/offline" in kept
    assert [path for path in kept if not path.startswith(("/static/", "/offline", "/outbox"))] == []


def test_without_a_network_a_page_says_so_and_every_part_of_the_shell_is_there(server, open_page):
    page = installed(open_page, server.url)
    sign_in(page, "inspector")
    worker = page.request.get("/sw.js").text()
    urls = json.loads(re.search(r"const FILES = ({.*?});", worker, re.DOTALL).group(1))
    page.context.set_offline(True)
    for _turn in range(20):  # a worker that is just being started learns late that there is no network
        page.goto("/inspections")
        assert page.locator("h1").count() == 1
        if "没有网络" in page.locator("h1").inner_text():
            break
    expect(page.locator("h1")).to_contain_text("没有网络")
    statuses = page.evaluate(
        "(urls) => Promise.all(urls.map((url) => fetch(url).then((a) => a.status, () => 0).then((s) => [url, s])))",
        list(urls),
    )
    assert [one for one in statuses if one[1] != 200] == []
    page.context.set_offline(False)
    page.goto("/inspections")
    expect(page.locator("h1")).not_to_contain_text("没有网络")


def test_a_post_is_never_answered_by_the_worker(server, open_page):
    page = installed(open_page, server.url)
    page.context.set_offline(True)
    said = page.evaluate(
        "() => fetch('/sign-in', {method: 'POST', body: new FormData()}).then((a) => a.status, (e) => e.name)"
    )
    assert said == "TypeError"  # the network's own failure: no page of the worker's, no 200
    page.context.set_offline(False)
    answers = []
    page.on("response", lambda answer: answers.append(answer) if answer.request.method == "POST" else None)
    sign_in_by_hand(page, "keeper")
    assert [answer.from_service_worker for answer in answers] == [False]


def test_after_signing_out_going_back_shows_nothing(server, open_page):
    page = open_page("desktop", server.url)
    sign_in(page, "administrator")
    page.goto("/persons")
    assert page.get_by_text("李建国").count()
    page.goto("/me")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("sign-in"))
    for _step in range(2):
        page.go_back()
        page.wait_for_url(re.compile("sign-in"))
        assert page.get_by_text("李建国").count() == 0
        assert page.locator(".rail, .bar").count() == 0


def test_the_language_is_chosen_on_the_first_page_and_holds(server, open_page):
    page = open_page("phone", server.url)
    sign_in_by_hand(page, "gatekeeper", "en")
    for path in ("/", "/record", "/me"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    page.goto("/tasks")
    expect(page.locator("h1")).to_have_text("待办")


def background(page):
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_light_and_dark_follow_the_device_until_somebody_chooses(server, open_page):
    page = open_page("phone", server.url, color_scheme="light")
    sign_in(page, "approver")
    page.goto("/me")
    light = background(page)
    page.emulate_media(color_scheme="dark")
    dark = background(page)
    assert light != dark
    page.get_by_role("button", name="浅色").click()
    assert background(page) == light
    page.goto("/")
    assert background(page) == light
    page.goto("/me")
    page.get_by_role("button", name="跟随系统").click()
    assert background(page) == dark
    assert axe_violations(page) == []


def test_without_htmx_forms_lists_and_the_scan_box_still_work(server, open_page):
    page = open_page("desktop", server.url)
    page.route(re.compile("htmx"), lambda route: route.abort())
    sign_in_by_hand(page, "inspector")
    assert page.evaluate("typeof htmx") == "undefined"
    page.goto("/scan")
    page.locator("[data-scan-box]").fill("H-01")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/places/"))
    page.goto("/places/?text=H-0")
    assert page.locator("tbody tr").count() == 9
    page.locator("input[name=text]").fill("H-01")
    page.locator(".filters button[type=submit], .filters button:not([type])").first.click()
    page.wait_for_url(re.compile("text=H-01"))
    assert page.locator("tbody tr").count() == 1
    page.goto("/me/password")
    for field, value in (("current", PASSWORD), ("new", "short"), ("repeated", "short")):
        page.locator(f"input[name={field}]").fill(value)
    page.get_by_role("button", name="修改密码").click()
    page.wait_for_load_state()
    expect(page.locator("#new-error")).to_contain_text("10")


@pytest.mark.long
def test_the_frames_are_those_of_the_three_devices(server, open_page):
    page = open_page("phone", server.url)
    sign_in(page, "keeper")
    assert page.locator(".bar a:visible").count() == 5
    assert page.locator(".rail a:visible").count() == 0
    page.set_viewport_size({"width": 820, "height": 1180})
    assert page.locator(".bar a:visible").count() == 0
    assert page.locator(".rail").bounding_box()["width"] < 100
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.locator(".rail").bounding_box()["width"] > 200
    expect(page.locator(".rail kbd")).to_be_visible()
    page.locator(".rail a[href='/me']").click()
    page.wait_for_url("**/me")
