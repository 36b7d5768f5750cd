"""Processes that need the same place at the same moment: one adds it, and none of the others fails."""

from collections import Counter

from tests.places.adder import add
from tests.support.processes import REAL
from webapp.extensions import db

PROCESSES, ROUNDS = 4, 150


def test_a_place_that_several_processes_add_is_added_once(app):
    """Code and code key are both unique: a conflict with the second, seen first, was an error on PostgreSQL."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    gate, done = REAL.Barrier(PROCESSES), REAL.Queue()
    adders = [REAL.Process(target=add, args=(app.config["SETTINGS"], ROUNDS, gate, done)) for _ in range(PROCESSES)]
    for adder in adders:
        adder.start()
    came = Counter(result for _ in adders for result in done.get(timeout=180))
    for adder in adders:
        adder.join(30)
    assert came == {True: ROUNDS, False: ROUNDS * (PROCESSES - 1)}
