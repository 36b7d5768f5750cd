"""Making and changing units."""

from datetime import datetime
from uuid import UUID, uuid4

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.units.models import Unit
from webapp.units.rules import UnitKind


def add_unit(code: str, name: str, kind: UnitKind, parent_id: UUID | None, *, by: Actor | None, at: datetime) -> UUID:
    """Add a unit below its parent; gives its id. Raises Refusal `unit-code-taken` or `unit-too-deep`."""
    with transaction():
        return place_unit(code, name, kind, parent_id, by=by, at=at)


def place_unit(code: str, name: str, kind: UnitKind, parent_id: UUID | None, *, by: Actor | None, at: datetime) -> UUID:
    """The same inside a transaction that is open already (imports)."""
    parent = db.session.get(Unit, parent_id) if parent_id else None
    unit_id = uuid4()
    path = f"{parent.path if parent else '/'}{unit_id.hex}/"
    if len(path) > 400:
        raise Refusal("unit-too-deep", field="parent")
    db.session.add(Unit(id=unit_id, code=code, name=name, kind=kind, parent_id=parent_id, path=path))
    db.session.flush()
    journal.write("unit.added", "unit", unit_id, by=by, at=at, code=code)
    return unit_id


def change_unit(
    unit_id: UUID,
    name: str,
    kind: UnitKind,
    leader_id: UUID | None,
    responsible_id: UUID | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Change a unit's name, kind and the persons who answer for it. Its place in the tree stays."""
    with transaction():
        unit = db.session.get_one(Unit, unit_id)
        unit.name, unit.kind, unit.leader_id, unit.responsible_id = name, kind, leader_id, responsible_id
        journal.write("unit.changed", "unit", unit_id, by=by, at=at)
