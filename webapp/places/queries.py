"""Reads of places. The queries of other features start from the visible places defined here."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, false, func, or_, select, true
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.kernel import navigation
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.database import connection, once
from webapp.kernel.listing import Axes
from webapp.kernel.listing.filters import NONE, on_day
from webapp.kernel.navigation import PlaceAction
from webapp.kernel.parse.codes import code_key
from webapp.places.models import Place
from webapp.places.rules import COUNTERPARTS, REAL, PlaceKind
from webapp.units.queries import in_unit, is_unit_within, visible_units

# Roles that may reveal a contact's full telephone number.
CALLERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.APPROVER, Role.INSPECTOR)
_LABEL = re.compile(r"/places/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_table = Place.__table__.c
_SHOWN = _table.id, _table.code, _table.code_key, _table.name, _table.kind


def visible_places(reach: Reach) -> Select[UUID]:
    """Ids of the places within reach, through their unit or granted themselves."""
    if reach.is_district_wide:
        return select(Place.id)
    named = Place.id.in_([grant.place_id for grant in reach.grants if grant.place_id])
    if not any(grant.unit_id for grant in reach.grants):
        return select(Place.id).where(named)
    return select(Place.id).where(or_(named, Place.unit_id.in_(visible_units(reach))))


def ids_in_reach(reach: Reach) -> frozenset[UUID]:
    """Ids of the places within reach, including closed ones."""
    return frozenset(db.session.scalars(visible_places(reach)))


def places_at(reach: Reach, filters: dict[str, Any]) -> Select[UUID]:
    """Ids of the places within reach that match the filters `place` and `unit`."""
    return visible_places(reach).where(*at_place(Place.id, filters))


def ids_at(reach: Reach, filters: dict[str, Any]) -> frozenset[UUID]:
    """The same, found."""
    return frozenset(db.session.scalars(places_at(reach, filters)))


def at_visible_place(column: Any, reach: Reach) -> ColumnElement[bool]:
    """The condition that the place of a row is within reach. Every row has one, so that the whole district is no
    condition: with one, SQLite would look rows up place by place.
    """
    return true() if reach.is_district_wide else column.in_(visible_places(reach))


def recorded_within(model: Any, reach: Reach) -> ColumnElement[bool]:
    """The condition that a record (kernel/records.py) is within reach, through its unit or its place."""
    if reach.is_district_wide:
        return true()
    return or_(model.unit_id.in_(visible_units(reach)), model.place_id.in_(visible_places(reach)))


# Apart from the places that a query asks for; its columns are looked up by the thread that imports.
_NAMED = aliased(Place)
_named_id, _named_unit = _NAMED.id, _NAMED.unit_id


def name_of(column: Any) -> ScalarSelect[str]:
    """The name of a row's place, for the rows of a list; `column` holds the place's id."""
    return select(_NAMED.name).where(_NAMED.id == column).scalar_subquery()


def code_of(column: Any) -> ScalarSelect[str]:
    """The code of a row's place, likewise."""
    return select(_NAMED.code).where(_NAMED.id == column).scalar_subquery()


def called(text: str) -> Select[UUID]:
    """Ids of the places whose name contains the text or whose code equals it."""
    return select(Place.id).where(or_(Place.name.icontains(text, autoescape=True), Place.code_key == code_key(text)))


def unit_of(column: Any) -> ScalarSelect[UUID | None]:
    """The id of the unit to which a row's place belongs now, likewise."""
    return select(_named_unit).where(_named_id == column).scalar_subquery()


def axes_of(column: Any, moment: Any = None) -> Axes:
    """The axes of a list's rows by their place, whose id the column holds, and by their moment if they have one."""
    return Axes(column, unit_of(column), None if moment is None else on_day(moment))


