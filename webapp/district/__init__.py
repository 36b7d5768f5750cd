"""The district's own choices: its name, the disease, thresholds, risk areas and the regime in force."""

from flask_babel import lazy_gettext as _l

from webapp.district.labels import REFUSALS
from webapp.district.views import bp
from webapp.kernel import errors, navigation
from webapp.kernel.access import Role

errors.register(REFUSALS)
navigation.register(
    navigation.NavEntry(
        "district.preferences",
        _l("全区设置"),
        "settings",
        (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR),
        _l("系统管理"),
        order=90,
    ),
)

__all__ = ["bp"]
