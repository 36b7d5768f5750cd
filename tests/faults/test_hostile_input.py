"""Whatever is sent to whatever view: an answer that says what is wrong, and nothing half-written."""

import io
from itertools import cycle
from uuid import uuid4

import pytest

from tests.faults import world as district
from tests.support import matrix

VALUES = [
    "\0",
    "a\0b",
    "\x01\x08\x1b\x7f",
    "\ud800",
    "10" + "0" * 400,
    "-1",
    "NaN",
    "Infinity",
    "1e5",
    "1e999999999",
    "9223372036854775808",
    "😷👩‍⚕️🏥",
    "\u202egnp.exe\u202c\u200f",
    "长" * 20_000,
    "'; DROP TABLE person; --",
    "1' OR '1'='1",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}${7*7}",
    "%s%n%(name)s{0}",
    '=HYPERLINK("http://evil.example")',
    "../../../etc/passwd",
    "a\r\nSet-Cookie: x=y",
    "99999-99-99T99:99",
    "00000000-0000-0000-0000-00000000000g",
    b"\xff\xfe\x80",
    "王秀英".encode("gbk"),
    ["1", "2", "3"],
    "",
]
BLANKS = [" ", "\t", "\u3000", "\u00a0", "\u200b"]
FORM = "application/x-www-form-urlencoded"
MANY = "&".join(f"a{n}=1" for n in range(10_000))
PARTS = "".join(f'--b\r\nContent-Disposition: form-data; name="a{n}"\r\n\r\n1\r\n' for n in range(10_000)) + "--b--\r\n"
BODIES = [
    ("text/plain", b"hello"),
    ("application/json", b"[[[[[[{}]]]]]]"),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a": 1'),
    ("application/json", b'{"uuid": "\\ud800", "envelopes": 1e400, "kind": {}}'),
    ("application/json", b"\xff\xfe"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\ncut'),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: nonsense\r\n\r\n\0\xff\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", PARTS.encode()),
    (FORM, MANY.encode()),
    (FORM, b"%ff%fe=%80&=&&&%00=%00"),
    (FORM, b"name=" + "王秀英".encode("gbk")),
]
QUERIES = [
    "a=%00",
    "format=nonsense",
    "format=xlsx&format=csv",
    "after=nonsense&before=%F0%9F%98%B7",
    "after=W10",
    "after=WyJhIiwgIm5vbmUiXQ",
    "before=e30",
    "after=" + "A" * 5_000,
    "after=%00&q=%00",
    "q=" + "x" * 20_000,
    "%FF%FE=%80&q=%ED%A0%80",
    "from_on=9999-99-99&to_on=0000-00-00&place=x&kind=x&status=x&unit=x&role=x&item=x&reason=x",
    "q='%20OR%201=1--&place=1' OR '1'='1",
    "next=//evil.example&code=" + "9" * 400,
    "place=00000000-0000-4000-8000-000000000000&checklist=../../x&version=99999999999999999999",
    "done=x&mode=x&day=x&page=-1&limit=1e9&size=x&columns=999999999999&start=-5&copies=1e9",
]
ENDINGS = matrix.all_of("endings")
NUMBERS = {endpoint: number for number, endpoint in enumerate(sorted(district.OWNERS))}
FEATURES = pytest.mark.parametrize("feature", matrix.features())


@pytest.fixture
def world(app):
    return district.build(app, is_lazy=True)


@pytest.fixture
def is_long(request):
    return request.config.getoption("--long")


def is_asked(endpoint, database, is_long):
    """Whether this database meets the form: SQLite half of them, PostgreSQL every fourth, with --long each all."""
    return is_long or NUMBERS[endpoint] % 4 in ((3,) if database == "postgresql" else (0, 2))


def ordered(world, method, feature):
    """Its addresses; those that end the session of whoever asks come last."""
    return sorted(district.addresses(world, method, feature), key=lambda address: address[0] in ENDINGS)


class Watch:
    """Sends, and notes every answer that is ours to blame and every refusal that left something behind."""

    def __init__(self, world):
        self.world, self.faults, self.kept = world, [], district.rows(world.app, district.NOTED)
        self.statuses = []

    def send(self, endpoint, path, method, label, body, content_type=FORM):
        client = self.world.clients[district.who(endpoint)]
        body = body if isinstance(body, bytes) else body.encode()
        given = {"input_stream": io.BytesIO(body), "content_length": len(body), "content_type": content_type}
        with client.open(path, method=method, **given) as answer:
            status = answer.status_code
        self.statuses.append(status)
        now = self.kept if method == "GET" else district.rows(self.world.app, district.NOTED)
        if status >= 500 or (status >= 400 and now != self.kept):
            changed = {name: count - self.kept[name] for name, count in now.items() if count != self.kept[name]}
            self.faults.append((endpoint, method, label, status, changed))
        self.kept = now


@FEATURES
def test_no_value_in_any_field_breaks_anything(world, feature, database, is_long):
    """One field at a time, each form on one database. All fields at once, which mostly fails before any, on SQLite:
    every form meets an eighth of the values and every value an eighth of the forms. All of them on both with --long.
    """
    forms, watch, turns = district.fields_of_forms(world, feature), Watch(world), cycle(VALUES)
    share = 1 if is_long else 8
    for endpoint, path in ordered(world, "POST", feature):
        offered = {name: value for name, value in forms.get(path, {}).items() if name != "csrf_token"}
        offered = offered or {"q": "", "reason": "", "text": ""}
        for value in VALUES[NUMBERS[endpoint] % share :: share] if database == "sqlite" else ():
            watch.send(endpoint, path, "POST", repr(value)[:40], district.encoded(dict.fromkeys(offered, value)))
        for name, value in zip(offered, turns, strict=False) if is_asked(endpoint, database, is_long) else ():
            fields = offered | ({"uuid": str(uuid4())} if "uuid" in offered else {}) | {name: value}
            watch.send(endpoint, path, "POST", (name, repr(value)[:40]), district.encoded(fields))
    assert watch.faults == []
    if feature == "supplies":
        assert 422 in watch.statuses, "some of it should have been refused as a bad form"


@FEATURES
def test_no_blank_in_any_field_breaks_anything(world, feature, database, is_long):
    """All other fields are filled, so that a required number which is blank reaches its table or is asked for."""
    forms, watch, turns = district.fields_of_forms(world, feature, chosen=True), Watch(world), cycle(BLANKS)
    share = 1 if is_long else len(BLANKS)
    for endpoint, path in ordered(world, "POST", feature):
        offered = {name: value or "1" for name, value in forms.get(path, {}).items() if name != "csrf_token"}
        for blank in BLANKS[NUMBERS[endpoint] % share :: share] if database == "sqlite" else ():
            watch.send(endpoint, path, "POST", repr(blank), district.encoded(dict.fromkeys(offered, blank)))
        for name, blank in zip(offered, turns, strict=False) if is_asked(endpoint, database, is_long) else ():
            fields = offered | ({"uuid": str(uuid4())} if "uuid" in offered else {}) | {name: blank}
            watch.send(endpoint, path, "POST", (name, repr(blank)), district.encoded(fields))
    assert watch.faults == []


@pytest.mark.only_on("sqlite")  # what is no form reaches no database
@FEATURES
def test_no_body_of_any_shape_breaks_anything(world, feature, is_long):
    """Every address takes a third of the bodies in turn, all of them with --long."""
    watch, share = Watch(world), 1 if is_long else 3
    for method in ("POST", "PUT"):
        for endpoint, path in ordered(world, method, feature):
            for number, (content_type, body) in list(enumerate(BODIES))[NUMBERS[endpoint] % share :: share]:
                watch.send(endpoint, path, method, number, body, content_type)
    assert watch.faults == []


@FEATURES
def test_no_query_of_any_page_breaks_anything(world, feature, database, is_long):
    """Every page is asked a quarter of them in turn, another one on each database; all of them on both with --long."""
    faults, share, shift = [], 1 if is_long else 4, 2 * (database == "postgresql")
    for endpoint, path in district.addresses(world, "GET", feature):
        for query in QUERIES[(NUMBERS[endpoint] + shift) % share :: share]:
            with world.clients[district.who(endpoint)].get(f"{path}?{query}") as answer:
                if answer.status_code >= 500:
                    faults.append((endpoint, query[:40], answer.status_code))
    assert faults == []


@pytest.mark.only_on("sqlite")
def test_no_method_and_no_bad_id_breaks_any_address(world):
    faults = []
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method, bad in (("GET", "x"), ("POST", "%00"), ("TRACE", "%ff"), ("DELETE", "0" * 300), ("PUT", "..%2f")):
            path = "".join(bad if dynamic else text for dynamic, text in rule._trace if text != "|")
            with world.clients["spare"].open(path, method=method) as answer:
                status = answer.status_code
            if status >= 500 or (method in ("TRACE", "DELETE") and status < 400):
                faults.append((method, path[:60], status))
    assert faults == []
