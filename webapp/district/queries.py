"""Reads of the district's preferences."""

from dataclasses import fields

from webapp.district.models import District
from webapp.district.rules import Preferences
from webapp.extensions import db


def preferences() -> Preferences:
    """The preferences in force; the defaults until somebody changes them."""
    row = db.session.get(District, 1)
    if row is None:
        return Preferences()
    chosen = {column.name: getattr(row, column.name) for column in fields(Preferences)}
    return Preferences(**chosen | {"risk_areas": tuple(row.risk_areas)})
