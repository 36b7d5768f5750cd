"""The contributions of figures."""

from flask_babel import lazy_gettext as _l

from webapp.figures.views import READERS, bp
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry

FEATURE = Feature(
    name="figures",
    area=Area.COMMAND,
    blueprint=bp,
    navigation=(NavEntry("figures.index", _l("统计数字"), "list", READERS, Area.COMMAND, order=20),),
)
