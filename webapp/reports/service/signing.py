"""Signing a report, and comparing signed reports with the records."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from webapp.extensions import db
from webapp.kernel import clock, media, records
from webapp.kernel.access import Actor, Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.reports import counting, queries
from webapp.reports.models import Report, ReportBinding, ReportCheck
from webapp.reports.rules import (
    Later,
    Line,
    LineKind,
    checks_of,
    digest_of,
    later,
    lines_of,
    plain,
    spoken,
)

SIGNERS = (Role.CLERK,)
COMPARED = timedelta(days=31)  # how long records are compared with what was signed


def sign(entry: Entry, data: dict[str, Any], _photos: Sequence[media.Stored], *, by: Actor, at: datetime) -> None:
    """Write a signed version in the open transaction, bound to the rows that its figures count now.

    Raises Refusal `report-not-yours`, `report-future`, `report-signed` (somebody was quicker), `report-moved` (a
    figure is no longer what the person saw), `report-not-zero`, and any refusal of `records.add`.
    """
    expected = queries.find(data["due"], by.through(*SIGNERS))
    if expected is None:
        raise Refusal("report-not-yours", 403)
    due, before = expected.due, expected.report
    if due.day > clock.district_day(at):
        raise Refusal("report-future", 409)
    if before is not None and "corrects" not in data:
        raise Refusal("report-signed", 409)
    lines = lines_of(expected.kind.lines)
    now = counting.counted(lines, due.unit_id, due.day)
    numbers = _zero(lines, now) if data["zero"] else _stated(lines, now, data)
    notes = spoken(checks_of(expected.kind.checks), _flat(numbers), *queries.before(expected))
    rows = {code: counted.rows for code, counted in now.items()}
    if before is not None and data["corrects"] != before.id:
        raise Refusal("record-corrected-meanwhile", 409)
    report = Report(
        due_id=due.id,
        lines=plain(lines),
        numbers=numbers,
        words={name: text for name, text in data.items() if name[:2] in ("r_", "t_") and text},
        notes=plain(notes),
        is_zero=not any(_flat(numbers)[line.code] for line in lines if _is_of_day(line)),
        is_changed=before is not None and (before.is_changed or _flat(before.numbers) != _flat(numbers)),
        digest=digest_of(str(due.id), before.version + 1 if before else 1, numbers, rows),
        signed_at=at,
    )
    records.add(entry, data | ({"corrects": before} if before else {}), report, by=by, at=at)
    db.session.flush()
    db.session.add_all(ReportBinding(report_id=report.id, line=code, rows=bound) for code, bound in rows.items())


def _flat(numbers: Mapping[str, Any]) -> dict[str, int]:
    return {code: pair[1] for code, pair in numbers.items()}


def _is_of_day(line: Line) -> bool:
    """Whether a line says what happened on the day, so that it must be 0 in a zero report."""
    figure = counting.choosable().get(line.figure)
    return line.is_number and (figure is None or figure.is_of_day)


def _zero(lines: Sequence[Line], now: Mapping[str, counting.Counted]) -> dict[str, Any]:
    if not counting.is_idle(lines, now):
        raise Refusal("report-not-zero", 409)
    computed = {line.code: now[line.code].number if line.code in now else None for line in lines if line.is_number}
    return {code: [number, number or 0] for code, number in computed.items()}


def _stated(lines: Sequence[Line], now: Mapping[str, counting.Counted], data: dict[str, Any]) -> dict[str, Any]:
    """[computed, stated] by line; a computed number that moved since the form was drawn is refused."""
    numbers: dict[str, Any] = {}
    for line in lines:
        if not line.is_number:
            continue
        computed = now[line.code].number if line.code in now else None
        if line.kind is LineKind.FIGURE and computed is not None and data[f"s_{line.code}"] != computed:
            raise Refusal("report-moved", 409)
        numbers[line.code] = [computed, int(data[f"n_{line.code}"])]
    return numbers


def compare(at: datetime) -> int:
    """Compare the newest reports of the last 31 days with the records, a report to a transaction; returns how many
    differ.
    """
    differing = 0
    for row in queries.newest_to_check(clock.district_day(at) - COMPARED):
        difference = since_signed(row.id, row.lines, row.unit_id, row.day)
        differing += bool(difference)
        with transaction() as session:
            session.execute(delete(ReportCheck).where(ReportCheck.report_id == row.id))
            values = {"added": difference.added, "changed": difference.changed, "gone": difference.gone}
            session.add(ReportCheck(report_id=row.id, checked_at=at, **values))
    return differing


def since_signed(report_id: Any, lines: Any, unit_id: Any, day: Any) -> Later:
    """How the records of a report have changed since its signature, over the figures that belong to the day."""
    return sum(later_by_line(report_id, lines, unit_id, day).values(), Later())


def later_by_line(report_id: Any, lines: Any, unit_id: Any, day: Any) -> dict[str, Later]:
    """The same by line."""
    of_day = [line for line in lines_of(lines) if line.kind is LineKind.FIGURE and _is_of_day(line)]
    now, bound = counting.counted(of_day, unit_id, day), queries.bindings(report_id)
    return {code: later(bound.get(code, ()), counted.rows) for code, counted in now.items()}
