"""The rows of places in the tests that walk all features."""

from tests.support.matrix import ADMIN, EVERYBODY, Rows

ROWS = Rows(
    access={
        "places.add": ADMIN,
        "places.choose_labels": EVERYBODY,
        "places.edit": ADMIN,
        "places.import_places": ADMIN,
        "places.place": EVERYBODY,
        "places.places": EVERYBODY,
        "places.print_labels": EVERYBODY,
        "reveal.place": {"inspector", "approver", "commander", "administrator"},
    },
    takes_files={"places.import_places"},
    chosen={"places.print_labels"},
)
