"""What signed reports say, for other features: numbers and texts of the newest versions, by unit and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from webapp.extensions import db
from webapp.kernel.access import Reach
from webapp.reports.models import Report, ReportDue, ReportKind
from webapp.reports.queries.expectations import owed
from webapp.reports.rules import Line, lines_of, topmost
from webapp.units.queries import JOINED as UNIT


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or text comes from: the unit and day, and the signed version, whose page is `reports.show`."""

    report_id: UUID
    version: int
    unit_id: UUID
    unit_name: str
    unit_path: str
    day: date
    line: Line


@dataclass(frozen=True, slots=True)
class StatedNumber(Source):
    """The number that a unit signed, beside the computed one; None for a number that only the unit itself states."""

    computed: int | None
    stated: int


@dataclass(frozen=True, slots=True)
class StatedText(Source):
    """The text that a unit wrote into its report."""

    text: str


def stated(
    reach: Reach, kind_code: str, line_code: str, units: Any, since: date, until: date
) -> Sequence[StatedNumber]:
    """The signed numbers of a line within reach, by day and unit; `units` are ids, or a query of ids."""
    return [
        StatedNumber(**_source(row, line), computed=row.numbers[line_code][0], stated=row.numbers[line_code][1])
        for row, line in _signed(reach, kind_code, line_code, units, since, until, Report.numbers)
        if line_code in row.numbers
    ]


def texts(reach: Reach, kind_code: str, line_code: str, units: Any, since: date, until: date) -> Sequence[StatedText]:
    """The texts of a line within reach, by day and unit, without blank ones; `units` as of `stated`."""
    return [
        StatedText(**_source(row, line), text=row.words[f"t_{line_code}"])
        for row, line in _signed(reach, kind_code, line_code, units, since, until, Report.words)
        if (row.words or {}).get(f"t_{line_code}")
    ]


def sum_of(numbers: Sequence[StatedNumber]) -> int:
    """The sum of the stated numbers, for each day of the topmost units only, so that no unit counts twice."""
    by_day: dict[date, dict[UUID, StatedNumber]] = {}
    for number in numbers:
        by_day.setdefault(number.day, {})[number.unit_id] = number
    return sum(of_day[unit].stated for of_day in by_day.values() for unit in _topmost(of_day))


def _topmost(of_day: Mapping[UUID, StatedNumber]) -> list[UUID]:
    return topmost({unit_id: number.unit_path for unit_id, number in of_day.items()})


def _signed(
    reach: Reach, kind_code: str, line_code: str, units: Any, since: date, until: date, *more: Any
) -> list[tuple[Any, Line]]:
    """The signed reports of a kind that have a line of this code, each with that line."""
    query: Select[Any] = owed(reach, Report.lines, *more).where(
        Report.id.is_not(None),
        ReportKind.code == kind_code,
        ReportDue.unit_id.in_(units),
        ReportDue.day.between(since, until),
    )
    rows = db.session.execute(query.order_by(ReportDue.day, UNIT.path))
    return [(row, line) for row in rows for line in lines_of(row.lines) if line.code == line_code]


def _source(row: Any, line: Line) -> dict[str, Any]:
    names = ("report_id", "version", "unit_id", "unit_name", "day")
    return {name: getattr(row, name) for name in names} | {"unit_path": row.path, "line": line}
