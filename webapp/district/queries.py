"""Reads of the district's preferences."""

from dataclasses import fields

from webapp.district.models import District
from webapp.district.rules import Preferences
from webapp.extensions import db


def preferences() -> Preferences:
    """The preferences in force; the presets before anybody chose."""
    row = db.session.get(District, 1)
    if row is None:
        return Preferences()
    chosen = {one.name: getattr(row, one.name) for one in fields(Preferences)}
    return Preferences(**chosen | {"risk_areas": tuple(row.risk_areas)})
