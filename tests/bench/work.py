"""What is measured of a running server: each job as a person or a device does it, in whole requests."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.bench.client import request
from tests.faults import live
from tests.support import poster
from tests.support.browser import PASSWORD
from tests.support.device import HEADERS, Device

GS1 = "(01)06901234567892(17)271231(10)A213B1"
Ask = Callable[[int], bytes]
BATCH, SEALED_AHEAD = 20, 150


@dataclass(frozen=True, slots=True)
class Job:
    """`ask(number)` makes the number-th request. `floor` is the path of the floor it is held against; `goal` the share
    of it, `rate` in a second, `p95` milliseconds: what was asked for. An answer counts `each` times towards the rate.
    """

    name: str
    ask: Ask
    floor: str = ""
    goal: float | None = None
    rate: float | None = None
    p95: float | None = None
    clients: int = 8
    each: int = 1


class Person:
    """Somebody who is signed in to a running server."""

    def __init__(self, port: int, username: str) -> None:
        self.port = port
        self.cookie = poster.sign_in(port, username, PASSWORD)

    def open(self, path: str) -> tuple[str, str]:
        """The page at a path and where it led."""
        for _step in range(3):
            status, headers, page = poster.ask(self.port, "GET", path, cookie=self.cookie)
            self.cookie = poster.cookie_of(headers) or self.cookie
            if status != 303:
                assert status == 200, (path, status, page[:300])
                return path, page
            path = headers["Location"]
        raise AssertionError(f"{path} leads on and on")

    def get(self, path: str) -> Ask:
        wanted = request("GET", self.open(path)[0], cookie=self.cookie)
        return lambda _number: wanted

    def post(
        self,
        path: str,
        fields: dict[str, str],
        fresh: Callable[[int], dict[str, str]] = lambda _n: {},
        headers: str = "",
    ) -> Ask:
        def ask(number: int) -> bytes:
            body = urlencode(fields | fresh(number)).encode()
            return request("POST", path, cookie=self.cookie, body=body, headers=headers)

        return ask


def jobs(port: int) -> Iterator[Job]:
    """Every job of the table, in its order."""
    gate, keeper, auditor, commander = (Person(port, n) for n in ("gatekeeper", "keeper", "auditor", "commander"))
    for clients in (1, 8):
        yield Job("arrival", arrival(gate), "/arrivals", goal=0.25, clients=clients)
    yield Job("slip of one line", slip(keeper), "/arrivals", goal=0.25, p95=60)
    yield Job("scan at the counter", scan(keeper), rate=300, p95=60)
    yield Job("entries in envelopes", batches(port), rate=500, each=BATCH)
    for path in ("/checkpoints/visits", "/supplies/slips", "/inspections", "/supplies"):
        yield Job(f"list {path}", auditor.get(path), "/arrivals", rate=200)
    yield Job("Today", commander.get("/"), "/arrivals", rate=200)
    yield Job("gate page", gate.get("/checkpoints"), "/arrivals", rate=200)


def arrival(gate: Person) -> Ask:
    path, page = gate.open("/checkpoints")
    fields = {"csrf_token": poster.token_in(page), "place": hidden(page, "place"), "decision": "pass"}
    fields |= {"origin": "本区青石镇", "celsius": "36.5", "companions": "0", "purpose": "送货"}
    return gate.post(path.replace("/gate", "/visits"), fields, _visitor)


def _visitor(number: int) -> dict[str, str]:
    uuid = uuid4()
    return {"uuid": str(uuid), "name": "张三", "phone": f"138{uuid.int % 10**8:08d}"}


def scan(keeper: Person) -> Ask:
    path, page = keeper.open("/supplies/counter")
    fields = {"csrf_token": poster.token_in(page), "mode": "in", "place": hidden(page, "place"), "code": GS1}
    _status, _headers, page = poster.ask(keeper.port, "POST", path, fields, keeper.cookie)
    filled = controls(page) | {"act": "scan", "mode": "in", "code": GS1}
    return keeper.post(path, filled, headers="HX-Request: true\r\n")


def slip(keeper: Person) -> Ask:
    path, page = keeper.open("/supplies/counter")
    fields = {"csrf_token": poster.token_in(page), "mode": "in", "place": hidden(page, "place"), "code": GS1}
    _status, _headers, page = poster.ask(keeper.port, "POST", path, fields, keeper.cookie)
    filled = controls(page) | {"act": "confirm", "mode": "in", "reason": "purchase"}
    return keeper.post(path, filled, lambda _number: {"uuid": str(uuid4())})


def batches(port: int) -> Ask:
    """Batches of sealed arrivals, each from the queue of a device; those of the first seconds are sealed beforehand."""
    device = Device(live.Caller(port, "gatekeeper", PASSWORD))
    place = hidden(Person(port, "gatekeeper").open("/checkpoints")[1], "place")
    fields = {"place": place, "decision": "pass", "origin": "本区青石镇", "celsius": "36.5", "companions": "0"}

    def batch() -> bytes:
        envelopes = [device.seal("visit.in", fields | _visitor(0)) for _ in range(BATCH)]
        path, raw = "/sync/envelopes", json.dumps(device.batch(*envelopes)).encode()
        signed = {"Content-Type": "application/json", "X-Frontline-Device": device.signature(path, raw)}
        headers = "".join(f"{name}: {value}\r\n" for name, value in (HEADERS | signed).items())
        return request("POST", path, cookie=device.client.cookie, body=raw, headers=headers)

    sealed = [batch() for _ in range(SEALED_AHEAD)]
    return lambda number: sealed[number] if number < len(sealed) else batch()


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def controls(page: str) -> dict[str, Any]:
    """What the inputs and selects of a page hold."""
    form = page[page.index('id="counter-form"') :]
    held = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        if chosen := re.search(r'<option value="([^"]*)"[^>]*selected', options):
            held[name] = chosen[1]
    return held
