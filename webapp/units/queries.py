"""Reads of the tree of units."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.parse.codes import code_key
from webapp.units.models import Unit

# Made once: an alias collects its columns anew each time it is made, and these stand in nearly every query.
_ROOT, _REACHED = aliased(Unit), aliased(Unit)
_TOP, _UNDER = aliased(Unit), aliased(Unit)


_IN_STATE = {"headless": (Unit.responsible_id.is_(None),)}  # one condition for the figure and for its rows


def visible_units(reach: Reach) -> Select[UUID]:
    """Ids of the units in reach: those that grants name, and all below them."""
    if reach.is_district_wide:
        return select(Unit.id)
    roots = [grant.unit_id for grant in reach.grants if grant.unit_id]
    is_reached = _REACHED.path.startswith(_ROOT.path)
    return select(_REACHED.id).join(_ROOT, is_reached).where(_ROOT.id.in_(roots)).distinct()


def units_under(unit_id: UUID) -> Select[UUID]:
    """Ids of a unit and all below it."""
    return select(_UNDER.id).join(_TOP, _UNDER.path.startswith(_TOP.path)).where(_TOP.id == unit_id)


def in_unit(column: Any, filters: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The filter of a unit with all below it that lists have, for their column of the unit's id."""
    unit = filters.get("unit")
    return (column.in_(units_under(UUID(unit))),) if unit else ()


def tree(reach: Reach, state: str = "") -> Sequence[Unit]:
    """Every visible unit, parents before their children; of a state only, when one is asked for."""
    query = select(Unit).where(Unit.id.in_(visible_units(reach)), *_IN_STATE.get(state, ()))
    return db.session.scalars(query.order_by(Unit.path)).all()


def units_by_role(actor: Actor) -> list[tuple[Unit, set[Role]]]:
    """Every unit the actor sees, parents first, with the roles that reach it: one query a role."""
    found: dict[UUID, tuple[Unit, set[Role]]] = {}
    for role in sorted({grant.role for grant in actor.grants}):
        for unit in tree(actor.through(role)):
            found.setdefault(unit.id, (unit, set()))[1].add(role)
    return sorted(found.values(), key=lambda pair: pair[0].path)


def find_unit(unit_id: UUID) -> Unit | None:
    return db.session.get(Unit, unit_id)


def find_by_code(code: str) -> Unit | None:
    return db.session.scalars(select(Unit).where(Unit.code_key == code_key(code))).one_or_none()


def find_visible(unit_id: UUID | None, reach: Reach) -> Unit | None:
    """The unit, if it is in reach."""
    if unit_id is None:
        return None
    return db.session.scalars(select(Unit).where(Unit.id == unit_id, Unit.id.in_(visible_units(reach)))).one_or_none()


def ids_by_code(codes: Collection[str]) -> dict[str, UUID]:
    """Ids of the units that have some codes, by the codes as they were given."""
    keys = {code_key(code) for code in codes}
    rows = db.session.execute(select(Unit.code_key, Unit.id).where(Unit.code_key.in_(keys))) if keys else ()
    found = {row.code_key: row.id for row in rows}
    return {code: found[code_key(code)] for code in codes if code_key(code) in found}


def gaps(reach: Reach) -> dict[str, int]:
    """How many units the actor sees, and how many of them name nobody who answers."""
    counted = select(func.count(), func.count().filter(*_IN_STATE["headless"]))
    found = db.session.execute(counted.where(Unit.id.in_(visible_units(reach)))).one()
    return dict(zip(("units", "headless"), found, strict=True))


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
