"""Setting up kinds of reports and the calendar, and writing the expectations of the coming days."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from webapp.district.queries import calendar, calendar_of
from webapp.district.rules import Exceptional, written
from webapp.district.service import put_calendar
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import Actor
from webapp.kernel.database import hold, locked, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.insertions import insert_ignoring_all
from webapp.reports import queries
from webapp.reports.models import Report, ReportDue, ReportKind, ReportOwing
from webapp.reports.rules import AHEAD, Check, CheckKind, Days, Line, Owed, deadline, lines_of, plain


@dataclass(frozen=True, slots=True)
class Draft:
    """A kind as an administrator describes it: new lines have no code, checks name lines by their place from 1."""

    name: str
    cutoff: str
    weekdays: str
    lines: Sequence[Line]
    checks: Sequence[tuple[CheckKind, Sequence[int]]]
    units: Collection[UUID]
    is_ended: bool = False
    days: Days = Days.WEEKDAYS


def save_kind(kind_id: UUID | None, draft: Draft, *, by: Actor | None, at: datetime, since: date | None = None) -> UUID:
    """Add or change a kind of report, and write the expectations of today and the coming days; returns its id.

    What was signed, and what is missing already, stays as it is. A unit owes from today on if the deadline has not
    passed, else from tomorrow, or from `since`. Raises Refusal `report-kind-gone`.
    """
    with transaction() as session:
        kind = locked(ReportKind, kind_id) if kind_id else _new_kind()
        if kind is None:
            raise Refusal("report-kind-gone", 404)
        lines = _coded(kind, draft.lines)
        kind.name, kind.cutoff = draft.name, draft.cutoff
        kind.days, kind.weekdays = draft.days, draft.weekdays
        kind.is_ended, kind.lines = draft.is_ended, plain(lines)
        checks = [Check(check, tuple(lines[place - 1].code for place in places)) for check, places in draft.checks]
        kind.checks = plain(checks)
        session.add(kind)
        session.flush()
        today = clock.district_day(at)
        first = since or (today if deadline(today, kind.cutoff, clock.zone()) > at else today + timedelta(days=1))
        _owe(kind, draft.units, first)
        _forget(kind, draft.units, at)
        _move(kind, today, at)
        _expect(kind, min(first, today), today + timedelta(days=AHEAD), at if since is None else None)
        journal.write("report_kind.saved", "report_kind", kind.id, by=by, at=at, name=kind.name)
        return kind.id


def _new_kind() -> ReportKind:
    number = db.session.scalar(select(func.count()).select_from(ReportKind)) or 0  # kinds are never deleted
    return ReportKind(id=uuid4(), code=f"d{number + 1}", last_line=0, lines=[])


def _coded(kind: ReportKind, lines: Iterable[Line]) -> list[Line]:
    """The lines with their codes; a line that is new, or counts something else than before, gets a new code."""
    before, coded = {line.code: line for line in lines_of(kind.lines)}, []
    for line in lines:
        same = before.pop(line.code, None)
        if same is None or (same.kind, same.figure) != (line.kind, line.figure):
            kind.last_line += 1
            line = replace(line, code=f"l{kind.last_line}")
        coded.append(line)
    return coded


def _owe(kind: ReportKind, units: Collection[UUID], first: date) -> None:
    known = queries.owing(kind.id)
    db.session.execute(delete(ReportOwing).where(ReportOwing.kind_id == kind.id, ReportOwing.unit_id.not_in(units)))
    new = [unit_id for unit_id in units if unit_id not in known]
    db.session.add_all(ReportOwing(kind_id=kind.id, unit_id=unit_id, since_on=first) for unit_id in new)
    db.session.flush()


def _forget(kind: ReportKind, units: Collection[UUID], at: datetime) -> None:
    """Delete the expectations that are not due yet and are owed no longer."""
    today = clock.district_day(at)
    owed = _owed(kind, today, today + timedelta(days=AHEAD))
    _delete(kind, lambda row: kind.is_ended or row.unit_id not in units or not owed.includes(row.day), at)


def _owed(kind: ReportKind, since: date, until: date) -> Owed:
    """The days on which a kind is owed, by the calendar of some days."""
    return Owed(kind.days, kind.weekdays, calendar(since, until) if kind.days is Days.WORKDAYS else {})


def _delete(kind: ReportKind, is_gone: Callable[[Any], bool], at: datetime) -> None:
    signed = select(Report.id).where(Report.due_id == ReportDue.id).exists()
    ahead = select(ReportDue.id, ReportDue.unit_id, ReportDue.day).where(
        ReportDue.kind_id == kind.id, ReportDue.due_at > at, ~signed
    )
    gone = [row.id for row in db.session.execute(ahead) if is_gone(row)]
    db.session.execute(delete(ReportDue).where(ReportDue.id.in_(gone)))


def save_calendar(year: int, days: Sequence[Exceptional], seen: str, *, by: Actor, at: datetime) -> None:
    """Replace the holidays and working weekends of a year; expectations follow for the days after today.

    `seen` is the list (`days.written`) that the person changed. Raises Refusal `calendar-changed-meanwhile`.
    """
    tomorrow = clock.district_day(at) + timedelta(days=1)
    until = tomorrow + timedelta(days=AHEAD - 1)
    with transaction() as session:
        hold("calendar")
        if written(calendar_of(year)) != seen:
            raise Refusal("calendar-changed-meanwhile", 409)
        put_calendar(year, days, by=by, at=at)
        session.flush()
        for kind in queries.kinds():
            if kind.days is Days.WORKDAYS:
                owed = _owed(kind, tomorrow, until)
                _delete(kind, partial(_is_off, owed, tomorrow), at)
                _expect(kind, tomorrow, until, None)


def _is_off(owed: Owed, since: date, row: Any) -> bool:
    """Whether an expectation from a day on is one of a day on which nothing is owed."""
    return row.day >= since and not owed.includes(row.day)


def _move(kind: ReportKind, today: date, at: datetime) -> None:
    """Move the deadlines that have not passed to the cut-off of now."""
    for day in (today + timedelta(days=number) for number in range(AHEAD + 1)):
        ahead = ReportDue.kind_id == kind.id, ReportDue.day == day, ReportDue.due_at > at
        due_at = deadline(day, kind.cutoff, clock.zone())
        db.session.execute(update(ReportDue).where(*ahead).values(due_at=due_at))


def _expect(kind: ReportKind, since: date, until: date, at: datetime | None) -> int:
    """Write the expectations of some days that do not exist, with `at` only those whose time has not passed."""
    if kind.is_ended:
        return 0
    deadlines = {
        day: deadline(day, kind.cutoff, clock.zone()) for day in _owed(kind, since, until).between(since, until)
    }
    rows = [
        {"id": uuid4(), "kind_id": kind.id, "unit_id": unit_id, "day": day, "due_at": due_at}
        for unit_id, first in queries.owing(kind.id).items()
        for day, due_at in deadlines.items()
        if day >= first and (at is None or due_at > at)
    ]
    if rows:
        insert_ignoring_all(ReportDue, rows, ("kind_id", "day", "unit_id"))
    return len(rows)


def expect_ahead(at: datetime) -> int:
    """Write the expectations up to a week from now, also those of days on which no server ran; returns how many."""
    until, written = clock.district_day(at) + timedelta(days=AHEAD), 0
    with transaction() as session:
        last = select(ReportDue.kind_id, func.max(ReportDue.day)).group_by(ReportDue.kind_id)
        days = {row[0]: row[1] for row in session.execute(last)}
        for kind in queries.kinds():
            since = days.get(kind.id)
            since = since + timedelta(days=1) if since else clock.district_day(at)
            written += _expect(kind, since, until, None) if since <= until else 0
    return written
