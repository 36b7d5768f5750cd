"""What purging contributes."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from webapp.kernel.feature import Feature
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import Area, NavEntry
from webapp.retention import labels, lists
from webapp.retention.service import purge_due
from webapp.retention.views import OVERSEERS, bp

FEATURE = Feature(
    name="retention",
    area=Area.SYSTEM,
    blueprint=bp,
    navigation=(NavEntry("retention.index", _l("个人信息清除"), "lock", OVERSEERS, Area.SYSTEM, order=93),),
    lists=(lists.RUNS,),
    refusals=labels.REFUSALS,
    jobs=(
        Job("retention.purge", _l("到期个人信息清除"), timedelta(days=1), purge_due, hour=2, words=labels.JOB_WORDS),
    ),
)
