"""The contributions of standards."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.access import Role
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry
from webapp.standards.views import bp

READERS = (Role.INSPECTOR, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)

FEATURE = Feature(
    name="standards",
    area=Area.CHECKS,
    blueprint=bp,
    navigation=(NavEntry("standards.limits", _l("限值标准"), "report", READERS, Area.CHECKS, order=80),),
)
