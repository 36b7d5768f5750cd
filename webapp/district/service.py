"""Changing the district's preferences."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from webapp.district.models import District
from webapp.district.rules import Preferences
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction


def change_retention(days: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Say for how many days each kind of record is kept, from the next night on."""
    with transaction():
        row = db.session.get(District, 1) or _preset()
        row.retention, row.changed_by, row.changed_at = dict(days), by.id, at
        db.session.add(row)
        journal.write("retention.changed", "district", 1, by=by, at=at, days=dict(days))


def _preset() -> District:
    return District(id=1, **asdict(Preferences()) | {"risk_areas": []})


def change_preferences(chosen: Preferences, *, by: Actor | None, at: datetime) -> None:
    """Put new preferences into force at once and journal the new values."""
    with transaction():
        row = db.session.get(District, 1) or District(id=1)
        for name, value in asdict(chosen).items():
            setattr(row, name, list(value) if name == "risk_areas" else value)
        row.changed_by = by.id if by else None
        row.changed_at = at
        db.session.add(row)
        details = {"regime": chosen.regime.value, "fever": f"{chosen.fever_comparison.value} {chosen.fever_celsius}"}
        journal.write("district.changed", "district", 1, by=by, at=at, **details, risk_areas=list(chosen.risk_areas))
