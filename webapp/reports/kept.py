"""The reports that a device keeps, so that they can be signed without a network."""

from datetime import datetime, timedelta
from typing import Any

from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.kept import Reference
from webapp.reports import counting, queries
from webapp.reports.acts import SIGNERS
from webapp.reports.rules import Line, LineKind, lines_of

BACK, AHEAD = timedelta(days=3), timedelta(days=2)  # a device may be out of reach for days
KEPT = 40


def reports(reach: Reach, at: datetime) -> list[dict[str, Any]]:
    """The reports of a clerk's units that nobody has signed, by deadline, with what the records count now; of days to
    come nothing is counted yet.
    """
    today = clock.district_day(at)
    rows = queries.to_sign(reach, today - BACK, today + AHEAD, KEPT)
    lines = {kind.id: lines_of(kind.lines) for kind in queries.kinds(ended=True)} if rows else {}
    asked = [counting.Asked(row.id, lines[row.kind_id], row.unit_id, row.day) for row in rows if row.day <= today]
    computed = counting.numbers(asked)
    return [
        {
            "id": str(row.id),
            "unit": row.unit_name,
            "kind": row.kind_name,
            "day": row.day.isoformat(),
            "due_at": row.due_at.isoformat(),
            "lines": [_line(line, computed.get((row.id, line.code))) for line in lines[row.kind_id]],
        }
        for row in rows
    ]


def _line(line: Line, computed: int | None) -> dict[str, Any]:
    plain = {"code": line.code, "name": line.name, "unit": line.unit, "kind": line.kind.value}
    is_figure = line.kind is LineKind.FIGURE
    return plain | ({"computed": computed, "of_day": counting.is_of_day(line)} if is_figure else {})


REPORTS = Reference("reports", SIGNERS, reports)
