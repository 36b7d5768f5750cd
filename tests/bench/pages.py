"""What a page costs without a clock on the wall: CPU and statements of each, and the bytes a cold browser fetches."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient

from tests.bench.report import Figure
from tests.support.browser import PASSWORD
from tests.support.counting import counted
from tests.support.poster import token_in
from webapp import FEATURES, create_app
from webapp.config import Settings

ROUNDS = 15
COLD = (
    ("gatekeeper", "/checkpoints"),
    ("keeper", "/supplies/counter"),
    ("inspector", "/inspections/new?checklist=hospital-wastewater"),
    ("commander", "/"),
    ("auditor", "/checkpoints/visits"),
)
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+)["']""")


def measured(instance: Path) -> Iterator[Figure]:
    """Every list and every page of the bar, as the person who may open it; then the weight of the main pages."""
    app = opened(instance)
    clients: dict[str, FlaskClient] = {}
    for role, path in _pages(app):
        client = clients.get(role) or clients.setdefault(role, signed_in(app, role))
        cpu, statements = cost(app, client, path)
        yield Figure(f"CPU {path}", "1k", "sqlite", cpu, "ms", "less", goal="<= 8 ms", holds=cpu <= 8)
        yield Figure(f"statements {path}", "1k", "sqlite", statements, "", "less")
    for role, path in COLD:
        client = clients.get(role) or clients.setdefault(role, signed_in(app, role))
        size, requests = weight(client, path)
        yield Figure(f"cold {path} ({role})", "1k", "sqlite", size, "kB", "less", goal="<= 60 kB", holds=size <= 60)
        yield Figure(f"requests of it ({role})", "1k", "sqlite", requests, "", "less")


def _pages(app) -> Iterator[tuple[str, str]]:
    """A role that opens it and the path of each page in the navigation, once."""
    with app.test_request_context():
        from flask import url_for

        named: dict[str, str] = {}
        for feature in FEATURES:
            for entry in feature.navigation:
                role = next((role.value for role in entry.roles if role.value in DEMO), None)
                if role:
                    named.setdefault(url_for(entry.endpoint), role)
    yield from ((role, path) for path, role in named.items())


DEMO = ("auditor", "commander", "administrator", "keeper", "inspector", "gatekeeper", "approver", "clerk")


def opened(instance: Path) -> Flask:
    """The application on an instance with SQLite."""
    url = f"sqlite:///{instance}/frontline.db"
    app = create_app(Settings(instance=instance, database_url=url, secret_key="of the benchmark only", assets="local"))
    app.config["SESSION_COOKIE_SECURE"] = False
    return app


def signed_in(app, username: str) -> FlaskClient:
    client = app.test_client()
    token = token_in(client.get("/sign-in").text)
    fields = {"username": username, "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=fields, headers={"Referer": "http://localhost/"})
    assert answer.status_code == 303, answer.text[:300]
    return client


def cost(app, client: FlaskClient, path: str) -> tuple[float, int]:
    """Milliseconds of CPU (the least of ROUNDS) and statements of a page, when its caches are warm."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status_code)
    if answer.history:
        path = answer.request.path
    times = []
    for _round in range(ROUNDS):
        began = time.process_time()
        client.get(path)
        times.append((time.process_time() - began) * 1000)
    with counted(app) as statements:
        client.get(path)
    return min(times), len(statements)


def weight(client: FlaskClient, path: str) -> tuple[float, int]:
    """Kilobytes of compressed bodies and the number of requests of a page in a browser that has nothing.

    The page, its styles, its modules with all they import, and htmx.
    """
    answer = client.get(path, follow_redirects=True)
    page, base = answer.text, answer.request.path
    total, wanted = carried(client, base), set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', page))
    wanted |= set(re.findall(r'<script[^>]* src="([^"]+)"', page))
    wanted |= set(re.findall(r'data-local="([^"]+)"', page))
    seen: set[str] = set()
    while wanted:
        url = urljoin(base, wanted.pop())
        if url in seen or not url.startswith("/"):
            continue
        seen.add(url)
        body = client.get(url)
        total += carried(client, url)
        if url.endswith(".js"):
            wanted |= {urljoin(url, name) for name in _IMPORT.findall(body.text)}
    return total / 1000, len(seen) + 1


def carried(client: FlaskClient, path: str) -> int:
    """Bytes of an answer's body as a browser asks for it."""
    with client.get(path, headers={"Accept-Encoding": "gzip, br"}) as answer:
        return len(answer.data)
