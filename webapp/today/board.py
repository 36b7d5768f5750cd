"""Cards and tasks of Today for administrators."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.accounts import queries as accounts
from webapp.kernel import clock, health, jobs
from webapp.kernel.access import Reach, Role, reach_into
from webapp.kernel.deadlines import Due, Level, key_of
from webapp.places import queries as places
from webapp.units import queries as units


def masters(reach: Reach, _at: datetime) -> dict[str, Any]:
    """The numbers of persons, places and units, and how many of each are incomplete."""
    actor = reach.actor
    counted = {
        "person": accounts.gaps(reach_into("accounts.persons", actor)),
        "place": places.gaps(reach_into("places.places", actor)),
        "unit": units.gaps(reach_into("units.index", actor)),
    }
    return {"count": counted}


def unwell_jobs(_reach: Reach, at: datetime) -> Iterable[Due]:
    """Tasks for administrators: jobs that failed or are late, and low disk space."""
    for run in jobs.unwell(at):
        what = _("定时工作失败") if run.state == "failed" else _("定时工作没有按时运行")
        yield _of_the_house("job.unwell", run.name, what, str(run.label), at)
    if health.free_mb() < health.LOW_MB:
        left = _("剩余 %(mb)s MB", mb=health.free_mb())
        yield _of_the_house("disk.low", "server", _("服务器磁盘快满了"), left, at)


def _of_the_house(kind: str, subject: str, what: str, where: str, at: datetime) -> Due:
    """A task for administrators, due at the end of the district day."""
    return Due(
        key=key_of(kind, subject),
        kind=kind,
        due_at=clock.day_bounds(clock.district_day(at))[1],
        who=(Role.ADMINISTRATOR,),
        level=Level.CRITICAL,
        what=what,
        where=where,
        url=url_for("today.system"),
    )
