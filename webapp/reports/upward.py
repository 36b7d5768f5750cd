"""What a unit reports upward: the newest versions of the units below it, added up, and what is missing from the sum.

A unit's consolidated report goes before its own one. The units that count are the topmost that owe a report or have a
consolidated one, so that nothing counts twice.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.kernel.access import Reach
from webapp.kernel.columns import canonical
from webapp.reports import queries
from webapp.reports.models import ConsolidatedReport, Report, ReportDue, ReportKind
from webapp.reports.rules import TO_ANSWER, Moved, Part, lines_of, moved, parts_of, plain, topmost
from webapp.units import queries as units
from webapp.units.queries import JOINED as UNIT
from webapp.units.queries import visible_units


@dataclass(frozen=True, slots=True)
class Below:
    """A unit that counts in a sum; `part` is its newest version, signed `at`, None while it has not reported. With
    `is_open_again` that version was returned, or needs a second look: its numbers are going to change.
    """

    unit_id: UUID
    name: str
    path: str
    part: Part | None
    at: datetime | None
    is_open_again: bool


@dataclass(frozen=True)
class Sum:
    """The units that count below a unit, with what they add up to."""

    units: Sequence[Below]

    @cached_property
    def parts(self) -> list[Part]:
        return [unit.part for unit in self.units if unit.part]

    @property
    def signed(self) -> list[Below]:
        return [unit for unit in self.units if unit.part]

    @property
    def absent(self) -> list[Below]:
        return [unit for unit in self.units if not unit.part]

    @cached_property
    def summed(self) -> Counter[str]:
        """The sum by line, of the lines that somebody stated."""
        summed: Counter[str] = Counter()
        for part in self.parts:
            summed.update(part.numbers)  # keeps a line of zeros, which + does not
        return summed

    @property
    def stating(self) -> Counter[str]:
        """How many units state each line: fewer than signed where the kind has new lines."""
        return Counter(code for part in self.parts for code in part.numbers)

    @property
    def key(self) -> str:
        """Identifies what was added up, so that a press signs just this."""
        return hashlib.sha256(canonical(plain(self.parts)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Day:
    """A kind of report on a day within a reach: the expectations (rows of `queries.SHOWN` with `numbers` and
    `newest_at`), and the
    newest consolidated reports.
    """

    rows: Sequence[Any]
    sums: Sequence[Any]

    @cached_property
    def units(self) -> dict[UUID, Below]:
        """Every unit that owes a report or has a consolidated one, which goes first."""
        reports = {
            row.unit_id: _below(row, _reported(row), row.newest_at, row.standing in TO_ANSWER) for row in self.rows
        }
        return reports | {row.unit_id: _below(row, _summed(row), row.signed_at, False) for row in self.sums}

    def under(self, path: str) -> list[Any]:
        """The expectations of the units below the unit with this path."""
        return [row for row in self.rows if row.path != path and row.path.startswith(path)]

    def sum(self, path: str) -> Sum:
        """What the units below the unit with this path add up to."""
        every = {id_: unit for id_, unit in self.units.items() if unit.path != path and unit.path.startswith(path)}
        return Sum([every[id_] for id_ in topmost({id_: unit.path for id_, unit in every.items()})])

    def signed(self, unit_id: UUID) -> Any:
        """The newest consolidated report of a unit; None without one."""
        return next((row for row in self.sums if row.unit_id == unit_id), None)

    def moved(self, row: Any) -> list[Moved]:
        """What has changed below a consolidated report since it was signed."""
        return moved(parts_of(row.parts), self.sum(row.path).parts)

    def moved_at(self, row: Any) -> datetime | None:
        """When something last changed below a consolidated report; None if nothing has."""
        units = {UUID(change.unit) for change in self.moved(row)}
        times = [self.units[id_].at or row.signed_at for id_ in units if id_ in self.units]
        return max(times, default=row.signed_at) if units else None


def _below(row: Any, part: Part | None, at: datetime | None, is_open_again: bool) -> Below:
    return Below(row.unit_id, row.unit_name, row.path, part, at, is_open_again)


def _reported(row: Any) -> Part | None:
    numbers = {code: pair[1] for code, pair in (row.numbers or {}).items()}
    return Part(str(row.unit_id), str(row.report_id), row.version, False, numbers) if row.report_id else None


def _summed(row: Any) -> Part:
    return Part(str(row.unit_id), str(row.id), row.version, True, {code: n[2] for code, n in row.numbers.items()})


def of_days(reach: Reach, since: date, until: date, kind_id: UUID | None = None) -> Mapping[tuple[UUID, date], Day]:
    """The kinds on each of these days, in two statements."""
    of_kind = [] if kind_id is None else [ReportDue.kind_id == kind_id]
    owed = queries.owed(reach, Report.numbers, Report.signed_at.label("newest_at")).where(
        ReportDue.day.between(since, until), *of_kind
    )
    days: dict[tuple[UUID, date], tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for row in db.session.execute(owed.order_by(UNIT.path)):
        days[row.kind_id, row.day][0].append(row)
    for row in sums(reach, since, until, kind_id):
        days[row.kind_id, row.day][1].append(row)
    return {key: Day(*rows) for key, rows in days.items()}


def overtaken(reach: Reach, since: date, until: date) -> list[tuple[Any, datetime]]:
    """The consolidated reports of these days below which something was signed or corrected since, with the moment."""
    if not sums(reach, since, until):
        return []
    days = of_days(reach, since, until).values()
    return [(row, moved_at) for day in days for row in day.sums if (moved_at := day.moved_at(row))]


def of_day(reach: Reach, kind_id: UUID, day: date) -> Day:
    return of_days(reach, day, day, kind_id).get((kind_id, day), Day((), ()))


def sums(reach: Reach, since: date, until: date, kind_id: UUID | None = None) -> Sequence[Any]:
    """The newest consolidated reports of some days within reach."""
    row = ConsolidatedReport
    query = select(
        row.id, row.kind_id, row.day, row.unit_id, row.version, row.numbers, row.parts, row.recorded_at, row.signed_at
    ).add_columns(UNIT.name.label("unit_name"), UNIT.path, ReportKind.name.label("kind_name"))
    query = query.join(UNIT, UNIT.id == row.unit_id).join(ReportKind, ReportKind.id == row.kind_id)
    query = query.where(row.replaced_by.is_(None), row.day.between(since, until))
    query = query.where(row.unit_id.in_(visible_units(reach)))
    return db.session.execute(query.where(row.kind_id == kind_id) if kind_id else query).all()


@dataclass(frozen=True, slots=True)
class About:
    """Which consolidated report a page is about."""

    kind: ReportKind
    unit: Any
    day: date


def find(kind_id: UUID | None, unit_id: UUID | None, day: date | None, reach: Reach) -> About | None:
    """A kind, a unit within reach and a day, if all three exist."""
    kind = queries.find_kind(kind_id) if kind_id else None
    unit = units.find_visible(unit_id, reach)
    return About(kind, unit, day) if kind and unit and day else None


def find_sum(sum_id: UUID, reach: Reach) -> tuple[ConsolidatedReport, About] | None:
    """A version of a consolidated report of a unit within reach."""
    row = db.session.get(ConsolidatedReport, sum_id)
    about = find(row.kind_id, row.unit_id, row.day, reach) if row else None
    return (row, about) if row and about else None


def newest(about: About) -> ConsolidatedReport | None:
    """The newest version, for a page whose reach was checked."""
    return next(iter(versions(about)), None)


def versions(about: About) -> Sequence[ConsolidatedReport]:
    """All versions, newest first."""
    row = ConsolidatedReport
    query = select(row).where(row.kind_id == about.kind.id, row.unit_id == about.unit.id, row.day == about.day)
    return db.session.scalars(query.order_by(row.version.desc())).unique().all()


def versions_along(sum_id: UUID) -> Sequence[UUID]:
    """The ids of the other versions of the record that a version belongs to."""
    row = ConsolidatedReport
    record = select(row.record_id).where(row.id == sum_id).scalar_subquery()
    return db.session.scalars(select(row.id).where(row.record_id == record, row.id != sum_id)).all()


def words_of(added: Sum) -> list[tuple[str, Mapping[str, str]]]:
    """The texts of the versions that are added up, each with the name of its unit."""
    ids = {UUID(part.id) for part in added.parts}
    both = (select(model.id, model.words).where(model.id.in_(ids)) for model in (Report, ConsolidatedReport))
    words = {str(row.id): row.words or {} for query in both for row in db.session.execute(query)}
    return [(unit.name, words.get(unit.part.id, {})) for unit in added.signed if unit.part]


def own_numbers(day: Day, unit_id: UUID) -> Mapping[str, int] | None:
    """What a unit stated in a report of its own; None if it has not signed one."""
    row = next((row for row in day.rows if row.unit_id == unit_id), None)
    return {code: pair[1] for code, pair in row.numbers.items()} if row and row.report_id else None


def lines_at(kind_id: UUID | None) -> Any:
    """The lines of a kind, as they are now; none without it."""
    kind = queries.find_kind(kind_id) if kind_id else None
    return lines_of(kind.lines) if kind else ()
