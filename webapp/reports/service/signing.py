"""Signing a report, and comparing signed reports with the records."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from webapp.extensions import db
from webapp.kernel import clock, media, records
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.reports import counting, queries
from webapp.reports.acts import AMEND, REPORT, SIGNERS
from webapp.reports.models import Report, ReportBinding, ReportCheck
from webapp.reports.rules import (
    Later,
    Line,
    LineKind,
    Standing,
    checks_of,
    digest_of,
    is_unsure,
    later,
    lines_of,
    plain,
    spoken,
)

COMPARED = timedelta(days=31)  # how long records are compared with what was signed


def sign(entry: Entry, data: dict[str, Any], _photos: Sequence[media.Stored], *, by: Actor, at: datetime) -> None:
    """Write a signed version in the open transaction, bound to the rows that its figures count now.

    What a device has signed without a network is not refused because the records went on: if it is unsure by now, it
    waits for a second look. Raises Refusal `report-not-yours`, `report-future`, `report-signed` (somebody was
    quicker), with a network `report-moved` (a figure is no longer what the person saw) and `report-not-zero`, and any
    refusal of `records.add`.
    """
    expected = queries.find(data["due"], by.through(*SIGNERS))
    if expected is None:
        raise Refusal("report-not-yours", 403)
    due, before = expected.due, expected.report
    if due.day > clock.district_day(at):
        raise Refusal("report-future", 409)
    if before is not None and not data.get("corrects"):
        raise Refusal("report-signed", 409)
    lines = lines_of(expected.kind.lines)
    now = counting.counted(lines, due.unit_id, due.day)
    if not entry.is_late:
        _refuse_if_moved(lines, now, data)
    numbers = _zero(lines, now) if data["zero"] else _stated(lines, now, data)
    seen = _seen(lines, data) if entry.is_late else {}
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
        is_zero=not any(_flat(numbers)[line.code] for line in lines if counting.is_of_day(line)),
        is_changed=before is not None and (before.is_changed or _flat(before.numbers) != _flat(numbers)),
        digest=digest_of(str(due.id), before.version + 1 if before else 1, numbers, rows),
        signed_at=at,
        arrived_at=entry.received_at if entry.is_late else None,
        seen=seen,
        state=Standing.UNSURE if is_unsure(numbers, seen) else Standing.SIGNED,
    )
    records.add(entry, data | ({"corrects": before} if before else {}), report, by=by, at=at)
    if before is not None:
        REPORT.move(Report, before.id, AMEND, by=by, at=entry.received_at)
    db.session.flush()
    db.session.add_all(ReportBinding(report_id=report.id, line=code, rows=bound) for code, bound in rows.items())


def _flat(numbers: Mapping[str, Any]) -> dict[str, int]:
    return {code: pair[1] for code, pair in numbers.items()}


def _refuse_if_moved(lines: Sequence[Line], now: Mapping[str, counting.Counted], data: dict[str, Any]) -> None:
    """Raises Refusal if the records count something else than the person saw who signs now."""
    if data["zero"] and not counting.is_idle(lines, now):
        raise Refusal("report-not-zero", 409)
    seen = {} if data["zero"] else _seen(lines, data)
    if any(line.code in now and seen[line.code] != now[line.code].number for line in lines if line.code in seen):
        raise Refusal("report-moved", 409)


def _seen(lines: Sequence[Line], data: dict[str, Any]) -> dict[str, int | None]:
    """The computed numbers that the person saw, by line; of a zero, that nothing happened."""
    if data["zero"]:
        return {line.code: 0 for line in lines if line.kind is LineKind.FIGURE and counting.is_of_day(line)}
    shown = {line.code: data[f"s_{line.code}"] for line in lines if line.kind is LineKind.FIGURE}
    return {code: None if number is None else int(number) for code, number in shown.items()}


def _zero(lines: Sequence[Line], now: Mapping[str, counting.Counted]) -> dict[str, Any]:
    """[computed, stated] by line: 0 for what happens on a day; a stock stays what it is."""
    computed = {line: now[line.code].number if line.code in now else None for line in lines if line.is_number}
    return {line.code: [number, 0 if counting.is_of_day(line) else number or 0] for line, number in computed.items()}


def _stated(lines: Sequence[Line], now: Mapping[str, counting.Counted], data: dict[str, Any]) -> dict[str, Any]:
    """[computed, stated] by line."""
    computed = {line.code: now[line.code].number if line.code in now else None for line in lines if line.is_number}
    return {code: [number, int(data[f"n_{code}"])] for code, number in computed.items()}


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
    of_day = [line for line in lines_of(lines) if line.kind is LineKind.FIGURE and counting.is_of_day(line)]
    now, bound = counting.counted(of_day, unit_id, day), queries.bindings(report_id)
    return {code: later(bound.get(code, ()), counted.rows) for code, counted in now.items()}
