"""What Today offers to those who oversee and those who keep the house: their next act, and what is left to complete."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.accounts import queries as accounts
from webapp.kernel import board, clock, health, jobs
from webapp.kernel.access import Reach, reach_into
from webapp.places import queries as places
from webapp.units import queries as units


def masters(reach: Reach, _at: datetime) -> dict[str, Any]:
    """Persons, places and units in numbers, and how many of each are not complete."""
    actor = reach.actor
    counted = {
        "person": accounts.gaps(reach_into("accounts.persons", actor)),
        "place": places.gaps(reach_into("places.places", actor)),
        "unit": units.gaps(reach_into("units.index", actor)),
    }
    return {"count": counted}


def unwell_jobs(_reach: Reach, at: datetime) -> Iterable[board.Due]:
    """Periodic work that failed or is late, and a disk that fills: administrators look into it today."""
    _begins, ends = clock.day_bounds(clock.district_day(at))
    page = url_for("today.system")
    for run in jobs.unwell(at):
        what = _("定时工作失败") if run.state == "failed" else _("定时工作没有按时运行")
        yield board.Due(ends, what, str(run.label), page, board.Severity.CRITICAL)
    if health.free_mb() < health.LOW_MB:
        yield board.Due(
            ends, _("服务器磁盘快满了"), _("剩余 %(mb)s MB", mb=health.free_mb()), page, board.Severity.CRITICAL
        )
