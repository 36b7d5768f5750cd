"""What makes it an app: every part the same for everybody, without a cookie, and really there."""

import json
import re
import struct
from urllib.parse import urljoin, urlsplit

import pytest

from webapp.kernel.assets import STATIC
from webapp.shell.rules import shell_version

COOKIE_FREE = ["/manifest.webmanifest", "/sw.js", "/offline", "/offline?lang=en", "/static/css/app.css"]
IMPORT = re.compile(r"""(?:from|import\() *["'](\.[^"']+)["']""")
pytestmark = pytest.mark.only_on("sqlite")


def kept_urls(client):
    """The addresses the service worker keeps."""
    worker = client.get("/sw.js").text
    files, pages = (
        json.loads(re.search(rf"const {name} = (.*?);", worker, re.DOTALL).group(1)) for name in ("FILES", "PAGES")
    )
    return [*files, *pages]


def png_size(path):
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", header[16:24])


@pytest.mark.parametrize("path", COOKIE_FREE)
def test_the_shell_sets_no_cookie_for_somebody_and_nobody(inspector, client, path):
    for who in (inspector, client):
        answer = who.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        answer.close()


def test_a_page_does_set_one_so_that_the_test_above_can_fail(client):
    assert "Set-Cookie" in client.get("/sign-in").headers


@pytest.mark.parametrize("path", COOKIE_FREE)
def test_the_shell_is_the_same_for_somebody_and_nobody(inspector, client, path):
    with inspector.get(path) as mine, client.get(path) as anybodys:
        assert mine.data == anybodys.data


def test_every_address_the_worker_keeps_answers_without_a_cookie(client):
    urls = kept_urls(client)
    assert "/offline" in urls
    assert any("css/app.css" in url for url in urls)
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False), url
        answer.close()


def test_every_file_a_kept_page_or_script_names_is_kept_in_its_own_version(client):
    urls = kept_urls(client)
    named = set()
    for url in urls:
        with client.get(url) as answer:
            if answer.mimetype == "text/html":
                named |= {(url, path) for path in re.findall(r'(?:src|href)="(/static/[^"#]+)', answer.text)}
            elif answer.mimetype == "text/javascript" and "/vendor/" not in url:
                named |= {(url, urljoin(url, path)) for path in IMPORT.findall(answer.text)}
    assert len(named) > 100
    assert {pair for pair in named if pair[1] not in urls} == set()


def test_no_page_with_data_is_kept(client):
    pages = {urlsplit(url).path for url in kept_urls(client) if not url.startswith("/static/")}
    assert all(path.startswith(("/offline", "/outbox")) for path in pages)


def test_the_version_changes_with_any_part():
    assert shell_version(["a 1", "b 1"]) != shell_version(["a 1", "b 2"])
    assert shell_version(["a 1"]) == shell_version(["a 1"])


def test_the_manifest_says_what_an_installation_needs(client):
    answer = client.get("/manifest.webmanifest")
    assert answer.content_type.startswith("application/manifest+json")
    said = answer.get_json()
    assert said["name"] == "防线"
    assert said["display"] == "standalone"
    assert (said["id"], said["start_url"], said["scope"]) == ("/", "/", "/")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in said["icons"]}
    assert {icon.get("purpose") for icon in said["icons"]} == {None, "maskable"}
    assert [one["url"] for one in said["shortcuts"]] == ["/record", "/scan"]


def test_every_icon_exists_in_the_size_the_manifest_states(client):
    for icon in client.get("/manifest.webmanifest").get_json()["icons"]:
        answer = client.get(icon["src"])
        assert (answer.status_code, answer.mimetype) == (200, icon["type"])
        answer.close()
        if icon["type"] == "image/png":
            file = STATIC / "icons" / icon["src"].rpartition("/")[2]
            assert "x".join(map(str, png_size(file))) == icon["sizes"]
    assert png_size(STATIC / "icons" / "apple-touch-180.png") == (180, 180)


def test_the_worker_may_rule_the_whole_site_and_leaves_other_methods_alone(client):
    answer = client.get("/sw.js")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'request.method !== "GET"' in answer.text


@pytest.mark.parametrize("path", COOKIE_FREE)
def test_no_part_of_the_shell_varies_by_who_asks(inspector, path):
    with inspector.get(path) as answer:
        assert "Cookie" not in answer.vary
