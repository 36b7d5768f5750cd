"""Who may make a browser do what; what a look changes; what an id of somebody else's tells; what lies in the clear."""

import re
from uuid import uuid4

import pytest

from tests.faults import world as district
from tests.inspections.conftest import INFECTIOUS
from tests.support import masters
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FOREIGN = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
MARK = "<i title='x'>\"><script>alert(9)</script>"
# What people type about persons; found nowhere but behind the seal.
CANARY = ("11010519491231002X", "13800138000", "鲁A12345")


@pytest.fixture
def world(app):
    return district.build(app)


def unsafe(world):
    return [(e, m, p) for m in UNSAFE for e, p in district.addresses(world, m)]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_nothing_that_another_site_sends_is_done(world, headers):
    before = district.contents(world.app)
    done = {}
    for endpoint, method, path in unsafe(world):
        status = world.clients[district.who(endpoint)].open(path, method=method, headers=headers).status_code
        if status != 403:
            done[endpoint] = status
    assert done == {}
    assert district.contents(world.app) == before


def test_nothing_is_done_without_a_token(world):
    world.app.config["WTF_CSRF_ENABLED"] = True
    before = district.contents(world.app)
    asked = {e: world.clients[district.who(e)].open(p, method=m).status_code for e, m, p in unsafe(world)}
    assert {endpoint: status for endpoint, status in asked.items() if status not in (400, 403)} == {}
    assert district.contents(world.app) == before


def test_looking_changes_nothing(world):
    before = district.contents(world.app)
    for endpoint, path in district.addresses(world, "GET"):
        for query in ("", "?format=csv", "?format=xlsx", "?format=print"):
            world.clients[district.who(endpoint)].get(path + query).close()
    assert district.contents(world.app) == before


def test_every_answer_to_everybody_is_guarded(world, client):
    lacking = {}
    for endpoint, path in [*district.addresses(world, "GET"), ("none", "/no-such-page")]:
        asks = [client] if endpoint == "none" else [client, world.clients[district.who(endpoint)]]
        for asking in asks:
            with asking.get(path, base_url="https://localhost") as answer:
                headers = answer.headers
            wanted = {
                "frame-ancestors 'none'": headers.get("Content-Security-Policy", ""),
                "nosniff": headers.get("X-Content-Type-Options", ""),
                "same-origin": headers.get("Referrer-Policy", ""),
                "max-age=31536000": headers.get("Strict-Transport-Security", ""),
            }
            if district.ACCESS.get(endpoint) != district.PUBLIC:
                wanted["no-store"] = headers.get("Cache-Control", "")
            missing = [part for part, said in wanted.items() if part not in said]
            if missing or "Access-Control-Allow-Origin" in headers:
                lacking[endpoint] = missing
    assert lacking == {}


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "///evil.example",
        "https:evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(app, target):
    masters.person(app, "auditor", Role.AUDITOR)
    fields = {"username": "auditor", "password": masters.PASSWORD}
    answer = app.test_client().post("/sign-in", query_string={"next": target}, data=fields | {"next": target})
    assert answer.status_code == 303
    assert re.fullmatch(r"/([^/\\].*)?", answer.location), answer.location


def test_what_people_write_is_shown_as_they_wrote_it(app):
    world, shown, raw = district.build(app, name=MARK, note=MARK), [], []
    for endpoint, path in district.addresses(world, "GET"):
        for query in ("", "?format=print"):
            with world.clients[district.who(endpoint)].get(path + query) as answer:
                page = answer.text if answer.mimetype == "text/html" else ""
            raw += [path + query] if "<script>alert(9)" in page or "<i title" in page else []
            shown += [path + query] if "&lt;script&gt;alert(9)" in page else []
    assert raw == []
    assert len(shown) >= 4, shown


# Somebody whose scope is another place, and the pages of what lies in ours.
ELSEWHERE = {
    "checkpoints.show": (Role.GATEKEEPER, PlaceKind.CHECKPOINT),
    "checkpoints.reveal": (Role.GATEKEEPER, PlaceKind.CHECKPOINT),
    "checkpoints.gate": (Role.GATEKEEPER, PlaceKind.CHECKPOINT),
    "checkpoints.live": (Role.GATEKEEPER, PlaceKind.CHECKPOINT),
    "inspections.show": (Role.INSPECTOR, PlaceKind.HOSPITAL),
    "inspections.paper": (Role.INSPECTOR, PlaceKind.HOSPITAL),
    "supplies.slip": (Role.KEEPER, PlaceKind.WAREHOUSE),
    "supplies.slip_print": (Role.KEEPER, PlaceKind.WAREHOUSE),
    "supplies.undo": (Role.KEEPER, PlaceKind.WAREHOUSE),
}


@pytest.mark.parametrize("endpoint", ELSEWHERE)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_what_lies_elsewhere_answers_like_what_does_not_exist(app, world, endpoint, headers):
    role, kind = ELSEWHERE[endpoint]
    there = masters.place(app, "X-99", kind, **(INFECTIOUS if kind is PlaceKind.HOSPITAL else {}))
    masters.person(app, "stranger", role, place_id=there)
    client = masters.signed_in(app, "stranger")
    found = {e: (m, p) for m in ("GET", "POST") for e, p in district.addresses(world, m)}
    method, ours = found[endpoint]
    nobodys = re.sub(r"[0-9a-f-]{36}", str(uuid4()), ours, count=1)
    before = district.contents(app)
    answers = [
        client.open(path, method=method, data={"reason": "核对身份"}, headers=headers) for path in (ours, nobodys)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert district.plain(answers[0].text) == district.plain(answers[1].text)
    assert district.contents(app) == before


@pytest.mark.only_on("sqlite")
def test_personal_data_lies_nowhere_in_the_clear(world, caplog):
    instance = world.app.config["INSTANCE"]
    for path in instance.rglob("*"):
        raw = path.read_bytes() if path.is_file() else b""
        assert [one for one in CANARY if one.encode() in raw] == [], path.name
    assert any(path.name.startswith("frontline.db") for path in instance.iterdir())
    assert [one for one in CANARY if one in caplog.text] == []
