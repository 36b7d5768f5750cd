"""The rows of assignments in the tests that walk all features."""

from datetime import timedelta
from uuid import uuid4

from tests.support.matrix import EVERYBODY, Rows
from webapp.kernel import clock
from webapp.kernel.access import OF_A_PLACE, Role
from webapp.tasks.kinds import GIVE, STEPS

WITHOUT = (*OF_A_PLACE, Role.ADMINISTRATOR, Role.TRAFFIC_POLICE)
GIVERS = {"commander", "approver", "administrator"}


def record(world):
    """Two: one to be done, and one that was done and is to be checked."""
    due = clock.local(clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    ids = [uuid4(), uuid4()]
    for uuid in ids:
        given = {"what": world.note, "details": world.note, "unit": str(world.unit), "due": due, "uuid": str(uuid)}
        world.deliver(GIVE, given, "commander")
    world.deliver(STEPS["done"], {"task": str(ids[1]), "note": world.note, "uuid": str(uuid4())}, "clerk")
    return {"task_id": ids[0], "task": ids[0], "act": "hand-on"}


ROWS = Rows(
    access={
        "tasks.act": EVERYBODY - {"auditor"},
        "tasks.index": EVERYBODY,
        "tasks.new": GIVERS,
        "tasks.photo": EVERYBODY,
        "tasks.give": GIVERS,
        "tasks.show": EVERYBODY,
        "tasks.urge": GIVERS,
    },
    record=record,
    queries={"tasks.act": {"task"}},
    takes_files={"tasks.act", "tasks.give"},
    not_pages={"tasks.photo"},
    without_records={role: {"tasks.act", "tasks.show"} for role in WITHOUT},
)
