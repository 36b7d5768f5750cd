"""Cards on a place's page about its checks: inspections, findings, readings over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for

from webapp.inspections import checklists, labels, pages, queries, rules
from webapp.inspections.models import Inspection, InspectionReading
from webapp.kernel import charts, clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.i18n import localised
from webapp.places.queries import get_place
from webapp.standards import labels as standard_labels
from webapp.standards.rules import OUT_OF_LIMITS, Limit, Quantity, from_plain

CHECKS, FINDINGS = 5, 10  # shown; the lists have them all
READINGS = 200  # the latest, of all parameters
IN_SERIES = 24


@dataclass(frozen=True, slots=True)
class Series:
    """The readings of one parameter at one point, newest first, and the line through the numeric ones."""

    name: str
    unit: str
    limit: str
    readings: Sequence[tuple[Inspection, InspectionReading]]
    chart: charts.Chart | None


def of_place(place_id: UUID, reach: Reach, at: datetime) -> dict[str, Any] | None:
    """The context of the cards; None for a place without checklists and checks."""
    place, today = get_place(place_id), clock.district_day(at)
    current = [checklists.current(code, today) for code in dict.fromkeys(c.code for c in checklists.checklists())]
    fitting = [checklist for checklist in current if checklist and place.kind.value in checklist.kinds]
    findings, total = queries.findings_at(place_id, reach, FINDINGS)
    checks = queries.checks_at(place_id, reach, CHECKS)
    if not (fitting or checks or findings):
        return None
    last = queries.last_checks(reach, place_id)
    return {
        "place": place,
        "last": [(checklist, last.get((place_id, checklist.code))) for checklist in fitting],
        "checks": [(check, pages.checklist_name(check)) for check in checks],
        "checks_url": url_for("inspections.index", place=place.code),
        "findings": findings,
        "next_due": min((finding.due_at for finding in findings if finding.state in rules.STILL_OWED), default=None),
        "name": pages.name_of,
        "labels": labels,
        "verdicts": standard_labels.VERDICTS,
        "total": total,
        "more_url": url_for("inspections.findings", place=place.code, state=rules.ANY)
        if total > len(findings)
        else None,
        "series": _series(queries.readings_at(place_id, reach, READINGS)),
        "may_check": reach.actor.has(Role.INSPECTOR),
        "at": at,
    }


def _series(rows: Sequence[tuple[Inspection, InspectionReading]]) -> list[Series]:
    """The readings grouped by parameter, quantity and point, for which the same limit applies."""
    series: dict[Any, list[tuple[Inspection, InspectionReading]]] = {}
    for check, reading in rows:
        series.setdefault((reading.parameter, reading.quantity, reading.point), []).append((check, reading))
    return [_of(part[:IN_SERIES]) for part in series.values()]


def _of(rows: Sequence[tuple[Inspection, InspectionReading]]) -> Series:
    check, newest = rows[0]
    checklist = checklists.find(check.checklist_code, check.checklist_version)
    quantity = f" ({labels.QUANTITIES[Quantity(newest.quantity)]})" if newest.quantity else ""
    name = localised(checklist.item(newest.item)) if checklist else newest.item
    limit = from_plain(newest.limit) if newest.limit else None
    values = [
        charts.Value(check.inspected_at, reading.value, reading.verdict in OUT_OF_LIMITS)
        for check, reading in rows
        if reading.value is not None
    ]
    chart = charts.draw(values, _bounds(limit)) if len(values) > 1 else None
    return Series(f"{name}{quantity}", newest.unit, standard_labels.range_of(limit) if limit else "", rows, chart)


def _bounds(limit: Limit | None) -> list[Decimal]:
    ends = (limit.low, limit.high) if limit and not (limit.absent or limit.no_limit or limit.unstated) else ()
    return [Decimal(end) for end in ends if end is not None]
