"""The contributions of units."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import EVERYONE, Reach, Role
from webapp.kernel.board import Action
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.kept import Reference
from webapp.kernel.navigation import Area, NavEntry
from webapp.units import queries
from webapp.units.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.units.views import bp

READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR, Role.APPROVER)


def _units(reach: Reach, _at: datetime) -> list[dict[str, Any]]:
    """The units for forms on a device, with the actor's roles that reach them; `own` are those the actor works in."""
    home = {grant.unit_id for grant in reach.actor.grants}
    return [
        {"id": str(unit.id), "code": unit.code, "name": unit.name, "own": unit.id in home}
        | {"roles": sorted(role.value for role in roles)}
        for unit, roles in queries.units_by_role(reach.actor)
    ]


FEATURE = Feature(
    name="units",
    area=Area.MASTERS,
    blueprint=bp,
    navigation=(NavEntry("units.index", lazy_pgettext("list", "单位"), "unit", READERS, Area.MASTERS, order=82),),
    actions=(Action("units.add", _l("添加单位"), "unit", (Role.ADMINISTRATOR,), order=62),),
    references=(Reference("units", EVERYONE, _units),),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
    constraints=(
        Constraint("uq_unit_code", "unit-code-taken", field="code"),
        Constraint("ix_unit_code_key", "unit-code-taken", field="code"),
    ),
)
