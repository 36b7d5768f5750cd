"""Reads of the district's preferences."""

from collections.abc import Mapping
from dataclasses import fields

from webapp.district.models import District
from webapp.district.rules import BACKUP_DAYS, BACKUPS, Preferences
from webapp.extensions import db


def preferences() -> Preferences:
    """The preferences in force; the defaults until somebody changes them."""
    row = db.session.get(District, 1)
    if row is None:
        return Preferences()
    chosen = {column.name: getattr(row, column.name) for column in fields(Preferences)}
    return Preferences(**chosen | {"risk_areas": tuple(row.risk_areas)})


def retention() -> Mapping[str, int]:
    """The days that the district chose, by rule; a rule is not among them while its preset stands."""
    row = db.session.get(District, 1)
    return dict(row.retention) if row else {}


def backup_days() -> int:
    """How many days backups are kept."""
    return retention().get(BACKUPS, BACKUP_DAYS)
