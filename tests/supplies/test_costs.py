"""What a page asks of the database does not grow with its rows: as many queries for one line as for fifty."""

import re
from uuid import uuid4

import pytest

from tests.supplies.conftest import CODE
from tests.support import masters
from tests.support.counting import counted
from webapp.extensions import db
from webapp.supplies import kinds, queries

FEW, MANY = 2, 20


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def cost(app, keeper):
    """cost(method, url, **data): how many queries a request makes, after one that warmed the caches."""

    def cost(url, data=None):
        def ask():
            answer = keeper.get(url) if data is None else keeper.post(url, data=data)
            assert answer.status_code in (200, 409), answer.text[:500]

        ask()
        with counted(app) as said:
            ask()
        return len(said)

    return cost


def draft(app, house, mode, count):
    """A slip of so many lines, each of another item or lot."""
    with app.app_context():
        items = [house.item, *(item.id for item in queries.open_items())]  # the one in stock first
    data = {"mode": mode, "place": str(house.here), "reason": "", "code": "XS-02", "act": "scan"}
    for number in range(count):
        data |= {
            f"lines-{number}-item": str(items[number % len(items)]),
            f"lines-{number}-lot": f"L{number}",
            f"lines-{number}-quantity": "1",
            f"lines-{number}-expires_on": "2027-12-31",
        }
    return data


@pytest.mark.parametrize("mode", ["in", "out", "transfer", "count"])
def test_a_scan_costs_the_same_on_a_short_and_a_long_slip(app, stocked, cost, mode):
    """From two items on: the scanned one is not read again for its line."""
    short, long = (cost("/supplies/counter", draft(app, stocked, mode, n)) for n in (2, 50))
    assert 0 < long == short


def test_goods_that_are_short_cost_no_more_with_every_line(app, stocked, cost):
    short, long = (draft(app, stocked, "out", n) for n in (1, 50))
    short, long = (cost("/supplies/counter", fields | {"act": "refresh"}) for fields in (short, long))
    assert 0 < long == short


@pytest.fixture
def slips(app, stocked, deliver, line):
    """Grows the house to so many slips."""

    def slips(count):
        with app.app_context():
            for number in range(count):
                deliver(kinds.OUT, [line(1, "base")], reason="issue", other=stocked.hospital)
                deliver(kinds.IN, [line(1, lot=f"N{count}-{number}")], reason="purchase")

    return slips


@pytest.mark.parametrize("page", ["/supplies/items/{item}/ledger", "/supplies/items/{item}", "/supplies/counter"])
def test_lists_cost_the_same_with_few_and_many_rows(stocked, cost, slips, page):
    url = page.format(item=stocked.item)
    slips(FEW)
    few = cost(url)
    slips(MANY)
    assert 0 < cost(url) == few


def test_a_slip_costs_the_same_with_one_and_with_many_lines(app, stocked, cost, deliver, line):
    with app.app_context():
        one, many = (
            deliver(kinds.IN, [line(1, lot=f"M{n}") for n in range(count)], reason="purchase").receipt.uuid
            for count in (1, 50)
        )
    assert 0 < cost(f"/supplies/slips/{many}") == cost(f"/supplies/slips/{one}")
    assert cost(f"/supplies/slips/{many}/print") == cost(f"/supplies/slips/{one}/print")


def test_confirming_reads_once_and_writes_each_shelf_once(app, stocked, deliver, line):
    """A slip locks, changes and writes all its shelves at once: nothing is per line."""

    def reads(count):
        with app.app_context():
            lots = [line(1, lot=f"C{count}-{n}") for n in range(count)]
            deliver(kinds.IN, lots, reason="purchase")
            db.session.remove()
            with counted(app) as said:
                deliver(kinds.OUT, lots, reason="issue", other=stocked.hospital)
        assert sum(bool(re.match(r"UPDATE balance", one)) for one in said) == 1
        return len(said)

    assert 0 < reads(1) == reads(50)


LOCK_OF_SQLITE, LOCK_OF_POSTGRESQL = "BEGIN", "SELECT pg_advisory"
SLIP, SCAN = {"sqlite": 15, "postgresql": 16}, 5  # statements: PostgreSQL locks a person before it reads their grants


def asked_by(app, act):
    """How many statements an act sends besides locks, after one that warmed what is kept between requests."""
    act()
    with counted(app) as statements:
        act()
    cached = "FROM alert"  # what the frame of every page reads at most every ten seconds
    statements = [text for text in statements if cached not in text]
    return len([text for text in statements if not text.startswith((LOCK_OF_SQLITE, LOCK_OF_POSTGRESQL))])


def test_a_slip_of_one_line_and_a_scan_ask_no_more_than_their_budgets(app, stocked, keeper):
    fields = draft(app, stocked, "in", 1)

    def confirm():
        sent = fields | {"act": "confirm", "reason": "purchase", "code": "", "uuid": str(uuid4())}
        assert keeper.post("/supplies/counter", data=sent).status_code == 303

    def scan():
        scanned = {"mode": "in", "place": str(stocked.here), "code": CODE}
        assert keeper.post("/supplies/counter", data=scanned).status_code == 200

    with app.app_context():
        budget = SLIP[db.engine.dialect.name]
    assert (asked_by(app, confirm), asked_by(app, scan)) == (budget, SCAN)
