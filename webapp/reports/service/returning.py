"""Returning a signed report to its unit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.reports import queries
from webapp.reports.acts import REPORT, RETURN
from webapp.reports.models import Report


def return_report(report_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Return a signed version to its unit, which has to sign a further one.

    Raises Refusal `report-out-of-reach` (404), `report-own` for one that the person signed (403), and `state-moved` for
    a version that was returned or replaced meanwhile.
    """
    with transaction():
        reach = by.through(*RETURN.roles)
        report = queries.find_report(report_id)
        if report is None or queries.find(report.due_id, reach) is None:
            raise Refusal("report-out-of-reach", 404)
        REPORT.check(RETURN, report.state, reach)
        if report.writer_id == by.id:
            raise Refusal("report-own", 403)
        returned: dict[str, Any] = {"returned_at": at, "returned_by": by.id, "return_reason": reason}
        REPORT.move(Report, report_id, RETURN, by=by, at=at, **returned)
