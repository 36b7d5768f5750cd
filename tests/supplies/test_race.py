"""Eight real processes at once on one balance: exactly what is there leaves, one count wins, a slip is undone once."""

import multiprocessing
from collections import Counter

import pytest
from sqlalchemy import func, select

from tests.supplies.racer import race, swap
from webapp.extensions import db
from webapp.supplies import kinds, queries
from webapp.supplies.models import Balance, Move

PROCESSES, TRIES, STOCK = 8, 42, 300
# Processes of their own, forked from one that has nothing open: to import the application eight times takes longest.
REAL = multiprocessing.get_context("forkserver")
REAL.set_forkserver_preload(["tests.supplies.racer"])


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


def test_slips_with_the_same_new_batches_in_another_order_do_not_wait_for_each_other(app, house):
    """Four at once, every second one in reverse: on PostgreSQL 27 of 48 were deadlocks."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    racers, rounds, batches = 4, 12, 30
    gate, done = REAL.Barrier(racers), REAL.Queue()
    started = []
    for number in range(racers):
        order = range(batches) if number % 2 else reversed(range(batches))
        fields = {"place": str(house.here), "reason": "purchase"}
        for line, batch in enumerate(order):
            fields |= {f"lines-{line}-item": str(house.item), f"lines-{line}-lot": f"D{{round}}-{batch}"}
            fields |= {f"lines-{line}-quantity": "2", f"lines-{line}-expires_on": "2027-12-31"}
        given = (app.config["SETTINGS"], house.keeper, fields, rounds, gate, done)
        started.append(REAL.Process(target=swap, args=given))
        started[-1].start()
    came = Counter(one for _ in started for one in done.get(timeout=180))
    for racer in started:
        racer.join(30)
    assert came == {"done": racers * rounds}
    with app.app_context():
        assert held() == racers * rounds * batches * 2
        assert queries.verify_ledger() == []
