"""The rows of figures in the tests that walk all features."""

from tests.support.matrix import Rows

READERS = {"clerk", "approver", "commander", "auditor", "administrator"}
ROWS = Rows(access=dict.fromkeys(("figures.index", "figures.show"), READERS))
