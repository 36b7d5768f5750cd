"""How many pages, searches, scans and records a second, and how long the slowest wait."""

import re
from uuid import uuid4

import pytest

from tests.bench.runner import load
from tests.faults import poster
from tests.support.browser import PASSWORD

PLATE = "赣FA1234"
GS1 = "(01)06901234567892(17)271231(10)A213B1"
SLOWEST_P95_MS = 5_000  # not a goal: what is slower than this is broken


@pytest.fixture
def measure(server, record_property):
    """measure(what, username, ask, **bounds): run it and report it; `ask` is built from the page `start` shows."""

    def measure(what, username, start, build):
        cookie = poster.sign_in(server.port, username, PASSWORD)
        status, headers, page = poster.ask(server.port, "GET", start, cookie=cookie)
        if status == 303:
            start = headers["Location"]
            status, headers, page = poster.ask(server.port, "GET", start, cookie=cookie)
        assert status == 200, page
        cookie = poster.cookie_of(headers) or cookie
        result = load(server.port, cookie, build(start, page))
        assert result.wrong == (), result.wrong[:3]
        record_property("bench", [what, *result.row])
        assert result.row[3] < SLOWEST_P95_MS

    return measure


def hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def test_today(measure):
    measure("Today", "commander", "/", lambda start, _page: lambda _n: ("GET", start, None))


def test_the_list_of_visits(measure):
    measure("list of visits", "auditor", "/checkpoints/visits", lambda start, _page: lambda _n: ("GET", start, None))


def test_a_look_at_the_gate(measure):
    def build(start, page):
        fields = {"csrf_token": poster.token_in(page), "q": PLATE}
        return lambda _n: ("POST", start.replace("/gate", "/look"), fields)

    measure("look at the gate", "gatekeeper", "/checkpoints", build)


def test_a_scan_at_the_counter(measure):
    def build(start, page):
        fields = {"csrf_token": poster.token_in(page), "mode": "in", "place": hidden(page, "place"), "code": GS1}
        return lambda _n: ("POST", start, fields)

    measure("scan at the counter", "keeper", "/supplies/counter", build)


def test_an_arrival(measure):
    """The whole entry: form, rule, sealed columns, journal, one durable transaction."""

    def build(start, page):
        base = {"csrf_token": poster.token_in(page), "place": hidden(page, "place"), "decision": "pass"}
        base |= {"origin": "本区青石镇", "celsius": "36.5", "companions": "0", "purpose": "送货"}
        path = start.replace("/gate", "/visits")

        def ask(number):
            return "POST", path, base | {"uuid": str(uuid4()), "name": f"张{number}", "phone": f"138{number:08d}"}

        return ask

    measure("arrival (an entry)", "gatekeeper", "/checkpoints", build)
