"""The rows of units in the tests that walk all features."""

from tests.support.matrix import ADMIN, OVERSIGHT, Rows

ROWS = Rows(
    access={
        "units.add": ADMIN,
        "units.edit": ADMIN,
        "units.import_units": ADMIN,
        "units.index": OVERSIGHT | {"approver"},
        "units.unit": OVERSIGHT | {"approver"},
    },
    takes_files={"units.import_units"},
)
