"""Persons, their roles and scopes, signing in and out."""

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l

from webapp.accounts import queries
from webapp.accounts.labels import REFUSALS
from webapp.accounts.rules import LONGEST_SIGN_IN, device_name
from webapp.accounts.service.sweeping import sweep
from webapp.accounts.views import bp, lead_to_owed_step
from webapp.kernel import access, errors, jobs, navigation
from webapp.kernel.access import Role

errors.register(REFUSALS)
access.on_standing_asked(queries.standing)
errors.constraint("uq_person_username", "username-taken", field="username")
navigation.register(
    navigation.NavEntry(
        "accounts.persons",
        _l("人员"),
        "people",
        (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR),
        _l("基础资料"),
        order=81,
    ),
)


jobs.register("accounts.sweep", timedelta(days=1), sweep, hour=3, label=_l("清理已结束的登录"))


def init_app(app: Flask) -> None:
    app.before_request(lead_to_owed_step)
    app.config["PERMANENT_SESSION_LIFETIME"] = LONGEST_SIGN_IN  # the cookie goes when the server's row ends
    app.jinja_env.filters["device_name"] = device_name


__all__ = ["bp", "init_app"]
