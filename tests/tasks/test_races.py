"""Two persons act on one assignment at the same moment, each in a process of its own."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.support.processes import REAL
from tests.tasks.racer import run
from webapp.extensions import db
from webapp.tasks.models import Task, TaskStep
from webapp.tasks.rules import TaskState

ROUNDS = 16  # of each race: so often, because not every round meets
LATE = {"state-moved", "task-not-yours", "task-out-of-reach"}  # what the former owner finds


@pytest.fixture
def at_once(street):
    """at_once(acts, others): what came of each pair of acts, performed at once by two processes."""

    def at_once(*lanes):
        with street.app.app_context():
            db.session.remove()
            db.engine.dispose()
        gate, done = REAL.Barrier(len(lanes)), REAL.Queue()
        racers = [REAL.Process(target=run, args=(street.app.config["SETTINGS"], acts, gate, done)) for acts in lanes]
        for racer in racers:
            racer.start()
        outcomes = dict(done.get(timeout=120) for _racer in racers)
        for racer in racers:
            racer.join(30)
        return list(zip(*(outcomes[acts[0][0].username] for acts in lanes), strict=True))

    return at_once


def standing(task):
    """The state and unit of an assignment, and the number of its steps."""
    row = db.session.get_one(Task, UUID(task))
    steps = select(func.count()).where(TaskStep.task_id == row.id)
    return row.state, row.unit_id, db.session.scalar(steps)


def test_of_two_who_act_at_once_one_is_recorded_and_the_other_told(street, give, at_once):
    """Two owners finish it, or one finishes it while the leader hands it on."""
    with street.app.app_context():
        tasks = [str(give()) for _round in range(2 * ROUNDS)]
    finished, handed = tasks[:ROUNDS], tasks[ROUNDS:]
    clerk, second, commander = (street.by[name] for name in ("clerk", "second", "commander"))
    ours = [(clerk, "done", {"task": task}) for task in tasks]
    theirs = [(second, "done", {"task": task}) for task in finished]
    theirs += [(commander, "hand-on", {"task": task, "unit": str(street.beside)}) for task in handed]
    outcomes = at_once(ours, theirs)
    assert all(set(pair) == {"done", "state-moved"} for pair in outcomes[:ROUNDS]), outcomes
    with street.app.app_context():
        assert {standing(task) for task in finished} == {(TaskState.DONE, street.here, 2)}
        for task, (by_owner, by_leader) in zip(handed, outcomes[ROUNDS:], strict=True):
            if by_owner == "done":
                assert by_leader == "state-moved"
                assert standing(task) == (TaskState.DONE, street.here, 2)
            else:
                assert (by_owner in LATE, by_leader) == (True, "done")
                assert standing(task) == (TaskState.GIVEN, street.beside, 2)
