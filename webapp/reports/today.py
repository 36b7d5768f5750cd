"""What reports put before people on Today: what is owed, what has to be signed again, the four evils."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.kernel import clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.caching import of_reach
from webapp.kernel.deadlines import Due, Level, key_of
from webapp.kernel.i18n import write_day
from webapp.reports import labels, queries, upward
from webapp.reports.acts import SIGNERS
from webapp.reports.rules import EVIL_DAYS, Evil, Standing
from webapp.reports.service import UPWARD

OVERSEERS = (Role.COMMANDER, Role.AUDITOR)
SHOWN = 40  # reports among a clerk's tasks
WATCHED = 5_000  # of all units, for alerts
REMINDED = timedelta(days=3)  # how long a missing report stays among the tasks


def to_sign(reach: Reach, at: datetime, limit: int = SHOWN) -> Iterable[Due]:
    """The reports of a clerk's units that are due today, or missing."""
    today = clock.district_day(at)
    for row in queries.to_sign(reach, today - REMINDED, today, limit):
        what = _("%(day)s 的%(kind)s", day=write_day(row.day), kind=row.kind_name)
        yield Due(
            key=key_of("report.due", row.id),
            kind="report.due",
            due_at=row.due_at,
            who=SIGNERS,
            unit=row.unit_id,
            level=Level.CRITICAL if row.due_at <= at else Level.WARNING,
            what=_("已催报：%(what)s", what=what) if row.urged_at else what,
            where=row.unit_name,
            url=url_for("reports.fill", due_id=row.id),
            number=row.day.isoformat(),
        )


def watched(reach: Reach, at: datetime) -> Iterable[Due]:
    """The same of all units, and each urging of a missing one, for alerts."""
    today = clock.district_day(at)
    yield from to_sign(reach, at, WATCHED)
    for row in queries.urged(reach, today - REMINDED):
        yield Due(
            key=key_of("report.urged", f"{row.id}:{row.urge_count}"),
            kind="report.urged",
            due_at=row.urged_at,
            who=SIGNERS,
            unit=row.unit_id,
            level=Level.CRITICAL,
            what=_("催报：%(kind)s", kind=row.kind_name),
            where=row.unit_name,
            url=url_for("reports.fill", due_id=row.id),
            number=row.day.isoformat(),
        )


def to_answer(reach: Reach, at: datetime, limit: int = SHOWN) -> Iterable[Due]:
    """The reports of a clerk's units that were returned, and those that need a second look."""
    words = {Standing.RETURNED: _("%(day)s 的%(kind)s被退回"), Standing.UNSURE: _("%(day)s 的%(kind)s要复核")}
    for row in queries.to_answer(reach, limit):
        since = row.returned_at or row.arrived_at
        due_at = max(row.due_at, since) if since else row.due_at
        yield Due(
            key=key_of(f"report.{row.standing}", row.report_id),
            kind=f"report.{row.standing}",
            due_at=due_at,
            who=SIGNERS,
            unit=row.unit_id,
            level=Level.CRITICAL if due_at <= at else Level.WARNING,
            what=words[row.standing] % {"day": write_day(row.day), "kind": row.kind_name},
            where=row.unit_name,
            url=url_for("reports.amend", report_id=row.report_id),
            number=row.day.isoformat(),
        )


def missing(reach: Reach, at: datetime) -> Iterable[Due]:
    """How many units have not reported by the deadline, for those who oversee them."""
    for row in queries.missing_now(reach, clock.district_day(at) - REMINDED, at):
        what = ngettext("%(num)d 个单位未报%(kind)s", "%(num)d 个单位未报%(kind)s", row.units, kind=row.kind_name)
        unsent = ngettext("其中 %(num)d 个有设备未发送", "其中 %(num)d 个有设备未发送", row.unsent)
        yield Due(
            key=key_of("report.missing", f"{row.kind_id}:{row.day}"),
            kind="report.missing",
            due_at=row.due_at,
            who=OVERSEERS,
            level=Level.CRITICAL,
            what=what,
            where=_("%(day)s，%(more)s", day=write_day(row.day), more=unsent) if row.unsent else write_day(row.day),
            url=url_for("reports.index", kind=row.kind_id, day=row.day.isoformat()),
            number=row.day.isoformat(),
            amount=row.units,
        )


def moved(reach: Reach, at: datetime) -> Iterable[Due]:
    """The consolidated reports of the last days below which something was signed or corrected since."""
    today = clock.district_day(at)
    for row, moved_at in of_reach(
        "reports.moved", reach, today, lambda: upward.overtaken(reach, today - REMINDED, today)
    ):
        yield Due(
            key=key_of("report.moved", row.id),
            kind="report.moved",
            due_at=moved_at,
            who=UPWARD,
            unit=row.unit_id,
            level=Level.WARNING,
            what=_("%(day)s 的%(kind)s要重新汇总", day=write_day(row.day), kind=row.kind_name),
            where=row.unit_name,
            url=url_for("reports.consolidated", sum_id=row.id),
        )


def evils(reach: Reach, at: datetime) -> dict[str, Any]:
    """How often each evil stands in the reports of the last days, with the list of these reports."""
    until = clock.district_day(at)
    since = until - timedelta(days=EVIL_DAYS - 1)

    def count() -> dict[str, int]:
        rows = queries.evils(reach, None, since, until, at)
        return {evil.value: sum(row._mapping[evil.value] for row in rows) for evil in Evil}

    counts = of_reach("reports.evils", reach, until, count)
    days: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat()}
    urls = {evil: url_for("reports.listed", evil=evil.value, **days) for evil in Evil}
    return {"days": EVIL_DAYS, "evils": [(labels.EVILS[evil][0], counts[evil.value], urls[evil]) for evil in Evil]}
