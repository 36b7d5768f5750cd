"""The rows of standards in the tests that walk all features."""

from tests.support.matrix import EVERYBODY, Rows

ROWS = Rows(
    access={
        "standards.limits": EVERYBODY,
    },
    unlinked={
        "standards.limits",  # in the menu of those who judge by them
    },
)
