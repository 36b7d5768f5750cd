"""Changing the district's preferences and its holidays."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from webapp.district import queries
from webapp.district.models import CalendarDay, District
from webapp.district.rules import Exceptional, Preferences
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction


def change_retention(days: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Say for how many days each kind of record is kept, from the next night on."""
    with transaction():
        row = db.session.get(District, 1) or _preset()
        changed = _changes(row.retention or {}, days)
        row.retention, row.changed_by, row.changed_at = dict(days), by.id, at
        db.session.add(row)
        journal.write("retention.changed", "district", 1, by=by, at=at, changed=changed)


def _preset() -> District:
    return District(id=1, **asdict(Preferences()) | {"risk_areas": []})


def change_preferences(chosen: Preferences, *, by: Actor | None, at: datetime) -> None:
    """Put new preferences into force at once and journal each changed value, from what and to what."""
    with transaction():
        before = queries.preferences()
        row = db.session.get(District, 1) or District(id=1)
        for name, value in asdict(chosen).items():
            setattr(row, name, list(value) if name == "risk_areas" else value)
        row.changed_by = by.id if by else None
        row.changed_at = at
        db.session.add(row)
        changed = _changes(asdict(before), asdict(chosen))
        journal.write("district.changed", "district", 1, by=by, at=at, changed=changed)


def put_calendar(year: int, days: Iterable[Exceptional], *, by: Actor, at: datetime) -> None:
    """Replace the holidays and working weekends of a year, in the open transaction, and journal what is different."""
    before, after = queries.calendar_of(year), {row.day: row for row in days}
    of_year = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    db.session.execute(delete(CalendarDay).where(of_year))
    db.session.add_all(CalendarDay(day=row.day, is_workday=row.is_workday, name=row.name) for row in after.values())
    changed = {
        day.isoformat(): [_act(before.get(day)), _act(after.get(day))]
        for day in sorted({*before, *after})
        if _act(before.get(day)) != _act(after.get(day))
    }
    journal.write("calendar.changed", "district", 1, by=by, at=at, changed=changed)


def _act(row: Exceptional | None) -> str | None:
    return ("workday" if row.is_workday else "holiday") if row else None


def _changes(before: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What was chosen otherwise than before, as [old, new] in plain data."""
    return {
        name: [_plain(before.get(name)), _plain(value)] for name, value in chosen.items() if before.get(name) != value
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Decimal) else value
