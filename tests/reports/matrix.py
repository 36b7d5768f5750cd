"""The rows of reports in the tests that walk all features."""

from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support import masters
from tests.support.matrix import ADMIN, Rows
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.reports import service
from webapp.reports.kinds import SIGNING, UPWARD_SIGNING
from webapp.reports.layouts import queries as layouts
from webapp.reports.layouts.files import Checked

READERS = {"clerk", "commander", "auditor"}
UPWARD = ("sum_up", "sum_up_again", "consolidated", "consolidated_paper")  # a clerk without units below
SIGNERS = {"clerk", "commander"}
EVERYBODY, KEEPERS = READERS | ADMIN, ADMIN | {"commander"}
KEEPING = ("layout_names", "add_layout", "change_layout", "close_layout", "layout_file")
KEEPING = tuple(f"reports.{name}" for name in KEEPING)


def record(world):
    child = masters.unit(world.app, "U-01-1", world.unit)
    kind_id = office.set_up(world.unit, child, since=office.today(), name="每日疫情防控日报")
    due = office.due(kind_id, world.unit, office.today())
    fields = office.filled(due, t_l3=world.note)
    receipt = office.sign(SIGNING, MultiDict(fields), world.by["clerk"])
    of_child = office.filled(office.due(kind_id, child, office.today()), t_l3=world.note)
    office.sign(SIGNING, MultiDict(of_child), world.by["clerk"])
    summed = office.sign(UPWARD_SIGNING, office.summed(kind_id, world.unit, t_l3=world.note), world.by["clerk"])
    checked = Checked([("l2_day", "表", "A1", "")], False)
    layout = service.add_layout("市日报表", kind_id, b"PK", checked, by=world.by["commander"], at=clock.now())
    ids = {"layout_id": layout, "version_id": layouts.versions(layout)[0].id}
    asked = {"kind": kind_id, "unit": world.unit, "day": office.today().isoformat()}
    return {"kind_id": kind_id, "due_id": due, "report_id": receipt.uuid, "sum_id": summed.uuid} | ids | asked


ROWS = Rows(
    access={
        "reports.mine": {"clerk"},
        "reports.urge": {"commander"},
        "reports.fill": {"clerk"},
        "reports.amend": {"clerk"},
        **dict.fromkeys(("reports.sum_up", "reports.sum_up_again"), SIGNERS),
        **dict.fromkeys(("reports.paper", "reports.all_upward", "reports.consolidated"), READERS),
        **dict.fromkeys(("reports.consolidated_paper", "reports.filled_layout"), READERS),
        **dict.fromkeys(("reports.all_layouts", "reports.layout"), EVERYBODY),
        **dict.fromkeys(KEEPING, KEEPERS),
        "reports.return_report": {"commander"},
        **dict.fromkeys(
            ("reports.index", "reports.evils", "reports.listed", "reports.show", "reports.expected"), READERS
        ),
        **dict.fromkeys(("reports.kinds", "reports.add_kind", "reports.edit_kind", "reports.calendar"), ADMIN),
    },
    record=record,
    queries={"reports.sum_up": {"kind", "unit", "day"}},
    chosen={"reports.sum_up"},
    without_records={Role.CLERK: {f"reports.{name}" for name in UPWARD}},
    takes_files={"reports.add_layout", "reports.change_layout"},
    not_pages={"reports.filled_layout", "reports.layout_file"},
    in_common={"reports.layout", "reports.layout_file", "reports.filled_layout"},
)
