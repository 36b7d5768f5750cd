"""The contributions of the district's preferences."""

from flask_babel import lazy_gettext as _l

from webapp.district.labels import REFUSALS
from webapp.district.views import bp
from webapp.kernel.access import Role
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry

READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR)

FEATURE = Feature(
    name="district",
    area=Area.SYSTEM,
    blueprint=bp,
    navigation=(NavEntry("district.preferences", _l("全区设置"), "settings", READERS, Area.SYSTEM, order=90),),
    refusals=REFUSALS,
)
