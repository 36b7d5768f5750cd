"""The rows of publicity in the tests that walk all features."""

from uuid import uuid4

from tests.support.matrix import Rows, Sample, of_records
from webapp.kernel.access import Role
from webapp.publicity.kinds import PUBLICITY


def record(world):
    uuid, words = uuid4(), {"area": world.note, "note": world.note}
    log = {"means": "banner", "count": "5", "unit": str(world.unit), "place": str(world.gate), "from_on": "2026-11-02"}
    world.deliver(PUBLICITY, log | words | {"uuid": str(uuid)}, "clerk")
    return {"record_id": uuid}


ROWS = Rows(
    access=of_records(
        "publicity", recorders={"clerk"}, overseers={"commander"}, readers={"clerk", "commander", "auditor"}
    ),
    record=record,
    first_acts={Role.CLERK: "/publicity/new"},
    not_pages={"publicity.photo"},
    sample=Sample(
        typed={"means": "banner", "count": "６0", "place": "CP-03", "from_on": "2026-11-02"},
        required={"count", "place", "from_on"},
        wrong={"count": "many"},
        corrected={"count": "66"},
        shown={"zh": "60 条", "en": "60 banners"},
        shown_corrected={"zh": "66 条", "en": "66 banners"},
        listed="means=banner&since=2026-11-02&until=2026-11-02",
    ),
)
