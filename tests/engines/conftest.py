"""WebKit and Firefox before a line that can fail, on the demonstration district."""

from contextlib import ExitStack

import pytest

from tests.engines import engines
from tests.engines.page import WATCH, Page
from tests.faults.proxy import Line
from tests.support.browser import OWN

LOADER = "js/loader.js"  # the first script of every page


@pytest.fixture(scope="session")
def display():
    with engines.screen() as name:
        yield name


@pytest.fixture
def line(server):
    """The way to the server; `cut()` and `mend()` it."""
    relay = Line(server.port)
    relay.before[LOADER] = f"{OWN}\n{WATCH}".encode()
    yield relay
    relay.close()


@pytest.fixture
def open_engine(request, line):
    """open_engine("webkit", "phone"): an empty page of a new browser of that engine."""
    with ExitStack() as running:

        def open_engine(engine, size):
            if lacks := engines.missing(engine):
                pytest.skip(f"needs {lacks}")
            display = request.getfixturevalue("display") if engine == "webkit" else ""
            driver = running.enter_context(engines.started(engine, display, size))
            return Page(driver, line.url)

        yield open_engine


@pytest.fixture
def begin(open_engine):
    """begin(engine, size, username, path, parts): signed in, the worker rules the page, these parts are kept."""
    pages = []

    def begin(engine, size, username, path, *parts):
        page = open_engine(engine, size)
        pages.append(page)
        page.sign_in(username)
        page.open(path)
        page.wait("return navigator.serviceWorker.controller !== null")
        page.wait_until_kept(*parts)
        return page

    yield begin
    for page in pages:
        assert page.faults == []
