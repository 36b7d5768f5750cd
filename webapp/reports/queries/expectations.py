"""Reads of reports. Expectations are read within reach; one of a dissolved unit counts only if it was signed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select

from webapp.accounts.queries import name_of as person_name
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.listing import Axes
from webapp.reports.models import Report, ReportBinding, ReportCheck, ReportDue, ReportKind, ReportOwing
from webapp.reports.rules import JUMP_DAYS, TO_ANSWER, Evil, Standing, State
from webapp.sync.queries import waiting_by_unit
from webapp.units.queries import JOINED as UNIT
from webapp.units.queries import in_unit, units_under, visible_units

# Of the filter by state: whatever was signed, and what is open while a device of the unit has not sent everything.
IN, UNSENT = "in", "unsent"
_newest = and_(Report.due_id == ReportDue.id, Report.replaced_by.is_(None))
_is_owed = or_(Report.id.is_not(None), UNIT.dissolved_on.is_(None), ReportDue.day < UNIT.dissolved_on)
_checked = ReportCheck.report_id == Report.id
# What a row of an expectation says; its state is derived from it (rules.state_of).
SHOWN: tuple[Any, ...] = (
    ReportDue.id,
    ReportDue.kind_id,
    ReportDue.unit_id,
    ReportDue.day,
    ReportDue.due_at,
    ReportDue.urge_count,
    ReportDue.urged_at,
    ReportKind.name.label("kind_name"),
    UNIT.name.label("unit_name"),
    UNIT.path,
    Report.id.label("report_id"),
    Report.version,
    Report.is_zero,
    Report.recorded_at.label("signed_at"),
    Report.state.label("standing"),
)


def owed(reach: Reach, *more: Any) -> Select[Any]:
    """The expectations within reach with their newest reports: rows of SHOWN and `more`."""
    return (
        select(*SHOWN, *more)
        .select_from(ReportDue)
        .join(UNIT, UNIT.id == ReportDue.unit_id)
        .join(ReportKind, ReportKind.id == ReportDue.kind_id)
        .outerjoin(Report, _newest)
        .where(_is_owed, ReportDue.unit_id.in_(visible_units(reach)))
    )


def expectations(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The expectations within reach that match the filters of the list, up to today."""
    at = clock.now()
    query = owed(reach, person_name(Report.writer_id).label("writer_name"), *_LATER).outerjoin(ReportCheck, _checked)
    query = query.where(ReportDue.day <= clock.district_day(at))
    query = query.where(*in_unit(ReportDue.unit_id, filters))
    for name, column in (("kind", ReportDue.kind_id), ("owner", ReportDue.unit_id)):
        if filters.get(name):
            query = query.where(column == filters[name])
    if filters.get("since"):
        query = query.where(ReportDue.day >= filters["since"])
    if filters.get("until"):
        query = query.where(ReportDue.day <= filters["until"])
    if filters.get("state"):
        query = query.where(_in_state(filters["state"], at))
    return query.where(_is_evil(Evil(filters["evil"]), at)) if filters.get("evil") else query


AXES = Axes(None, ReportDue.unit_id, lambda day: ReportDue.day == day.day)
_LATER = (ReportCheck.added, ReportCheck.changed, ReportCheck.gone)


def _in_state(state: str, at: datetime) -> ColumnElement[bool]:
    """The condition of a state; the same rule as `rules.state_of`."""
    stands = Report.state.not_in(tuple(TO_ANSWER))
    first = and_(stands, Report.version == 1)
    is_late = Report.recorded_at > ReportDue.due_at
    if state == UNSENT:
        return and_(Report.id.is_(None), has_unsent())
    return {
        State.DUE: and_(Report.id.is_(None), ReportDue.due_at > at),
        State.MISSING: and_(Report.id.is_(None), ReportDue.due_at <= at),
        State.AMENDED: and_(stands, Report.version > 1),
        State.UNSURE: Report.state == Standing.UNSURE,
        State.RETURNED: Report.state == Standing.RETURNED,
        State.LATE: and_(first, is_late),
        State.ZERO: and_(first, ~is_late, Report.is_zero.is_(True)),
        State.REPORTED: and_(first, ~is_late, Report.is_zero.is_(False)),
        IN: Report.id.is_not(None),
    }[state]


