"""Reads of the tree of units."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.listing.filters import NONE
from webapp.kernel.parse.codes import code_key
from webapp.units.models import Unit, UnitMember

# Created once, because creating an alias is expensive and nearly every query uses these. Their columns are looked
# up here, by the thread that imports: of two threads that look one up at once, one gets the column of the table.
_ROOT, _REACHED = aliased(Unit), aliased(Unit)
_root_id, _REACHED_IDS = _ROOT.id, select(_REACHED.id).join(_ROOT, _REACHED.path.startswith(_ROOT.path))
_TOP, _UNDER = aliased(Unit), aliased(Unit)
_NAMED, _OVER = aliased(Unit), aliased(Unit)  # of a row of another table
_top_id, _UNDER_IDS = _TOP.id, select(_UNDER.id).join(_TOP, _UNDER.path.startswith(_TOP.path))
_top_name = _TOP.name
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
JOINED = aliased(Unit)  # for the joins of other features that show or compare the units of their rows
_joined = JOINED.id, JOINED.code, JOINED.name, JOINED.path, JOINED.dissolved_on
_IN_STATE = {"headless": (Unit.responsible_id.is_(None),)}  # shared by the figure and its list


def visible_units(reach: Reach) -> Select[UUID]:
    """Ids of the units within reach: the granted ones and all below them."""
    if reach.is_district_wide:
        return select(Unit.id)
    roots = [grant.unit_id for grant in reach.grants if grant.unit_id]
    return _REACHED_IDS.where(_root_id.in_(roots)).distinct()


def is_unit_within(unit_id: UUID, reach: Reach) -> bool:
    """Whether a unit is granted, or below a granted one."""
    granted = {grant.unit_id for grant in reach.grants if grant.unit_id}
    if not granted or unit_id in granted:
        return bool(granted)
    return db.session.scalar(visible_units(reach).where(_REACHED.id == unit_id)) is not None


def name_of(column: Any) -> ScalarSelect[str]:
    """The name of a row's unit, for the rows of a list; `column` holds the unit's id."""
    return select(_NAMED.name).where(_NAMED.id == column).scalar_subquery()


def units_of(person_id: UUID) -> Select[UUID]:
    """Ids of the units whose leader or person responsible somebody is."""
    return select(Unit.id).where(or_(Unit.leader_id == person_id, Unit.responsible_id == person_id))


def answerable_for(column: Any) -> CompoundSelect[Any]:
    """Ids of the leader and of the person responsible of a row's unit, for any subquery about the row."""
    people = _NAMED.leader_id, _NAMED.responsible_id
    return union_all(*(select(person).where(_NAMED.id == column).correlate(column.class_) for person in people))


def units_above(column: Any) -> Select[UUID]:
    """Ids of a row's unit and of all units above it, for any subquery about the row."""
    above = select(_OVER.id).join(_NAMED, _NAMED.path.startswith(_OVER.path)).where(_NAMED.id == column)
    return above.correlate(column.class_)


def units_under(unit_id: UUID) -> Select[UUID]:
    """Ids of a unit and of all units below it."""
    return _UNDER_IDS.where(_top_id == unit_id)


