"""Urging units whose reports are missing: each at most once in half an hour, counted, and in the journal."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from webapp.kernel import journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.database import hold, transaction
from webapp.reports import queries
from webapp.reports.models import ReportDue
from webapp.reports.rules import may_urge

URGERS = (Role.COMMANDER,)


def urge(kind_id: UUID, day: date, unit_id: UUID | None = None, *, by: Actor, at: datetime) -> tuple[int, int]:
    """Urge every unit within reach, or one, whose report of this kind and day is missing. Gives how many were urged,
    and how many had been within the last half hour.
    """
    missing = queries.missing_ids(by.through(*URGERS), kind_id, day, unit_id, at)
    with transaction() as session:
        hold("reports.urge")
        rows = session.execute(select(ReportDue.id, ReportDue.urged_at).where(ReportDue.id.in_(missing))).all()
        ids = [row.id for row in rows if may_urge(row.urged_at, at)]
        urged = update(ReportDue).where(ReportDue.id.in_(ids))
        session.execute(urged.values(urge_count=ReportDue.urge_count + 1, urged_at=at))
        for due_id in ids:
            journal.write("report_due.urged", "report_due", due_id, by=by, at=at)
    return len(ids), len(rows) - len(ids)
