"""The rows of accounts in the tests that walk all features."""

from tests.support.matrix import ADMIN, EVERYBODY, OVERSIGHT, PUBLIC, Rows
from webapp.kernel.access import Role

ROWS = Rows(
    access={
        "accounts.add_person": ADMIN,
        "accounts.disable_person": ADMIN,
        "accounts.edit_person": ADMIN,
        "accounts.enable_person": ADMIN,
        "accounts.end_other_sessions": EVERYBODY,
        "accounts.end_session": EVERYBODY,
        "accounts.end_sessions": ADMIN,
        "accounts.import_persons": ADMIN,
        "accounts.password": EVERYBODY,
        "accounts.person": OVERSIGHT,
        "accounts.persons": OVERSIGHT,
        "accounts.reset_password": ADMIN,
        "accounts.reset_second_factor": ADMIN,
        "accounts.second_factor": EVERYBODY,
        "accounts.second_factor_off": EVERYBODY,
        "accounts.sessions": EVERYBODY,
        "accounts.sign_in": PUBLIC,
        "accounts.sign_in_code": PUBLIC,
        "accounts.sign_out": EVERYBODY,
        "reveal.person": ADMIN,
    },
    first_acts={Role.ADMINISTRATOR: "/persons/add"},
    without_role={"accounts.password", "accounts.sign_out"},
    auditor_posts={
        "accounts.end_other_sessions",
        "accounts.end_session",
        "accounts.password",
        "accounts.second_factor",
        "accounts.second_factor_off",
        "accounts.sign_out",
    },
    takes_files={"accounts.import_persons"},
    endings={"accounts.sign_out", "accounts.end_other_sessions", "accounts.end_sessions", "accounts.disable_person"},
    unlinked={
        "accounts.second_factor_off",  # offered once the second step is on
    },
    tells_nothing={
        "accounts.end_session",  # nothing was there to end
    },
)