def in_unit(column: Any, filters: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The condition of the filter `unit` for a list's column with the id of a unit: an id, a code or a part of a name,
    with all units below; the unit with exactly this code is meant alone. NONE finds rows without a unit.
    """
    text = filters.get("unit")
    if not text:
        return ()
    if text == NONE:
        return (column.is_(None),)
    return (column.in_(units_under(UUID(text)) if _UUID.fullmatch(text) else _under_called(text)),)


def _under_called(text: str) -> Select[UUID]:
    by_code = db.session.scalar(select(Unit.id).where(Unit.code_key == code_key(text)))
    return units_under(by_code) if by_code else _UNDER_IDS.where(_top_name.icontains(text, autoescape=True))


def tree(reach: Reach, state: str = "") -> Sequence[Unit]:
    """The visible units, parents before their children; with `state` only those in that state."""
    query = select(Unit).where(Unit.id.in_(visible_units(reach)), *_IN_STATE.get(state, ()))
    return db.session.scalars(query.order_by(Unit.path)).all()


def units_by_role(actor: Actor) -> list[tuple[Unit, set[Role]]]:
    """The units visible to the actor, parents first, with the roles that reach each; one query per role."""
    by_id: dict[UUID, tuple[Unit, set[Role]]] = {}
    for role in sorted({grant.role for grant in actor.grants}):
        for unit in tree(actor.through(role)):
            by_id.setdefault(unit.id, (unit, set()))[1].add(role)
    return sorted(by_id.values(), key=lambda pair: pair[0].path)


def below(unit: Unit) -> Sequence[Unit]:
    """The units below a unit, parents before their children."""
    query = select(Unit).where(Unit.path.startswith(unit.path), Unit.id != unit.id)
    return db.session.scalars(query.order_by(Unit.path)).all()


def members(unit_id: UUID) -> Sequence[Unit]:
    """The units that work in a unit, without standing below it, by code."""
    query = select(Unit).join(UnitMember, UnitMember.member_id == Unit.id)
    return db.session.scalars(query.where(UnitMember.unit_id == unit_id).order_by(Unit.code)).all()


def find_unit(unit_id: UUID) -> Unit | None:
    return db.session.get(Unit, unit_id)


def find_by_code(code: str) -> Unit | None:
    return db.session.scalars(select(Unit).where(Unit.code_key == code_key(code))).one_or_none()


def find_visible(unit_id: UUID | None, reach: Reach) -> Unit | None:
    """The unit, if it is within reach."""
    if unit_id is None:
        return None
    return db.session.scalars(select(Unit).where(Unit.id == unit_id, Unit.id.in_(visible_units(reach)))).one_or_none()


def visible_ids(ids: Collection[UUID], reach: Reach) -> set[UUID]:
    """Those of these units that are within reach."""
    return set(db.session.scalars(select(Unit.id).where(Unit.id.in_(ids), Unit.id.in_(visible_units(reach)))))


def ids_by_code(codes: Collection[str]) -> dict[str, UUID]:
    """Ids of units by code, in the spelling of `codes`."""
    keys = {code_key(code) for code in codes}
    rows = db.session.execute(select(Unit.code_key, Unit.id).where(Unit.code_key.in_(keys))) if keys else ()
    ids = {row.code_key: row.id for row in rows}
    return {code: ids[code_key(code)] for code in codes if code_key(code) in ids}


def gaps(reach: Reach) -> dict[str, int]:
    """The number of visible units, and of those without a person responsible."""
    counted = select(func.count(), func.count().filter(*_IN_STATE["headless"]))
    counts = db.session.execute(counted.where(Unit.id.in_(visible_units(reach)))).one()
    return dict(zip(("units", "headless"), counts, strict=True))


def known(ids: Collection[UUID]) -> Sequence[Any]:
    """The units with these ids, for records whose reach was checked: rows of id, code, name, path."""
    query = select(Unit.id, Unit.code, Unit.name, Unit.path).where(Unit.id.in_(ids))
    return db.session.execute(query).all() if ids else ()


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def lineages() -> dict[UUID, tuple[UUID, ...]]:
    """Every unit's id with its own and those of all units above it."""
    known = paths()
    return {
        unit_id: tuple(other for other, above in known.items() if path.startswith(above))
        for unit_id, path in known.items()
    }


def paths_of(ids: Collection[UUID]) -> Sequence[str]:
    """The paths of these units."""
    return db.session.scalars(select(Unit.path).where(Unit.id.in_(ids))).all() if ids else ()


def paths() -> dict[UUID, str]:
    """The path of every unit by id."""
    return {row.id: row.path for row in db.session.execute(select(Unit.id, Unit.path))}


def heads(unit_ids: Collection[UUID]) -> dict[UUID | None, frozenset[UUID]]:
    """The leader and the person responsible of each of these units."""
    query = select(Unit.id, Unit.leader_id, Unit.responsible_id).where(Unit.id.in_(unit_ids))
    rows = db.session.execute(query) if unit_ids else ()
    return {row.id: frozenset({row.leader_id, row.responsible_id} - {None}) for row in rows}
