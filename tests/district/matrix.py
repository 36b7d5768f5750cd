"""The rows of district in the tests that walk all features."""

from tests.support.matrix import ADMIN, OVERSIGHT, Rows

ROWS = Rows(
    access={
        "district.edit": ADMIN,
        "district.keep": ADMIN,
        "district.preferences": OVERSIGHT,
    },
)
