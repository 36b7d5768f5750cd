"""Reads of places. Every query of another feature starts from what the actor may see, here."""

import re
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from webapp.extensions import db
from webapp.kernel import navigation
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.navigation import PlaceAction
from webapp.kernel.parse.codes import code_key
from webapp.places.models import Place
from webapp.places.rules import COUNTERPARTS, REAL, PlaceKind
from webapp.units.queries import in_unit, visible_units

# Who may see the whole telephone number of a contact, for a reason.
CALLERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.APPROVER, Role.INSPECTOR)
_LABEL = re.compile(r"/places/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def visible_places(reach: Reach) -> Select[UUID]:
    """Ids of the places in reach, by unit or by name."""
    if reach.is_district_wide:
        return select(Place.id)
    named = [grant.place_id for grant in reach.grants if grant.place_id]
    return select(Place.id).where(or_(Place.id.in_(named), Place.unit_id.in_(visible_units(reach))))


def ids_in_reach(reach: Reach) -> frozenset[UUID]:
    """The places in reach, closed ones too."""
    return frozenset(db.session.scalars(visible_places(reach)))


def recorded_within(model: Any, reach: Reach) -> ColumnElement[bool]:
    """Is a record (kernel/records.py) in reach, by its unit or by its place?"""
    return or_(model.unit_id.in_(visible_units(reach)), model.place_id.in_(visible_places(reach)))


def called(text: str) -> Select[UUID]:
    """Ids of the places whose name contains a text or whose code it is."""
    return select(Place.id).where(or_(Place.name.icontains(text, autoescape=True), Place.code_key == code_key(text)))


def at_place(column: Any, filters: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The filter of the place's name or code that many lists have, for their column of the place's id."""
    text = filters.get("place")
    return (column.in_(called(text)),) if text else ()


def places_of(reach: Reach, kinds: Collection[PlaceKind] = REAL) -> Sequence[Place]:
    """The open places of some kinds in reach, by code."""
    return db.session.scalars(_open(kinds).where(Place.id.in_(visible_places(reach)))).all()


def directory() -> Sequence[Place]:
    """Every open place of the district, by code: where goods may be sent. Whoever is shown it sees code and name."""
    return db.session.scalars(_open(REAL)).all()


def _open(kinds: Collection[PlaceKind]) -> Select[Place]:
    return select(Place).where(Place.kind.in_(kinds), Place.is_closed.is_(False)).order_by(Place.code)


def places_by_role(actor: Actor) -> list[tuple[Place, set[Role]]]:
    """Every open place the actor sees, by code, with the roles that reach it: one query a role."""
    found: dict[UUID, tuple[Place, set[Role]]] = {}
    for role in sorted({grant.role for grant in actor.grants}):
        for place in places_of(actor.through(role)):
            found.setdefault(place.id, (place, set()))[1].add(role)
    return sorted(found.values(), key=lambda pair: pair[0].code)


def find_visible(place_id: UUID | None, reach: Reach) -> Place | None:
    """The place, if it is in reach."""
    if place_id is None:
        return None
    query = select(Place).where(Place.id == place_id, Place.id.in_(visible_places(reach)))
    return db.session.scalars(query).one_or_none()


_IN_STATE = {
    "open": (Place.is_closed.is_(False),),
    "closed": (Place.is_closed.is_(True),),
    "unowned": (Place.is_closed.is_(False), Place.unit_id.is_(None)),
    "contactless": (Place.is_closed.is_(False), Place.contact_name.is_(None)),
}


def selected(reach: Reach, filters: dict[str, Any]) -> Select[Place]:
    """The visible places that pass the filters of the list."""
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
    """The first of some selected places, by code."""
    return db.session.scalars(selected.order_by(Place.code).limit(limit)).all()


def visible_among(typed: Collection[str], reach: Reach) -> Sequence[Place]:
    """The visible ones of some ids that came in an address; what is not an id is nothing."""
    ids = [UUID(one) for one in typed if _UUID.fullmatch(one)]
    query = select(Place).where(Place.id.in_(ids), Place.id.in_(visible_places(reach)))
    return db.session.scalars(query.order_by(Place.code)).all()


def actions_at(place: Place, actor: Actor) -> list[PlaceAction]:
    """What the actor may do at this very place."""
    offered = navigation.place_actions(actor, place.kind.value)
    return [action for action in offered if find_visible(place.id, actor.through(*action.roles))]


def reach_at(place_id: UUID, actor: Actor) -> Reach:
    """The actor limited to the roles that they hold over this very place."""
    held = sorted({grant.role for grant in actor.grants})
    return actor.through(*(role for role in held if find_visible(place_id, actor.through(role))))


def below(place_id: UUID, reach: Reach) -> Sequence[Place]:
    """Outlets and rooms of a place."""
    query = select(Place).where(Place.parent_id == place_id, Place.id.in_(visible_places(reach)))
    return db.session.scalars(query.order_by(Place.code)).all()


def ids_by_code(codes: Collection[str]) -> dict[str, UUID]:
    """Ids of the places that have some codes, by the codes as they were given."""
    keys = {code_key(code) for code in codes}
    rows = db.session.execute(select(Place.code_key, Place.id).where(Place.code_key.in_(keys))) if keys else ()
    found = {row.code_key: row.id for row in rows}
    return {code: found[code_key(code)] for code in codes if code_key(code) in found}


def gaps(reach: Reach) -> dict[str, int]:
    """How many places the actor sees by the state the list can be filtered for: what is left for an administrator."""
    listed = {state: selected(reach, {"state": state}).subquery() for state in ("open", "unowned", "contactless")}
    return {state: db.session.scalar(select(func.count()).select_from(rows)) or 0 for state, rows in listed.items()}


def get_place(place_id: UUID) -> Place:
    """Any place, without asking who looks: for records that already passed the scope. Raises NoResultFound."""
    return db.session.get_one(Place, place_id)


def find_by_code(code: str) -> Place | None:
    return db.session.scalars(select(Place).where(Place.code_key == code_key(code))).one_or_none()


def find_by_label(text: str) -> Place | None:
    """The place of a label's address (of any host: a label outlives a move) or of its printed code."""
    address = _LABEL.search(text)
    return db.session.get(Place, UUID(address.group(1))) if address else find_by_code(text)


def find_counterpart(kind: PlaceKind) -> UUID | None:
    """The one place of a kind that goods come from or go to without being counted there."""
    return db.session.scalars(select(Place.id).where(Place.kind == kind).order_by(Place.code).limit(1)).first()


def counterparts() -> dict[UUID, PlaceKind]:
    """Every such place: people read the label of its kind, in their language."""
    rows = db.session.execute(select(Place.id, Place.kind).where(Place.kind.in_(COUNTERPARTS)))
    return dict(rows.all())


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Place.id, Place.name).where(Place.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
