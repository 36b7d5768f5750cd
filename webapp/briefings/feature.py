"""The contributions of work reports."""

from flask_babel import lazy_gettext as _l

from webapp.briefings import labels, lists
from webapp.briefings.service import KEEPERS, READERS
from webapp.briefings.views import bp
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry

FEATURE = Feature(
    name="briefings",
    area=Area.COMMAND,
    blueprint=bp,
    navigation=(
        NavEntry("briefings.index", _l("工作情况汇报"), "report", READERS, Area.COMMAND, order=35),
        NavEntry("briefings.templates", _l("汇报模板"), "print", KEEPERS, Area.COMMAND, order=36),
    ),
    lists=(lists.BRIEFINGS,),
    refusals=labels.REFUSALS,
    logged=labels.LOGGED,
    subjects=labels.SUBJECTS,
    constraints=(Constraint("uq_briefing_template_name", "template-name-taken", field="name"),),
)
