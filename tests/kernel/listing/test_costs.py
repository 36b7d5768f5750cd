"""What a list asks of the database does not grow with its rows: every list that a feature names, its page and files."""

import contextlib
import sys
from collections import Counter
from functools import partial
from types import ModuleType

import pytest

from tests.support import masters
from tests.support.counting import counted
from webapp import FEATURES
from webapp.kernel import pages as record_pages
from webapp.kernel.access import Role
from webapp.kernel.listing import Listing, pages, rows

LISTS = {listing.id: listing for feature in FEATURES for listing in feature.lists}
READERS = (Role.COMMANDER, Role.ADMINISTRATOR, Role.AUDITOR)
OWN = {"mine": (Role.INSPECTOR,), "alerts": (Role.INSPECTOR,)}  # lists of what the reader recorded, or is to do
FEW, MANY = 2, 30
EMPTY = {"tray", "devices", "runs"}  # of the demonstration
MOST_STATEMENTS = {
    "runs": 14,
    "persons": 7,
}  # of a page with more than its list; others 6, with the session's
MOST_CALLS = {"visits": 30_000, "inspections": 25_000}  # of functions; with entities 36,500 and 27,700


def shown_by(view):
    """The listings that a view's code names, of a module or of its own, or that of the kernel's pages of a kind."""
    if isinstance(view, partial):
        return [view.args[0].record.listing] if view.func is record_pages.index else []
    held = [view.__globals__.get(name) for name in view.__code__.co_names]
    modules = [one for one in held if isinstance(one, ModuleType)]
    named = [getattr(module, name, None) for module in modules for name in view.__code__.co_names]
    return [one for one in held + named if isinstance(one, Listing)]


def pages_of(app):
    """The address of each list with who reads it, by the list's id."""
    rules = [r for r in app.url_map.iter_rules() if "GET" in r.methods and "POST" not in r.methods and not r.arguments]
    found = {}
    for rule in rules:
        view = app.view_functions[rule.endpoint]
        for listing in shown_by(view):
            reader = next(role for role in OWN.get(listing.id, READERS) if role in view.allowed)
            found[listing.id] = (reader.value, rule.rule)
    return found


def test_every_list_that_a_page_shows_is_named_by_its_feature(built):
    assert set(pages_of(built)) == set(LISTS)
    assert len(LISTS) >= 10


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("code", LISTS)
def test_no_list_and_no_file_asks_more_for_more_rows(demonstration, monkeypatch, code):
    username, url = pages_of(demonstration)[code]
    client = masters.signed_in(demonstration, username)

    def cost(address):
        client.get(address)  # warms what is kept between requests
        with counted(demonstration) as statements:
            answer = client.get(address)
            assert (answer.status_code, bool(answer.get_data())) == (200, True), address
        return len(statements)

    costs = {}
    for size in (FEW, MANY):
        monkeypatch.setattr(pages, "PAGE", size)
        costs[size] = cost(url)
    formats = ["xlsx", "print", "csv", *(f"csv-{detail.code}" for detail in LISTS[code].details)]
    chunks = {}
    for size in (1, 500):  # rows a chunk: that many more chunks, each for the same
        monkeypatch.setattr(rows, "CHUNK", size)
        chunks[size] = max(cost(f"{url}?format={kind}") for kind in formats)
    assert costs[MANY] <= min(costs[FEW], MOST_STATEMENTS.get(code, 6))
    assert chunks[500] <= costs[FEW] + 8
    is_short = chunks[1] < chunks[500] + FEW
    assert is_short == (code in EMPTY), "so that the assertions above can fail, a list needs rows"


@contextlib.contextmanager
def called():
    """Count the function calls of this thread, in Python and in C."""
    calls = Counter()
    sys.setprofile(lambda _frame, event, _argument: calls.update((event,)))
    try:
        yield calls
    finally:
        sys.setprofile(None)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("code", MOST_CALLS)
def test_a_full_page_makes_few_calls(demonstration, code):
    username, url = pages_of(demonstration)[code]
    client = masters.signed_in(demonstration, username)
    client.get(url)  # warms what is kept between requests
    with called() as events:
        answer = client.get(url)
    assert answer.text.count("row-link") > 40
    assert 0 < events["call"] + events["c_call"] < MOST_CALLS[code]
