"""Eight real processes at once on one balance: exactly what is there leaves, one count wins, a slip is undone once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from tests.supplies.racer import race, swap
from tests.support.processes import REAL
from webapp.extensions import db
from webapp.supplies import kinds, queries
from webapp.supplies.models import Balance, Move, Slip
from webapp.supplies.rules import SlipKind

PROCESSES, TRIES, STOCK = 8, 42, 300


@pytest.fixture
def at_once(app, house):
    """at_once(kind, fields, tries): what came of the act in eight processes, counted."""

    def at_once(kind, fields, tries=1):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        gate, done = REAL.Barrier(PROCESSES), REAL.Queue()
        given = (app.config["SETTINGS"], house.keeper, kind, {"place": str(house.here)} | fields, tries, gate, done)
        racers = [REAL.Process(target=race, args=given) for _ in range(PROCESSES)]
        for racer in racers:
            racer.start()
        came = Counter(one for _ in racers for one in done.get(timeout=120))
        for racer in racers:
            racer.join(30)
        assert [racer.exitcode for racer in racers] == [0] * PROCESSES
        assert came.total() == PROCESSES * tries
        return came

    return at_once


@pytest.fixture
def received(app, house, deliver, line):
    """300 bottles of batch R; gives the slip."""
    with app.app_context():
        return deliver(kinds.IN, [line(STOCK, "base", lot="R")], reason="purchase").receipt.uuid


def bottle(house, **more):
    return {"lines-0-item": str(house.item), "lines-0-lot": "R"} | more


def held():
    return db.session.scalar(select(func.sum(Balance.on_hand)))


def test_eight_processes_issue_exactly_what_there_is(app, house, received, at_once):
    fields = bottle(house, **{"lines-0-quantity": "1", "reason": "issue", "counterparty": "窗口"})
    came = at_once("stock.out", fields, TRIES)
    assert came == {"done": STOCK, "stock-short": PROCESSES * TRIES - STOCK}
    with app.app_context():
        assert held() == 0
        assert db.session.scalar(select(func.count()).select_from(Move)) == STOCK + 1
        assert queries.verify_ledger() == []
        numbers = db.session.scalars(select(Slip.number).where(Slip.kind == SlipKind.OUT)).all()
    assert sorted(int(number.split("-")[1]) for number in numbers) == list(range(1, STOCK + 1)), "none twice, no gap"


def test_of_eight_counts_against_the_same_book_one_is_taken(app, house, received, at_once):
    came = at_once("stock.count", bottle(house, **{"lines-0-quantity": "290", "lines-0-book": str(STOCK)}))
    assert came == {"done": 1, "count-changed": PROCESSES - 1}
    with app.app_context():
        assert held() == 290
        assert queries.verify_ledger() == []


def test_a_slip_undone_by_eight_at_once_is_undone_once(app, received, at_once):
    came = at_once("stock.undo", {"slip": str(received)})
    assert came["done"] == 1
    assert set(came) <= {"done", "slip-undone-already", "undo-goods-gone"}  # the later ones see the slip or the shelf
    with app.app_context():
        assert held() == 0
        assert queries.verify_ledger() == []


@pytest.fixture
def together(app, house):
    """together(acts, rounds): deliver acts (kind, fields), each by a process of its own, round by round; what came."""

    def together(acts, rounds):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        gate, done = REAL.Barrier(len(acts)), REAL.Queue()
        racers = []
        for kind, fields in acts:
            given = (app.config["SETTINGS"], house.keeper, kind, {"place": str(house.here)} | fields)
            racers.append(REAL.Process(target=swap, args=(*given, rounds, gate, done)))
            racers[-1].start()
        came = Counter(one for _ in racers for one in done.get(timeout=180))
        for racer in racers:
            racer.join(30)
        return came

    return together


def new_batches(house, names):
    """Goods in of two bottles of each of these batches."""
    fields = {"reason": "purchase"}
    for line, name in enumerate(names):
        fields |= {f"lines-{line}-item": str(house.item), f"lines-{line}-lot": name}
        fields |= {f"lines-{line}-quantity": "2", f"lines-{line}-expires_on": "2027-12-31"}
    return "stock.in", fields


def test_slips_with_the_same_new_batches_in_another_order_do_not_wait_for_each_other(app, house, together):
    """Four at once, every second one in reverse: on PostgreSQL 27 of 48 were deadlocks."""
    racers, rounds, batches = 4, 12, 30
    names = [f"D{{round}}-{batch}" for batch in range(batches)]
    acts = [new_batches(house, names if number % 2 else reversed(names)) for number in range(racers)]
    assert together(acts, rounds) == {"done": racers * rounds}
    with app.app_context():
        assert held() == racers * rounds * batches * 2
        assert queries.verify_ledger() == []


@pytest.mark.parametrize("scope", ["warehouse", "items"])
def test_a_full_count_misses_no_batch_that_comes_in_at_the_same_moment(app, house, received, together, scope):
    """Whichever is first: goods that stand before the count are counted as 0, those after it stay."""
    rounds, batches = 12, 6
    acts = [new_batches(house, [f"R{number}-{{round}}-{batch}" for batch in range(batches)]) for number in range(3)]
    acts.append(("stock.count", bottle(house, **{"lines-0-quantity": str(STOCK), "scope": scope})))
    assert together(acts, rounds) == {"done": len(acts) * rounds}
    with app.app_context():
        assert queries.verify_ledger() == []