def has_unsent() -> ColumnElement[bool]:
    """Whether a device has not sent everything whose unit is that of an expectation, or one below it."""
    return or_(false(), *(literal(row.path).startswith(UNIT.path) for row in waiting_by_unit()))


def _is_evil(evil: Evil, at: datetime) -> ColumnElement[bool]:
    """The definitions stand on the page of the four evils (labels.EVILS)."""
    return {
        Evil.WRONG: Report.is_changed.is_(True),
        Evil.LATE: Report.recorded_at > ReportDue.due_at,
        Evil.HIDDEN: ReportCheck.added + ReportCheck.changed + ReportCheck.gone > 0,
        Evil.MISSING: and_(Report.id.is_(None), ReportDue.due_at <= at),
    }[evil]


def evils(reach: Reach, kind_id: UUID | None, since: date, until: date, at: datetime) -> Sequence[Any]:
    """Per unit the number of expectations whose time has come (`due`) and of each evil, by the unit's path."""
    until = min(until, clock.district_day(at))
    sums = [func.coalesce(func.sum(case((_is_evil(evil, at), 1), else_=0)), 0).label(evil.value) for evil in Evil]
    query: Select[Any] = owed(reach).outerjoin(ReportCheck, _checked)
    query = query.where(ReportDue.day.between(since, until), or_(Report.id.is_not(None), ReportDue.due_at <= at))
    if kind_id:
        query = query.where(ReportDue.kind_id == kind_id)
    query = query.with_only_columns(ReportDue.unit_id, UNIT.name.label("unit_name"), func.count().label("due"), *sums)
    return db.session.execute(query.group_by(ReportDue.unit_id, UNIT.name, UNIT.path).order_by(UNIT.path)).all()


def last_checked() -> datetime | None:
    """When reports were last compared with the records."""
    return db.session.scalar(select(func.max(ReportCheck.checked_at)))


def of_days(
    reach: Reach, kind_id: UUID, since: date, until: date, unit_id: UUID | None = None, *more: Any
) -> Sequence[Any]:
    """The expectations of a kind on some days, by unit and day: of all units within reach, or below `unit_id`."""
    query = owed(reach, *more).where(ReportDue.kind_id == kind_id, ReportDue.day.between(since, until))
    if unit_id:
        query = query.where(ReportDue.unit_id.in_(units_under(unit_id)))
    return db.session.execute(query.order_by(UNIT.path, ReportDue.day)).all()


def of_reach(reach: Reach, since: date, until: date) -> Sequence[Any]:
    """The expectations of all kinds within reach on some days, newest first."""
    query = owed(reach).where(ReportDue.day.between(since, until))
    return db.session.execute(query.order_by(ReportDue.day.desc(), UNIT.path, ReportKind.name)).all()


def behind(reach: Reach, since: date, until: date, at: datetime, limit: int) -> Sequence[UUID]:
    """The units within reach with the most missing and late reports of some days."""
    wrong = or_(_is_evil(Evil.MISSING, at), _is_evil(Evil.LATE, at))
    query = owed(reach).where(ReportDue.day.between(since, until), wrong).with_only_columns(ReportDue.unit_id)
    query = query.group_by(ReportDue.unit_id, UNIT.path).order_by(func.count().desc(), UNIT.path)
    return db.session.scalars(query.limit(limit)).all()


def of_units(reach: Reach, unit_ids: Collection[UUID], since: date, until: date) -> Sequence[Any]:
    """The expectations of these units within reach on some days."""
    query = owed(reach).where(ReportDue.day.between(since, until), ReportDue.unit_id.in_(unit_ids))
    return db.session.execute(query).all()


