"""What accounts contribute."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from webapp.accounts import queries
from webapp.accounts.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.accounts.lists import PERSONS
from webapp.accounts.recipients import RECIPIENTS
from webapp.accounts.rules import LONGEST_SIGN_IN, device_name
from webapp.accounts.scanned import resolve, search
from webapp.accounts.service.reach import administered
from webapp.accounts.service.sweeping import sweep
from webapp.accounts.views import bp
from webapp.accounts.views.sign_in import lead_to_owed_step
from webapp.kernel.access import Reach, Role
from webapp.kernel.board import Action
from webapp.kernel.disclosure import Particular, Subject
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import Area, NavEntry
from webapp.kernel.scanning import Resolver

READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR)


def _init_app(app: Flask) -> None:
    app.before_request(lead_to_owed_step)
    app.config["PERMANENT_SESSION_LIFETIME"] = LONGEST_SIGN_IN  # the cookie lives as long as the sign-in's row


def _administered(person_id: UUID, reach: Reach) -> Any:
    """The person, where the administrator's reach covers all they may do. Raises Refusal `person-beyond-reach`."""
    return queries.find_visible(person_id, reach) and administered(person_id, reach.actor)


FEATURE = Feature(
    name="accounts",
    sign_in="accounts.sign_in",
    area=Area.MASTERS,
    blueprint=bp,
    serves=(Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR),
    navigation=(NavEntry("accounts.persons", _l("人员"), "people", READERS, Area.MASTERS, order=81),),
    lists=(PERSONS,),
    recipients=RECIPIENTS,
    reveals=(
        Subject(
            name="person",
            label=_l("人员电话"),
            rule="/persons/<uuid:person_id>/phone",
            action="person.phone-revealed",
            roles=(Role.ADMINISTRATOR,),
            find=_administered,
            whole=lambda person: [
                Particular(_l("姓名"), person.name),
                Particular(_l("电话"), person.phone, is_phone=True),
            ],
            page=lambda person_id: url_for("accounts.person", person_id=person_id),
        ),
    ),
    scans=(Resolver(READERS, resolve, search),),
    actions=(Action("accounts.add_person", _l("添加人员"), "person", (Role.ADMINISTRATOR,), order=60),),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
    constraints=(Constraint("uq_person_username", "username-taken", field="username"),),
    jobs=(Job("accounts.sweep", _l("清理已结束的登录"), timedelta(days=1), sweep, hour=3),),
    filters={"device_name": device_name},
    standing_finder=queries.standing,
    init_app=_init_app,
)
