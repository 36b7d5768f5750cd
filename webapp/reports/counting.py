"""What the records of a unit count for the lines of its report, by one statement for all lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all

from webapp.extensions import db
from webapp.kernel.access import Actor, Grant, Reach, Role
from webapp.kernel.figures import Figure, figures, is_recountable, rows_of
from webapp.reports.rules import Line, LineKind, Rows

_NOBODY = UUID(int=0)
_TOGETHER = 10  # reports whose numbers one statement counts: SQLite joins at most 500 parts


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of a line, and the rows that it counts."""

    number: int
    rows: Rows


def choosable() -> dict[str, Figure]:
    """The figures that a line may be computed by; not those of reports themselves."""
    recountable = {code: figure for code, figure in figures().items() if is_recountable(figure)}
    return {
        code: figure for code, figure in recountable.items() if not code.startswith("reports.") and not figure.beside
    }


def reach_of(unit_id: UUID) -> Reach:
    """The reach of a unit itself: what is recorded for it and for all units and places below it."""
    return Reach(Actor(_NOBODY, "", "", (Grant(Role.CLERK, unit_id),)), frozenset({Role.CLERK}))


def counted(lines: Iterable[Line], unit_id: UUID, day: date) -> Mapping[str, Counted]:
    """What the computed lines count for a unit on a day, by line; without lines whose figure does not exist (now)."""
    known, reach = choosable(), reach_of(unit_id)
    computed = {
        line.code: known[line.figure] for line in lines if line.kind is LineKind.FIGURE and line.figure in known
    }
    return _counted({code: rows_of(figure, reach, day) for code, figure in computed.items()})


def counted_for(figure: Figure, unit_ids: Iterable[UUID], day: date) -> Mapping[UUID, Counted]:
    """What a figure that `is_recountable` counts for each of these units on a day, likewise."""
    queries = {str(unit_id): rows_of(figure, reach_of(unit_id), day) for unit_id in unit_ids}
    return {UUID(unit_id): counted for unit_id, counted in _counted(queries).items()}


def _counted(queries: Mapping[str, Select[Any]]) -> dict[str, Counted]:
    """The numbers and rows of several queries of rows (`rows_of`), by their keys."""
    if not queries:
        return {}
    parts = [query.add_columns(literal(key).label("of")) for key, query in queries.items()]
    rows: dict[str, list[tuple[str, int]]] = {key: [] for key in queries}
    sums = dict.fromkeys(queries, 0)
    for row in db.session.execute(parts[0] if len(parts) == 1 else union_all(*parts)):
        rows[row.of].append((str(row.key), row.correction))
        sums[row.of] += row.amount
    return {key: Counted(sums[key], sorted(rows[key])) for key in queries}


def is_of_day(line: Line) -> bool:
    """Whether a line says what happened on the day, so that it must be 0 in a zero report."""
    figure = choosable().get(line.figure)
    return line.is_number and (figure is None or figure.is_of_day)


def is_idle(lines: Iterable[Line], now: Mapping[str, Counted]) -> bool:
    """Whether the records have nothing for the day; a figure of the present, such as a stock, is no event of a day."""
    known = choosable()
    return not any(now[line.code].number for line in lines if line.code in now and known[line.figure].is_of_day)


@dataclass(frozen=True, slots=True)
class Asked:
    """A report whose computed numbers are asked for, by a key."""

    key: UUID
    lines: Sequence[Line]
    unit_id: UUID
    day: date


def numbers(asked: Sequence[Asked]) -> dict[tuple[UUID, str], int]:
    """The computed numbers of several reports by key and line, some reports to a statement."""
    counts: dict[tuple[UUID, str], int] = {}
    for first in range(0, len(asked), _TOGETHER):
        parts = [part for report in asked[first : first + _TOGETHER] for part in _sums(report)]
        statement: Any = union_all(*parts) if len(parts) > 1 else next(iter(parts), None)
        rows = () if statement is None else db.session.execute(statement)
        counts |= {(UUID(row[0]), row[1]): int(row[2]) for row in rows}
    return counts


def _sums(report: Asked) -> Iterable[Any]:
    known, reach = choosable(), reach_of(report.unit_id)
    for line in report.lines:
        if line.kind is LineKind.FIGURE and line.figure in known:
            amount = rows_of(known[line.figure], reach, report.day).subquery().c.amount
            yield select(literal(str(report.key)), literal(line.code), func.coalesce(func.sum(amount), 0))
