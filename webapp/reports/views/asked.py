"""What the address of a page names. A kind, unit or report that does not exist is not found, rather than left out."""

from typing import Any
from uuid import UUID

from flask import abort, request

from webapp.kernel import clock
from webapp.kernel.access import current_reach
from webapp.kernel.presence import is_blank
from webapp.reports import counting, queries, totals
from webapp.units import queries as units


def find_due(due_id: UUID) -> queries.Expected:
    """The expectation within reach, or 404."""
    return queries.find(due_id, current_reach()) or abort(404)


def find_of(report_id: UUID) -> queries.Expected:
    """The expectation of a signed version within reach, or 404."""
    report = queries.find_report(report_id) or abort(404)
    return find_due(report.due_id)


def asked_kind() -> Any:
    """The kind of report in the query of the address, if it names one; 404 for any other text."""
    kind_id = _id("kind")
    return (queries.find_kind(kind_id) or abort(404)) if kind_id else None


def asked_unit(name: str = "unit") -> Any:
    """The unit in the query of the address, if it names one; 404 for one out of reach or any other text."""
    unit_id = _id(name)
    return (units.find_visible(unit_id, current_reach()) or abort(404)) if unit_id else None


def _id(name: str) -> UUID | None:
    text = request.args.get(name, "")
    try:
        return None if is_blank(text) else UUID(text)
    except ValueError:
        abort(404)


def below(about: queries.Expected, waiting: Any) -> tuple[totals.Total, totals.Completeness] | None:
    """What the units below this one reported for the day, and how complete it is; None if none of them owes this
    report. `waiting` is the unsent work of devices (`sync.queries.waiting_by_unit`).
    """
    at = clock.now()
    rows = queries.of_days(counting.reach_of(about.unit.id), about.kind.id, about.due.day, about.due.day, about.unit.id)
    marked = totals.below(totals.marks(rows, at, waiting), about.unit.path)
    if not marked:
        return None
    numbers = queries.numbers_of([mark.row.report_id for mark in marked if not mark.is_open])
    return totals.total(marked, numbers), totals.completeness(marked, at)
