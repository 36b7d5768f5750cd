"""The rows of checkpoints in the tests that walk all features."""

from uuid import uuid4

from tests.checkpoints.conftest import ARRIVAL
from tests.support.matrix import Rows
from webapp.checkpoints.kinds import VISIT_IN
from webapp.kernel.access import Role

READERS = {"gatekeeper", "commander", "auditor"}


def record(world):
    uuid, words = uuid4(), {"name": world.name, "host": world.note, "purpose": world.note}
    world.deliver(VISIT_IN, ARRIVAL | words | {"place": str(world.gate), "uuid": str(uuid)}, "gatekeeper")
    return {"visit_id": uuid, "place_id": world.gate}


ROWS = Rows(
    access={
        "checkpoints.again": {"gatekeeper"},
        "checkpoints.choose": {"gatekeeper"},
        "checkpoints.depart": {"gatekeeper"},
        "checkpoints.gate": {"gatekeeper"},
        "checkpoints.live": {"gatekeeper"},
        "checkpoints.look": {"gatekeeper"},
        "checkpoints.record": {"gatekeeper"},
        "checkpoints.search": READERS,
        "checkpoints.show": READERS,
        "checkpoints.undo": {"gatekeeper"},
        "checkpoints.undo_arrival": {"gatekeeper"},
        "checkpoints.visits": READERS,
        "reveal.visit": {"gatekeeper", "commander"},
    },
    record=record,
    first_acts={Role.GATEKEEPER: "/checkpoints"},
    auditor_posts={"checkpoints.search"},
    not_pages={"checkpoints.live"},
)
