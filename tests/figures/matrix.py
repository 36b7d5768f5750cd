"""The rows of figures in the tests that walk all features."""

from tests.support.matrix import EVERYBODY, Rows

ROWS = Rows(access=dict.fromkeys(("figures.index", "figures.show"), EVERYBODY))
