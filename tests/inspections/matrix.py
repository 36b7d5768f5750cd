"""The rows of inspections in the tests that walk all features."""

from uuid import uuid4

from tests.inspections.conftest import filled
from tests.support.matrix import Rows
from webapp.extensions import db
from webapp.inspections.kinds import INSPECTION
from webapp.inspections.models import InspectionFinding
from webapp.kernel.access import Role

READERS = {"inspector", "approver", "commander", "auditor"}


def record(world):
    uuid = uuid4()
    check = filled(world.hospital, uuid=str(uuid), no_bypass="no", no_bypass__note=world.note)
    world.deliver(INSPECTION, check, "inspector")
    finding = db.session.scalars(db.select(InspectionFinding.id)).one()
    return {"inspection_id": uuid, "record_id": uuid, "finding_id": finding, "finding": finding, "act": "answer"}


ROWS = Rows(
    access={
        "inspections.act": {"inspector", "commander"},
        "inspections.correct": {"inspector", "commander"},
        "inspections.finding": READERS,
        "inspections.findings": READERS,
        "inspections.index": READERS,
        "inspections.new": {"inspector"},
        "inspections.paper": READERS,
        "inspections.photo": READERS,
        "inspections.record": {"inspector"},
        "inspections.show": READERS,
        "inspections.void": {"inspector", "commander"},
    },
    record=record,
    queries={"inspections.act": {"finding"}},
    first_acts={Role.INSPECTOR: "/inspections/new"},
    takes_files={"inspections.act", "inspections.correct", "inspections.record"},
    not_pages={"inspections.photo"},
    without_records={Role.APPROVER: {"inspections.show", "inspections.paper", "inspections.finding"}},
)
