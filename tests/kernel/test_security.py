"""What every answer carries, and what no view ever sees."""

import io
from dataclasses import replace

import pytest

from tests.support import masters, matrix
from webapp import FEATURES, create_app
from webapp.extensions import db
from webapp.kernel import security
from webapp.kernel.access import Role

PAGES = ["/sign-in", "/health", "/no-such-page", "/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_guarded(client, page):
    headers = client.get(page).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers
    assert "charset" in headers["Content-Type"] or headers["Content-Type"] == "application/json"


def test_over_https_the_browser_is_told_to_stay_there(client):
    assert (
        "max-age=31536000" in client.get("/sign-in", base_url="https://localhost").headers["Strict-Transport-Security"]
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
    ],
)
def test_another_sites_post_is_refused(client, headers):
    assert client.post("/language", data={"language": "en"}, headers=headers).status_code == 403


def test_a_nul_in_an_address_is_a_bad_request(client):
    assert client.get("/sign-in?next=%00").status_code == 400


def test_a_post_without_a_token_is_refused_and_told_what_to_do(app):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/language", data={"language": "en"})
    assert answer.status_code == 400
    assert "再提交一次" in answer.text


def test_a_part_of_a_body_without_a_name_is_a_bad_request(client):
    part = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    answer = client.post("/language", data=part, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400


@pytest.fixture
def set_up(app):
    """set_up(**settings): the same installation with other settings."""
    others = []

    def set_up(**settings):
        other = create_app(replace(app.config["SETTINGS"], **settings))
        other.config["WTF_CSRF_ENABLED"] = False
        others.append(other)
        return other

    yield set_up
    for other in others:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize("is_secure", [True, False])
def test_the_cookies_are_for_this_host_and_no_script(app, set_up, is_secure):
    masters.person(app, "inspector", Role.INSPECTOR)
    client = set_up(secure_cookies=is_secure).test_client()
    fields = {"username": "inspector", "password": masters.PASSWORD}
    cookies = client.post("/sign-in", data=fields, base_url="https://localhost").headers.getlist("Set-Cookie")
    prefix = "__Host-frontline" if is_secure else "frontline"
    assert {cookie.partition("=")[0] for cookie in cookies} == {prefix, f"{prefix}-device"}
    for cookie in cookies:
        flags = cookie.split("; ")[1:]
        assert ("Secure" in flags) is is_secure
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(flags)
        assert "Domain" not in cookie
    assert client.get("/me", base_url="https://localhost").status_code == 200


def test_a_session_begins_anew_when_somebody_signs_in(app):
    masters.person(app, "inspector", Role.INSPECTOR)
    client, ids = app.test_client(), []
    with client.session_transaction() as planted:
        planted["_user_id"] = planted["chosen"] = "by somebody else"
    for _time in range(2):
        client.post("/sign-in", data={"username": "inspector", "password": masters.PASSWORD})
        with client.session_transaction() as kept:
            ids.append(kept["_user_id"])
            assert "chosen" not in kept
    assert len({"by somebody else", *ids}) == 3


SPOOFED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.9",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "/persons",
    "X-HTTP-Method-Override": "DELETE",
}


def test_where_a_page_leads_is_not_for_a_header_to_say(app):
    masters.person(app, "auditor", Role.AUDITOR)
    fields = {"username": "auditor", "password": masters.PASSWORD}
    client = app.test_client()
    signed = client.post("/sign-in", data=fields, headers=SPOOFED)
    assert signed.location == "/"
    client = masters.signed_in(app, "auditor")
    for path in ("/", "/me", "/places/", "/no-such-page", "/inspections?format=csv", "/manifest.webmanifest"):
        answer = client.get(path, headers=SPOOFED | {"Host": "localhost"})
        assert "evil.example" not in answer.text + str(answer.headers), path
        assert "Strict-Transport-Security" not in answer.headers


def test_only_the_names_of_the_installation_are_answered(app, set_up):
    client = set_up(host_names=("fangxian.example",)).test_client()
    asked = {host: client.get("/sign-in", headers={"Host": host}) for host in ("evil.example", "FangXian.example:8443")}
    assert [answer.status_code for answer in asked.values()] == [400, 200]
    refused = asked["evil.example"].headers
    assert "default-src 'none'" in refused["Content-Security-Policy"]
    assert (refused["X-Content-Type-Options"], refused["Cache-Control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("localhost:8000", True),
        ("192.0.2.1", True),
        ("[2001:db8::1]:443", True),
        ("xn--fiqs8s.example.", True),
        ("a" * 63, True),
        ("a" * 64, False),
        ("..", False),
        ("xn--", False),
        ("a b", False),
        ("evil.example/@x", False),
        ('x"y', False),
        ("localhost:99999999", False),
        ("中文.example", False),
    ],
)
def test_a_host_is_written_as_browsers_write_it(host, is_one):
    assert security.is_known_host(host, ()) is is_one
    assert not security.is_known_host(host, ("another.example",))


