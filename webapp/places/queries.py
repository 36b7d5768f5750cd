"""Reads of places. Every query of another feature starts from what the actor may see, here."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select

from webapp.extensions import db
from webapp.kernel.access import Actor, Role
from webapp.places.models import Place
from webapp.places.rules import REAL, PlaceKind
from webapp.units.queries import visible_units


def visible_places(actor: Actor, *roles: Role) -> Select[tuple[UUID]]:
    """Ids of the places the actor's grants reach, by unit or by name; all roles when none is named."""
    grants = actor.over(*roles)
    if any(grant.unit_id is None and grant.place_id is None for grant in grants):
        return select(Place.id)
    named = [grant.place_id for grant in grants if grant.place_id]
    return select(Place.id).where(or_(Place.id.in_(named), Place.unit_id.in_(visible_units(actor, *roles))))


def places_of(actor: Actor, kinds: Collection[PlaceKind] = REAL, *roles: Role) -> Sequence[Place]:
    """The open places of some kinds that the actor sees, by code."""
    reach = visible_places(actor, *roles)
    query = select(Place).where(Place.id.in_(reach), Place.kind.in_(kinds), Place.is_closed.is_(False))
    return db.session.scalars(query.order_by(Place.code)).all()


def find_visible(place_id: UUID | None, actor: Actor, *roles: Role) -> Place | None:
    """The place, if the actor's grants reach it."""
    if place_id is None:
        return None
    return db.session.scalars(
        select(Place).where(Place.id == place_id, Place.id.in_(visible_places(actor, *roles)))
    ).one_or_none()


def get_place(place_id: UUID) -> Place:
    """Any place, without asking who looks: for records that already passed the scope. Raises NoResultFound."""
    return db.session.get_one(Place, place_id)


def find_by_code(code: str) -> Place | None:
    return db.session.scalars(select(Place).where(Place.code == code.strip().upper())).one_or_none()


def counterpart(kind: PlaceKind) -> Place:
    """The one place of a kind that goods come from or go to without being counted there. Raises NoResultFound."""
    return db.session.scalars(select(Place).where(Place.kind == kind).order_by(Place.code).limit(1)).one()


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Place.id, Place.name).where(Place.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
