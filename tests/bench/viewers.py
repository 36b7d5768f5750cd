"""What it costs that many people have Today open: the processor time of the server while their pages poll."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from tests.bench import client
from tests.bench.client import request
from tests.bench.report import Figure
from tests.bench.work import Person, arrival
from tests.support.browser import Server

VIEWERS = 300
ROLES = ("commander", "clerk", "inspector", "gatekeeper", "keeper", "approver", "auditor", "administrator")
SHARE = 50  # per cent of one core, at most
_POLL = re.compile(r'hx-get="([^"]+)" hx-trigger="every (\d+)s"')
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Viewer:
    """A page of Today that is open: its person and the address that it polls, which says what it shows."""

    person: Person
    url: str
    seconds: int

    def poll(self, port: int) -> None:
        answer = client.ask(port, request("GET", self.url, cookie=self.person.cookie, headers="HX-Request: true\r\n"))
        assert answer[9:12] in (b"200", b"204"), answer[:300]
        if answer[9:12] == b"200":
            self.url = unescape(_POLL.search(answer.decode())[1])


def measured(server: Server, size: str, database: str, seconds: float) -> Iterator[Figure]:
    """300 viewers who poll as their pages say, at rest and while somebody records an arrival every second."""
    people = [Person(server.port, role) for role in ROLES]
    viewers = []
    for number in range(VIEWERS):
        url, interval = _POLL.search(people[number % len(people)].open("/today")[1]).groups()
        viewers.append(Viewer(people[number % len(people)], unescape(url), int(interval)))
    record = arrival(Person(server.port, "gatekeeper"))
    for name, is_busy in (("300 viewers of Today", False), ("the same with an arrival a second", True)):
        share = _share(server, viewers, max(seconds, min(viewers[0].seconds, seconds * 6)), record if is_busy else None)
        goal, holds = f"<= {SHARE} % of a core", share <= SHARE
        yield Figure(name, size, database, share, "%", "less", goal=goal, holds=holds)


def _share(server: Server, viewers: list[Viewer], seconds: float, record=None) -> float:
    """Per cent of one core that the server uses while the viewers poll, evenly over their interval."""
    rate, began, used = len(viewers) / viewers[0].seconds, time.perf_counter(), cpu_s(server.process.pid)
    recorded = 0
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))  # the interval of the pages
        viewers[number % len(viewers)].poll(server.port)
        if record and time.perf_counter() - began > recorded:
            client.ask(server.port, record(recorded))
            recorded += 1
    return 100 * (cpu_s(server.process.pid) - used) / (time.perf_counter() - began)


def cpu_s(group: int) -> float:
    """Seconds of processor time of a process group."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS
