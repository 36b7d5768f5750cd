"""Reads of the district's preferences."""

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import select

from webapp.district.models import District
from webapp.district.rules import BACKUP_DAYS, BACKUPS, Preferences
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
