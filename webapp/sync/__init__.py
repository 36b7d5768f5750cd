"""Delivery later: devices, the post office for sealed entries, and what people do with what could not be applied."""

from datetime import timedelta

from webapp.kernel import access, errors, jobs
from webapp.sync import pages as pages  # registers what Today and the navigation show
from webapp.sync.labels import REFUSALS
from webapp.sync.service import end_grants_of, sweep
from webapp.sync.views import bp

access.on_standing_changed(end_grants_of)
errors.register(REFUSALS)
jobs.register("sync.sweep", timedelta(days=1), sweep)

__all__ = ["bp"]