def numbers_of(report_ids: Collection[UUID]) -> dict[UUID, Any]:
    """The numbers of signed versions by id."""
    rows = db.session.execute(select(Report.id, Report.numbers).where(Report.id.in_(report_ids))) if report_ids else ()
    return {row.id: row.numbers for row in rows}


def to_sign(reach: Reach, since: date, until: date, limit: int | None = None) -> Sequence[Any]:
    """The expectations within reach without a report, by deadline."""
    query = owed(reach).where(Report.id.is_(None), ReportDue.day.between(since, until))
    return db.session.execute(query.order_by(ReportDue.due_at, UNIT.path).limit(limit)).all()


def to_answer(reach: Reach, limit: int | None = None) -> Sequence[Any]:
    """The reports within reach that were returned or are unsure: rows of SHOWN, `returned_at`, `return_reason` and
    `arrived_at`, by deadline.
    """
    query = owed(reach, Report.returned_at, Report.return_reason, Report.arrived_at)
    query = query.where(Report.state.in_(tuple(TO_ANSWER))).order_by(ReportDue.due_at, UNIT.path)
    return db.session.execute(query.limit(limit)).all()


def missing_now(reach: Reach, since: date, at: datetime) -> Sequence[Any]:
    """Per kind and day: how many units within reach have not reported by the deadline, and how many of these have
    devices with unsent work (`unsent`).
    """
    missing = owed(reach).where(Report.id.is_(None), ReportDue.day >= since, ReportDue.due_at <= at)
    grouped = missing.with_only_columns(
        ReportDue.kind_id,
        ReportKind.name.label("kind_name"),
        ReportDue.day,
        func.max(ReportDue.due_at).label("due_at"),
        func.count().label("units"),
        func.sum(case((has_unsent(), 1), else_=0)).label("unsent"),
    )
    return db.session.execute(grouped.group_by(ReportDue.kind_id, ReportKind.name, ReportDue.day)).all()


def urged(reach: Reach, since: date) -> Sequence[Any]:
    """The missing reports within reach that were urged."""
    query = owed(reach).where(Report.id.is_(None), ReportDue.day >= since, ReportDue.urged_at.is_not(None))
    return db.session.execute(query.order_by(ReportDue.urged_at, ReportDue.id)).all()


def missing_ids(reach: Reach, kind_id: UUID, day: date, unit_id: UUID | None, at: datetime) -> Select[UUID]:
    """Ids of the expectations of a kind and day within reach that nobody signed by the deadline; of one unit alone, if
    it is given.
    """
    query = owed(reach).where(Report.id.is_(None), ReportDue.kind_id == kind_id, ReportDue.day == day)
    query = query.where(ReportDue.due_at <= at, *(() if unit_id is None else (ReportDue.unit_id == unit_id,)))
    return query.with_only_columns(ReportDue.id)


@dataclass(frozen=True, slots=True)
class Expected:
    """An expectation with its kind, its unit and its newest report, if it has one."""

    due: ReportDue
    kind: ReportKind
    unit: Any
    report: Report | None


def find(due_id: UUID | None, reach: Reach) -> Expected | None:
    """An expectation within reach."""
    row = db.session.execute(
        owed(reach).with_only_columns(ReportDue, ReportKind, UNIT, Report).where(ReportDue.id == due_id)
    ).first()
    return Expected(*row) if row else None


def lines_of(due_id: UUID | None) -> Any:
    """The lines of the kind of an expectation, as stored; None without one."""
    query = select(ReportKind.lines).join(ReportDue, ReportDue.kind_id == ReportKind.id)
    return db.session.scalar(query.where(ReportDue.id == due_id)) if due_id else None


def find_report(report_id: UUID) -> Report | None:
    return db.session.get(Report, report_id)


def newest_of(due_id: UUID | None) -> UUID | None:
    """The id of the newest version of the report of an expectation; None without one."""
    query = select(Report.id).where(Report.due_id == due_id, Report.replaced_by.is_(None))
    return db.session.scalar(query) if due_id else None


