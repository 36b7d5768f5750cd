"""Delivery later: devices, the post office for sealed entries, and what people do with what could not be applied."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from webapp.kernel import access, errors, health, jobs
from webapp.sync import keys
from webapp.sync import pages as pages  # registers what Today and the navigation show
from webapp.sync.labels import REFUSALS
from webapp.sync.service import end_grants_of, sweep
from webapp.sync.views import bp

access.on_standing_changed(end_grants_of)
errors.register(REFUSALS)
health.check("keys-missing", keys.are_here)
jobs.register(
    "sync.sweep",
    timedelta(days=1),
    sweep,
    hour=3,
    label=_l("清理待传记录的旧文件"),
    words=(
        (
            r"(?P<photos>\d+) sealed photos, (?P<files>\d+) files of no envelope, (?P<contacts>\d+) contacts",
            _l("照片 %(photos)s 张、无主文件 %(files)s 个、联络记录 %(contacts)s 条"),
        ),
    ),
)

__all__ = ["bp"]
