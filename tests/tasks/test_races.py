"""Two persons act on one assignment at the same moment, each through a page of their own."""

from threading import Barrier, Thread
from uuid import uuid4

from sqlalchemy import func, select

from tests.support import masters
from webapp.extensions import db
from webapp.tasks.models import Task, TaskStep
from webapp.tasks.rules import TaskState

ROUNDS = 3


def at_once(*requests):
    """Post each (client, act, fields) from a thread of its own at the same moment; gives their statuses in order."""
    gate, statuses = Barrier(len(requests)), [0] * len(requests)

    def post(number, client, act, fields):
        gate.wait(30)
        answer = client.post(f"/assignments/acts/{act}", data=fields | {"uuid": str(uuid4())})
        statuses[number] = answer.status_code

    threads = [Thread(target=post, args=(number, *request)) for number, request in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return statuses


def standing(street, task):
    """The state and unit of an assignment, and the number of its steps."""
    with street.app.app_context():
        row = db.session.get_one(Task, task)
        steps = select(func.count()).where(TaskStep.task_id == task)
        return row.state, row.unit_id, db.session.scalar(steps)


def test_of_two_owners_who_finish_at_once_one_is_recorded(street, give):
    clerk, second = (masters.signed_in(street.app, name) for name in ("clerk", "second"))
    for _round in range(ROUNDS):
        with street.app.app_context():
            task = give()
        done = {"task": str(task), "note": "已办"}
        statuses = at_once((clerk, "done", done), (second, "done", done))
        assert sorted(statuses) == [303, 409]
        assert standing(street, task) == (TaskState.DONE, street.here, 2)


def test_what_is_handed_on_while_it_is_done_is_one_of_the_two(street, give):
    """The owner before may find it gone, no longer theirs, or moved."""
    clerk, leader = (masters.signed_in(street.app, name) for name in ("clerk", "commander"))
    for _round in range(ROUNDS):
        with street.app.app_context():
            task = give()
        done = {"task": str(task), "note": "已办"}
        finished, handed = at_once(
            (clerk, "done", done), (leader, "hand-on", done | {"unit": str(street.beside), "note": "另派"})
        )
        if finished == 303:
            assert handed == 409
            assert standing(street, task) == (TaskState.DONE, street.here, 2)
        else:
            assert (finished in (403, 404, 409), handed) == (True, 303)
            assert standing(street, task) == (TaskState.GIVEN, street.beside, 2)
