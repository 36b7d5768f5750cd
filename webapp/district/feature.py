"""The contributions of the district's preferences."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.district.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.district.queries import preferences
from webapp.district.views import bp
from webapp.kernel.access import Reach, Role
from webapp.kernel.feature import Feature
from webapp.kernel.kept import Reference
from webapp.kernel.navigation import Area, NavEntry

EVERYBODY = tuple(Role)
READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR)


def _for_devices(_reach: Reach, _at: datetime) -> dict[str, Any]:
    """What devices must know of the district's settings."""
    return {"stamps_photos": preferences().stamps_photos}


FEATURE = Feature(
    name="district",
    area=Area.SYSTEM,
    blueprint=bp,
    navigation=(NavEntry("district.preferences", _l("全区设置"), "settings", READERS, Area.SYSTEM, order=90),),
    references=(Reference("district", EVERYBODY, _for_devices),),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
)
