"""The rows of supplies in the tests that walk all features."""

from uuid import uuid4

from tests.support import catalogue
from tests.support.matrix import Rows
from webapp.kernel.access import Role
from webapp.supplies import kinds, queries

READERS = {"keeper", "approver", "commander", "auditor", "administrator"}
MASTERS = {"keeper", "administrator"}


def record(world):
    uuid = uuid4()
    catalogue.load(world.by["keeper"])
    item = queries.find_item_by_code("XS-02")
    line = {"item": item.id, "quantity": 3, "measure": item.packs[0].id, "lot": "A1", "expires_on": "2030-12-31"}
    head = {"place": world.warehouse, "uuid": uuid, "reason": "purchase", "note": world.note}
    fields = head | {f"lines-0-{field}": value for field, value in line.items()}
    item_id = item.id
    world.deliver(kinds.IN, {name: str(value) for name, value in fields.items()}, "keeper")
    return {"item_id": item_id, "slip_id": uuid}


ROWS = Rows(
    access={
        "supplies.barcode_new": MASTERS,
        "supplies.barcode_remove": MASTERS,
        "supplies.catalogue": MASTERS,
        "supplies.counter": {"keeper"},
        "supplies.dated": READERS,
        "supplies.import_items": {"keeper"},
        "supplies.item": READERS,
        "supplies.item_edit": MASTERS,
        "supplies.item_labels": READERS,
        "supplies.item_ledger": READERS,
        "supplies.item_new": MASTERS,
        "supplies.items": READERS,
        "supplies.ledger_check": {"keeper", "commander", "auditor", "administrator"},
        "supplies.lot_expiry": MASTERS,
        "supplies.pack_new": MASTERS,
        "supplies.slip": READERS,
        "supplies.slip_labels": READERS,
        "supplies.slip_print": READERS,
        "supplies.slips": READERS,
        "supplies.to_count": READERS,
        "supplies.turnover": READERS,
        "supplies.undo": {"keeper"},
        "supplies.explain": {"keeper"},
    },
    record=record,
    first_acts={Role.KEEPER: "/supplies/counter", Role.APPROVER: "/supplies"},
    takes_files={"supplies.import_items"},
    in_common={
        "supplies.barcode_new",
        "supplies.barcode_remove",
        "supplies.item",
        "supplies.item_edit",
        "supplies.item_labels",
        "supplies.item_ledger",
        "supplies.lot_expiry",
        "supplies.pack_new",
    },
)
