"""The rows of Today in the tests that walk all features."""

from tests.support.matrix import ADMIN, EVERYBODY, PUBLIC, Rows
from webapp.kernel.access import Role

ROWS = Rows(
    access={
        "today.health": PUBLIC,
        "today.system": ADMIN,
        "today.area": EVERYBODY,
        "today.index": EVERYBODY,
        "today.jump": EVERYBODY,
        "today.language": PUBLIC,
        "today.live": EVERYBODY,
        "today.me": EVERYBODY,
        "today.mine": EVERYBODY - {"auditor"},
        "today.record": EVERYBODY,
        "today.scan": EVERYBODY,
        "today.tasks": EVERYBODY,
    },
    first_acts={Role.COMMANDER: "/tasks", Role.AUDITOR: "/tasks"},
    auditor_posts={"today.jump", "today.scan"},
    not_pages={"today.health", "today.live"},
)