def versions(due_id: UUID) -> Sequence[Report]:
    """All versions of the report of an expectation, newest first."""
    query = select(Report).where(Report.due_id == due_id).order_by(Report.version.desc())
    return db.session.scalars(query).unique().all()


def versions_along(report_id: UUID) -> Sequence[UUID]:
    """The ids of the other versions of the report that a version belongs to."""
    record = select(Report.record_id).where(Report.id == report_id).scalar_subquery()
    return db.session.scalars(select(Report.id).where(Report.record_id == record, Report.id != report_id)).all()


def before(expected: Expected) -> tuple[Mapping[str, int], list[Mapping[str, int]]]:
    """The stated numbers of the day before, and those of the signed days among the last seven, by line."""
    due = expected.due
    query = select(ReportDue.day, Report.numbers).join(Report, _newest)
    query = query.where(ReportDue.kind_id == due.kind_id, ReportDue.unit_id == due.unit_id)
    query = query.where(ReportDue.day.between(due.day - timedelta(days=JUMP_DAYS), due.day - timedelta(days=1)))
    days = {row.day: {code: pair[1] for code, pair in row.numbers.items()} for row in db.session.execute(query)}
    return days.get(due.day - timedelta(days=1), {}), list(days.values())


def bindings(report_id: UUID) -> dict[str, Any]:
    """The rows bound by a signed version, by line."""
    query = select(ReportBinding.line, ReportBinding.rows).where(ReportBinding.report_id == report_id)
    return {row.line: row.rows for row in db.session.execute(query)}


def signed_on(day: date, reach: Reach, other: Reach, unit_id: UUID | None) -> Sequence[Any]:
    """The newest signed reports of a day within both reaches, of all units or below one: rows of SHOWN with the code of
    the unit, and with the `lines`, the `numbers` and the signature (`version_at`) of the newest version.
    """
    more = UNIT.code, Report.lines, Report.numbers, Report.signed_at.label("version_at")
    query = owed(reach, *more).where(Report.id.is_not(None), ReportDue.day == day)
    query = query.where(ReportDue.unit_id.in_(visible_units(other)))
    if unit_id:
        query = query.where(ReportDue.unit_id.in_(units_under(unit_id)))
    return db.session.execute(query.order_by(UNIT.path, ReportKind.name)).all()


def bound_by(report_ids: Collection[UUID]) -> dict[tuple[UUID, str], Any]:
    """The rows bound by these signed versions, by version and line."""
    query = select(ReportBinding).where(ReportBinding.report_id.in_(report_ids))
    return {(row.report_id, row.line): row.rows for row in db.session.scalars(query)} if report_ids else {}


def kinds(*, ended: bool = False) -> Sequence[ReportKind]:
    """The kinds of reports by name; with `ended` also those that are owed no longer."""
    query = select(ReportKind).order_by(ReportKind.is_ended, ReportKind.name)
    return db.session.scalars(query if ended else query.where(ReportKind.is_ended.is_(False))).all()


def find_kind(kind_id: UUID) -> ReportKind | None:
    return db.session.get(ReportKind, kind_id)


def owing(kind_id: UUID) -> dict[UUID, date]:
    """The units that owe a kind, each with the first day."""
    rows = db.session.execute(select(ReportOwing.unit_id, ReportOwing.since_on).where(ReportOwing.kind_id == kind_id))
    return {row.unit_id: row.since_on for row in rows}


def count_owing() -> dict[UUID, int]:
    """The number of units that owe each kind."""
    rows = db.session.execute(select(ReportOwing.kind_id, func.count()).group_by(ReportOwing.kind_id))
    return {row[0]: row[1] for row in rows}


def newest_to_check(since: date) -> Sequence[Any]:
    """The newest signed reports since a day: rows of `id`, `unit_id`, `day` and `lines`."""
    query: Select[Any] = select(Report.id, ReportDue.unit_id, ReportDue.day, Report.lines).join(ReportDue, _newest)
    return db.session.execute(query.where(ReportDue.day >= since).order_by(ReportDue.day)).all()