@pytest.mark.parametrize(("hops", "seen"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "192.0.2.9")])
def test_an_address_is_believed_from_as_many_proxies_as_there_are(set_up, monkeypatch, hops, seen):
    noted = []
    monkeypatch.setattr("webapp.accounts.service.sign_in", lambda *_a, address, **_rest: noted.append(address) or 1 / 0)
    client = set_up(trusted_proxies=hops).test_client()
    headers = {"X-Forwarded-For": "192.0.2.9, 198.51.100.7"}
    client.post("/sign-in", data={"username": "a", "password": "b"}, headers=headers)
    assert noted == [seen]


def test_a_forged_address_does_not_get_round_the_throttle(app):
    for number in range(61):
        fields = {"username": f"nobody{number}", "password": "wrong password"}
        headers = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"}
        status = app.test_client().post("/sign-in", data=fields, headers=headers).status_code
    assert status == 429


# What takes files beside the pages of records that the kernel draws; everything else takes a form and no more.
TAKES_FILES = matrix.all_of("takes_files")


def test_only_what_takes_files_takes_much(built):
    marked = {name for name, view in built.view_functions.items() if getattr(view, "takes_files", False)}
    own = {f"{feature.blueprint.name}.post" for feature in FEATURES if feature.blueprint} & built.view_functions.keys()
    assert own
    assert marked == TAKES_FILES | own | {name.replace(".post", ".correct") for name in own}


class Endless(io.RawIOBase):
    """A body without an end; counts what was taken of it."""

    taken = 0

    def readable(self):
        return True

    def readinto(self, into):
        into[:] = b"a" * len(into)
        self.taken += len(into)
        return len(into)


FORMS = ["/sign-in", "/language", "/units/add"]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", [*FORMS, "/units/import"])
@pytest.mark.parametrize("fragment", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_too_much_is_refused_before_it_is_read(administrator, path, fragment):
    body = Endless()
    environ = {"wsgi.input": body, "CONTENT_LENGTH": "9" * 10}
    answer = administrator.post(path, content_type=FORM, headers=fragment, environ_overrides=environ)
    assert (answer.status_code, body.taken) == (413, 0)
    assert "文件太大" in answer.text
    assert (answer.headers.get("HX-Retarget") == "#messages") is bool(fragment), "a form keeps what was typed"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("more", "status"), [(0, 400), (1, 413)])
def test_a_call_is_bounded_to_the_byte(administrator, more, status):
    body = b"[" + b" " * (security.LARGEST_FORM - 2 + more) + b"]"
    headers = {"X-Frontline-Sync": "1"}
    answer = administrator.post("/sync/envelopes", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("path", [*FORMS, "/sync/envelopes"])
def test_no_more_is_read_of_a_body_that_does_not_say_how_long_it_is(administrator, path):
    body = Endless()
    environ = {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    administrator.post(path, content_type=FORM, headers={"X-Frontline-Sync": "1"}, environ_overrides=environ)
    assert body.taken <= security.LARGEST_FORM


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW", "PATCH"])
def test_a_method_that_nothing_takes_is_refused_everywhere(client, method):
    for path in ("/", "/sign-in", "/health", "/static/css/app.css"):
        answer = client.open(path, method=method, headers={"X-Secret": "canary"})
        assert answer.status_code == 405, path
        assert method not in answer.headers["Allow"]
        assert "canary" not in answer.text
    assert client.open("/no-such-page", method=method).status_code == 404


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/console", "/static/../config.py", "/static/%2e%2e/config.py"]
)
def test_nothing_of_the_workshop_is_served(client, path):
    assert client.get(path).status_code == 404


def test_health_is_told_to_whoever_asks_by_the_servers_address(set_up):
    client = set_up(host_names=("fangxian.example",)).test_client()
    assert client.get("/health", headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/sign-in", headers={"Host": "10.0.0.7:8000"}).status_code == 400
    assert client.get("/health", headers={"Host": "a b"}).status_code == 400


def test_the_head_of_a_page_leads_to_signing_in_like_the_page(client):
    assert client.head("/", headers={"Accept": "text/html"}).status_code == 303