def at_place(column: Any, filters: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the filters `place` and `unit` for a list's column with the id of a place.

    `place` is a code or a part of a name; the place with exactly this code is meant alone. `unit` (units.in_unit) is
    the unit to which the place belongs now, asked per row: a list by time is then walked by its index.
    """
    conditions = [_at(column, text)] if (text := filters.get("place")) else []
    if of_unit := in_unit(_named_unit, filters):
        conditions.append(select(_named_id).where(_named_id == column, *of_unit).exists())
    return tuple(conditions)


def _at(column: Any, text: str) -> ColumnElement[bool]:
    """A single place is looked up first: an index then leads to its newest rows, whereas for a subquery the databases
    walk through the rows of all places.
    """
    if text == NONE:
        is_none: ColumnElement[bool] = column.is_(None)
        return is_none
    is_code = (Place.code_key == code_key(text)).label("is_code")
    query = called(text).add_columns(is_code).order_by(is_code.desc()).limit(2)
    rows = once(("called", text), lambda: db.session.execute(query).all())
    if len(rows) > 1 and not rows[0].is_code:
        among: ColumnElement[bool] = column.in_(called(text))
        return among
    return column == rows[0].id if rows else false()


def places_of(reach: Reach, kinds: Collection[PlaceKind] = REAL) -> Sequence[Place]:
    """The open places of these kinds within reach, by code."""
    return db.session.scalars(_open(kinds).where(Place.id.in_(visible_places(reach)))).all()


def directory() -> Sequence[Any]:
    """All open places of the district, by code, as destinations of goods: rows of id, code, name, kind."""
    return connection().execute(_open(REAL).with_only_columns(*_SHOWN)).all()


def choice_of(reach: Reach, kinds: Collection[PlaceKind]) -> Sequence[Any]:
    """The open places of these kinds within reach, by code, for a choice: rows of id, code, code_key, name, kind."""
    within = _table.id.in_(visible_places(reach))
    return connection().execute(_open(kinds).where(within).with_only_columns(*_SHOWN)).all()


def _open(kinds: Collection[PlaceKind]) -> Select[Place]:
    return select(Place).where(Place.kind.in_(kinds), Place.is_closed.is_(False)).order_by(Place.code)


def places_by_role(actor: Actor) -> list[tuple[Place, set[Role]]]:
    """The open places visible to the actor, by code, with the roles that reach each; one query per role."""
    by_id: dict[UUID, tuple[Place, set[Role]]] = {}
    for role in sorted({grant.role for grant in actor.grants}):
        for place in places_of(actor.through(role)):
            by_id.setdefault(place.id, (place, set()))[1].add(role)
    return sorted(by_id.values(), key=lambda pair: pair[0].code)


def find_visible(place_id: UUID | None, reach: Reach) -> Place | None:
    """The place, if it is within reach."""
    if place_id is None:
        return None
    place = db.session.get(Place, place_id)
    return place if place and _is_within(place.id, place.unit_id, reach) else None


def find_kind(place_id: UUID, reach: Reach, *, is_open: bool = False) -> PlaceKind | None:
    """The kind of a place, if it is within reach and, with `is_open`, not closed: the cheapest read of one."""
    row = once(("place", place_id), lambda: connection().execute(_BRIEF, {"id": place_id}).one_or_none())
    is_meant = row and _is_within(place_id, row.unit_id, reach) and not (is_open and row.is_closed)
    return row.kind if row and is_meant else None


_BRIEF = select(_table.kind, _table.unit_id, _table.is_closed).where(_table.id == bindparam("id"))


def kinds_of(place_ids: Collection[UUID]) -> dict[UUID, PlaceKind]:
    """The kinds of places by id, in one query, for records whose reach was checked."""
    rows = connection().execute(_KINDS, {"ids": list(place_ids)})
    return {row.id: row.kind for row in rows}


_KINDS = select(_table.id, _table.kind).where(_table.id.in_(bindparam("ids", expanding=True)))


def _is_within(place_id: UUID, unit_id: UUID | None, reach: Reach) -> bool:
    """Whether a place is within reach; units are read only if no grant names the place or the whole district."""
    if reach.is_district_wide or any(grant.place_id == place_id for grant in reach.grants):
        return True
    return unit_id is not None and is_unit_within(unit_id, reach)


_IN_STATE = {
    "open": (Place.is_closed.is_(False),),
    "closed": (Place.is_closed.is_(True),),
    "unowned": (Place.is_closed.is_(False), Place.unit_id.is_(None)),
    "contactless": (Place.is_closed.is_(False), Place.contact_name.is_(None)),
}


def selected(reach: Reach, filters: dict[str, Any]) -> Select[Place]:
    """The visible places that match the filters of the list."""
    query = select(Place).where(Place.id.in_(visible_places(reach)), Place.kind.in_(REAL))
    if kind := filters.get("kind"):
        query = query.where(Place.kind == PlaceKind(kind))
    query = query.where(*in_unit(Place.unit_id, filters))
    if text := filters.get("text"):
        matches = [column.icontains(text, autoescape=True) for column in (Place.name, Place.address)]
        if key := code_key(text):
            matches.append(Place.code_key.startswith(key, autoescape=True))
        query = query.where(or_(*matches))
    return query.where(*_IN_STATE[state]) if (state := filters.get("state")) else query


def first_of(selected: Select[Place], limit: int) -> Sequence[Place]:
    """The first places of a query, by code."""
    return db.session.scalars(selected.order_by(Place.code).limit(limit)).all()


def visible_among(typed: Collection[str], reach: Reach) -> Sequence[Place]:
    """The visible places among ids from a query string; malformed ids are ignored."""
    ids = [UUID(text) for text in typed if _UUID.fullmatch(text)]
    query = select(Place).where(Place.id.in_(ids), Place.id.in_(visible_places(reach)))
    return db.session.scalars(query.order_by(Place.code)).all()


def actions_at(place: Place, actor: Actor) -> list[PlaceAction]:
    """The actions that the actor may perform at this place."""
    offered = navigation.place_actions(actor, place.kind.value)
    return [action for action in offered if find_visible(place.id, actor.through(*action.roles))]


def reach_at(place_id: UUID, actor: Actor) -> Reach:
    """The actor limited to their roles over this place."""
    held = sorted({grant.role for grant in actor.grants})
    return actor.through(*(role for role in held if find_visible(place_id, actor.through(role))))


def below(place_id: UUID, reach: Reach) -> Sequence[Place]:
    """The outlets and rooms of a place."""
    query = select(Place).where(Place.parent_id == place_id, Place.id.in_(visible_places(reach)))
    return db.session.scalars(query.order_by(Place.code)).all()


def ids_by_code(codes: Collection[str]) -> dict[str, UUID]:
    """Ids of places by code, in the spelling of `codes`."""
    keys = {code_key(code) for code in codes}
    rows = db.session.execute(select(Place.code_key, Place.id).where(Place.code_key.in_(keys))) if keys else ()
    ids = {row.code_key: row.id for row in rows}
    return {code: ids[code_key(code)] for code in codes if code_key(code) in ids}


def gaps(reach: Reach) -> dict[str, int]:
    """The numbers of visible places by the states of the list's filter: the open work of an administrator."""
    listed = {state: selected(reach, {"state": state}).subquery() for state in ("open", "unowned", "contactless")}
    return {state: db.session.scalar(select(func.count()).select_from(rows)) or 0 for state, rows in listed.items()}


def get_place(place_id: UUID) -> Place:
    """A place regardless of reach, for records whose reach was checked. Raises NoResultFound."""
    return db.session.get_one(Place, place_id)


def find_by_code(code: str) -> Place | None:
    return db.session.scalars(select(Place).where(Place.code_key == code_key(code))).one_or_none()


def find_by_label(text: str) -> Place | None:
    """The place of a label's printed code, or of its address on any host, since labels outlive a change of host."""
    address = _LABEL.search(text)
    return db.session.get(Place, UUID(address.group(1))) if address else find_by_code(text)


def find_counterpart(kind: PlaceKind) -> UUID | None:
    """The id of the place of a kind that serves as source or destination of goods without stock of its own."""
    return connection().execute(_COUNTERPART, {"kind": kind}).scalar()


_COUNTERPART = select(_table.id).where(_table.kind == bindparam("kind")).order_by(_table.code).limit(1)


def counterparts() -> dict[UUID, PlaceKind]:
    """The kinds of all such places by id; pages show the label of the kind."""
    rows = db.session.execute(select(Place.id, Place.kind).where(Place.kind.in_(COUNTERPARTS)))
    return dict(rows.all())


def known(ids: Collection[UUID]) -> Sequence[Any]:
    """The places with these ids, for records whose reach was checked: rows of id, code, name."""
    query = select(Place.id, Place.code, Place.name).where(Place.id.in_(ids))
    return db.session.execute(query).all() if ids else ()


def is_called(text: str) -> bool:
    """Whether any place of the district has this code or a name with this text."""
    return db.session.scalar(called(text).limit(1)) is not None


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Place.id, Place.name).where(Place.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def units_of(ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """The unit of each place by id."""
    rows = db.session.execute(select(Place.id, Place.unit_id).where(Place.id.in_(ids))) if ids else ()
    return {row.id: row.unit_id for row in rows}
