"""Units and task forces: who belongs where, who leads, who answers."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel import errors, navigation
from webapp.kernel.access import Role
from webapp.units.labels import REFUSALS
from webapp.units.views import bp

errors.register(REFUSALS)
errors.constraint("uq_unit_code", "unit-code-taken", field="code")
errors.constraint("ix_unit_code_key", "unit-code-taken", field="code")
navigation.register(
    navigation.NavEntry(
        "units.index",
        lazy_pgettext("list", "单位"),
        "unit",
        (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR, Role.APPROVER),
        _l("基础资料"),
        order=82,
    ),
)

__all__ = ["bp"]
