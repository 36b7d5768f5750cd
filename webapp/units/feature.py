"""What units contribute."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import Role
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import NavEntry
from webapp.units.labels import REFUSALS
from webapp.units.views import bp

READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR, Role.APPROVER)

FEATURE = Feature(
    name="units",
    blueprint=bp,
    navigation=(NavEntry("units.index", lazy_pgettext("list", "单位"), "unit", READERS, _l("基础资料"), order=82),),
    refusals=REFUSALS,
    constraints=(
        Constraint("uq_unit_code", "unit-code-taken", field="code"),
        Constraint("ix_unit_code_key", "unit-code-taken", field="code"),
    ),
)
