"""Reads of the district's preferences and of its holidays."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from sqlalchemy import select

from webapp.district.models import CalendarDay, District
from webapp.district.rules import BACKUP_DAYS, BACKUPS, Exceptional, Preferences
from webapp.extensions import db
from webapp.kernel.database import connection, once

_district = District.__table__.c
_CHOSEN = select(*(_district[column.name] for column in fields(Preferences))).where(_district.id == 1)


def preferences() -> Preferences:
    """The preferences in force; the defaults until somebody changes them."""
    return once("preferences", _preferences)


def _preferences() -> Preferences:
    row = connection().execute(_CHOSEN).mappings().one_or_none()
    return Preferences(**dict(row) | {"risk_areas": tuple(row["risk_areas"])}) if row else Preferences()


def retention() -> Mapping[str, int]:
    """The days that the district chose, by rule; a rule is not among them while its preset stands."""
    row = db.session.get(District, 1)
    return dict(row.retention) if row else {}


def backup_days() -> int:
    """How many days backups are kept."""
    return retention().get(BACKUPS, BACKUP_DAYS)


def calendar(since: date, until: date) -> dict[date, bool]:
    """The holidays (False) and working weekends (True) of some days, both included."""
    rows = select(CalendarDay.day, CalendarDay.is_workday).where(CalendarDay.day.between(since, until))
    return {row.day: row.is_workday for row in db.session.execute(rows)}


def calendar_of(year: int) -> dict[date, Exceptional]:
    """The same of a year, with their names."""
    rows = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return {row.day: Exceptional(row.day, row.is_workday, row.name) for row in db.session.scalars(rows)}
