"""Eight processes issue from one balance of 300: exactly 300 leave."""

from multiprocessing import get_context

from sqlalchemy import func, select

from tests.supplies.racer import issue
from webapp.extensions import db
from webapp.supplies import queries, service
from webapp.supplies.models import Balance, Move

PROCESSES, TRIES, STOCK = 8, 60, 300


def test_eight_processes_issue_exactly_what_there_is(app, house, deliver, line):
    with app.app_context():
        deliver(service.IN, [line(STOCK, "base", lot="R")], reason="purchase")
        db.session.remove()
        db.engine.dispose()
    context = get_context("spawn")
    gate, done = context.Barrier(PROCESSES), context.Queue()
    given = (app.config["SETTINGS"], house.keeper, house.here, house.item, TRIES, gate, done)
    racers = [context.Process(target=issue, args=given) for _ in range(PROCESSES)]
    for racer in racers:
        racer.start()
    issued = [done.get(timeout=120) for _ in racers]
    for racer in racers:
        racer.join(30)
    assert sum(issued) == STOCK
    assert [racer.exitcode for racer in racers] == [0] * PROCESSES
    with app.app_context():
        assert db.session.scalar(select(func.sum(Balance.on_hand))) == 0
        assert db.session.scalar(select(func.count()).select_from(Move)) == STOCK + 1
        assert queries.verify_ledger() == []
