"""Who may make a browser do what; what a look changes; what an id of somebody else's tells; what lies in the clear."""

import io
import re
from uuid import uuid4

import pytest
from PIL import Image

from tests.faults import world as district
from tests.inspections.conftest import INFECTIOUS, filled
from tests.support import masters, matrix
from webapp.extensions import db
from webapp.kernel import media
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


IN_COMMON, TELLS_NOTHING = matrix.all_of("in_common"), matrix.all_of("tells_nothing")


def strangers(app):
    """Somebody of every role whose scope is another unit, or another place of the kind the role works at."""
    unit = masters.unit(app, "U-99")
    kinds = {
        Role.GATEKEEPER: PlaceKind.CHECKPOINT,
        Role.INSPECTOR: PlaceKind.HOSPITAL,
        Role.KEEPER: PlaceKind.WAREHOUSE,
    }
    for role in masters.CAST:
        kind = kinds.get(role)
        details = INFECTIOUS if kind is PlaceKind.HOSPITAL else {}
        scope = {"place_id": masters.place(app, f"X-{role.value}", kind, **details)} if kind else {"unit_id": unit}
        masters.person(app, f"other-{role.value}", role, **scope)
    return {role.value: masters.signed_in(app, f"other-{role.value}") for role in masters.CAST}


@pytest.fixture
def with_photo(app, world):
    """The world with a photo in it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "JPEG")
    fields = filled(world.hospital) | {"reading_photo": (io.BytesIO(out.getvalue()), "现场.jpg")}
    assert world.clients["inspector"].post("/inspections", data=fields).status_code == 303
    with app.app_context():
        world.values["photo_id"] = db.session.scalars(db.select(media.Photo.id)).one()
    assert world.clients["inspector"].get(f"/inspections/photos/{world.values['photo_id']}").status_code == 200
    return world


def with_ids(world):
    """(endpoint, method, our path, nobody's path) of every view that is asked for by an id and belongs to somebody."""
    public = {endpoint for endpoint, roles in district.ACCESS.items() if roles == district.PUBLIC}
    for method in ("GET", "POST"):
        for endpoint, path in district.addresses(world, method):
            nobodys = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(uuid4()), path, count=1)
            if nobodys != path and endpoint not in IN_COMMON | public:
                yield endpoint, method, path, nobodys


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_what_lies_elsewhere_answers_like_what_does_not_exist(app, with_photo, headers):
    clients = strangers(app)
    before, told, asked = district.contents(app), {}, set()
    for endpoint, method, ours, nobodys in with_ids(with_photo):
        for role in sorted(district.ACCESS[endpoint] & set(clients)):
            answers = [
                clients[role].open(path, method=method, data={"reason": "核对身份"}, headers=headers)
                for path in (ours, nobodys)
            ]
            statuses, pages = [a.status_code for a in answers], [district.plain(a.text) for a in answers]
            if pages[0] != pages[1] or (statuses not in ([404, 404], [403, 403]) and endpoint not in TELLS_NOTHING):
                told[endpoint, method, role] = statuses
            asked.add(endpoint)
    assert told == {}
    assert {"inspections.photo", "inspections.paper", "checkpoints.show", "supplies.slip_print", "units.unit"} <= asked
    after = district.contents(app)
    assert {name: after[name] for name in after if after[name] != before[name] and name != "journal"} == {}


SEEN = {"inspector": "/inspections", "gatekeeper": "/checkpoints/visits", "keeper": "/supplies/slips"}


def test_no_list_export_or_fragment_shows_what_lies_elsewhere(app, with_photo):
    clients, shown = strangers(app), []
    ours = ("场所H-01", "场所G-01", "场所W-01", "王秀英", str(with_photo.values["inspection_id"]))
    for endpoint, path in district.addresses(with_photo, "GET"):
        roles = district.ACCESS[endpoint]
        for role in () if roles == district.PUBLIC else sorted(roles & set(clients)):
            for query in ("", "?format=csv", f"?place={with_photo.hospital}"):
                with clients[role].get(path + query) as answer:
                    page = answer.text if answer.mimetype in ("text/html", "text/csv", "application/json") else ""
                shown += [(endpoint, role, query, one) for one in ours if one in page.replace(path, "")]
    assert shown == []
    own = {role: with_photo.clients[role].get(path).text for role, path in SEEN.items()}
    assert all(one in own[role] for role, one in zip(SEEN, ours, strict=False)), (
        "they are there for those they belong to"
    )


@pytest.mark.only_on("sqlite")
def test_personal_data_lies_nowhere_in_the_clear(world, caplog):
    instance = world.app.config["INSTANCE"]
    for path in instance.rglob("*"):
        raw = path.read_bytes() if path.is_file() else b""
        assert [one for one in CANARY if one.encode() in raw] == [], path.name
    assert any(path.name.startswith("frontline.db") for path in instance.iterdir())
    assert [one for one in CANARY if one in caplog.text] == []
