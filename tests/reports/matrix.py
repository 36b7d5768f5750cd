"""The rows of reports in the tests that walk all features."""

from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support.matrix import ADMIN, Rows
from webapp.reports.kinds import SIGNING

READERS = {"clerk", "commander", "auditor"}


def record(world):
    kind_id = office.set_up(world.unit, since=office.today(), name="每日疫情防控日报")
    due = office.due(kind_id, world.unit, office.today())
    fields = office.filled(due, t_l3=world.note)
    receipt = office.sign(SIGNING, MultiDict(fields), world.by["clerk"])
    return {"kind_id": kind_id, "due_id": due, "report_id": receipt.uuid}


ROWS = Rows(
    access={
        "reports.mine": {"clerk"},
        "reports.fill": {"clerk"},
        "reports.amend": {"clerk"},
        **dict.fromkeys(
            ("reports.index", "reports.evils", "reports.listed", "reports.show", "reports.expected"), READERS
        ),
        **dict.fromkeys(("reports.kinds", "reports.add_kind", "reports.edit_kind"), ADMIN),
    },
    record=record,
)
