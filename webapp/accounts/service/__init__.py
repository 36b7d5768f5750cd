"""Transactions on accounts."""

from webapp.accounts.service.imports import add_persons
from webapp.accounts.service.persons import (
    Changes,
    change_password,
    change_person,
    check_password,
    confirm_password,
    create_person,
    disable_person,
    enable_person,
    new_password,
    put_person,
    reset_password,
    reset_second_factor,
)
from webapp.accounts.service.second_factor import enrol, give_up, new_secret, pass_second_step, reopen_secret
from webapp.accounts.service.sessions import (
    SignedIn,
    begin_session,
    end_other_sessions,
    end_session,
    end_sessions,
    end_sessions_of,
    sign_in,
    sign_out,
    touch,
)

__all__ = [
    "Changes",
    "SignedIn",
    "add_persons",
    "begin_session",
    "change_password",
    "change_person",
    "check_password",
    "confirm_password",
    "create_person",
    "disable_person",
    "enable_person",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "end_sessions_of",
    "enrol",
    "give_up",
    "new_password",
    "new_secret",
    "pass_second_step",
    "put_person",
    "reopen_secret",
    "reset_password",
    "reset_second_factor",
    "sign_in",
    "sign_out",
    "touch",
]
