"""Reads of visits; every one starts from the checkpoints the actor sees."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal_column, or_, select

from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Decision, Identity
from webapp.extensions import db
from webapp.kernel import clock, personal
from webapp.kernel.access import Reach, Role
from webapp.kernel.columns import matches
from webapp.kernel.listing.filters import period
from webapp.places.queries import at_place, visible_places

READERS = (Role.GATEKEEPER, Role.COMMANDER, Role.AUDITOR)
REVEALERS = (Role.GATEKEEPER, Role.COMMANDER)
MOST_RETURNING = 60  # persons one look brings; a name shared by more needs a number
UNDO_WITHIN = timedelta(minutes=10)
# Spelt out, not bound: SQLite uses the partial index of those inside only where it sees the very words.
_EVERY = {"every": True}
INSIDE = (Visit.left_at.is_(None), Visit.undone_at.is_(None), Visit.decision == literal_column("'pass'"))


def visits(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The visits in reach, filtered; those undone only where `undone` asks for them, `every` for both."""
    gates = visible_places(reach)
    query = select(Visit).where(Visit.place_id.in_(gates) if filters.get("inside") else _is_at(gates))
    if not filters.get("every"):
        query = query.where(Visit.undone_at.is_not(None) if filters.get("undone") else Visit.undone_at.is_(None))
    if filters.get("decision"):
        query = query.where(Visit.decision == Decision(filters["decision"]))
    if filters.get("inside"):
        query = query.where(*INSIDE)
    if filters.get("overridden"):
        query = query.where(Visit.proposed != Visit.decision)
    return query.where(*period(Visit.entered_at, filters), *at_place(Visit.place_id, filters))


def _is_at(places: Select[UUID]) -> ColumnElement[bool]:
    """Is a visit at one of these gates? Asked of each visit: given the gates first, SQLite sorts the whole history of
    all of them for one page of the newest, where it could walk the index by time.
    """
    return places.where(places.selected_columns[0] == Visit.place_id).correlate(Visit).exists()


def find_visit(visit_id: UUID, reach: Reach) -> Visit | None:
    """A visit, if its checkpoint is in reach."""
    found: Visit | None = db.session.scalars(visits(reach, _EVERY).where(Visit.id == visit_id)).one_or_none()
    return found


def inside_as(identity: Identity) -> list[Visit]:
    """The visits of this person inside any gate of the district, the last to enter first."""
    return _visits_of(identity, *INSIDE)


def moved_by(visit: Visit) -> list[Visit]:
    """The visits at other gates that this arrival ended, under whichever key the person was known there; one that came
    in late was ended by its own keeper.
    """
    keepers = or_(Visit.left_by == visit.recorded_by, Visit.left_by == Visit.recorded_by)
    ended = Visit.left_at == visit.entered_at, keepers, Visit.id != visit.id, Visit.place_id != visit.place_id
    return _visits_of(visit.identity, *ended)


def _visits_of(identity: Identity, *conditions: ColumnElement[bool]) -> list[Visit]:
    hits = [Visit.id_blind == identity.document] if identity.document else []
    if identity.phone:
        hits.append(and_(Visit.phone_blind == identity.phone, Visit.name_blind == identity.name))
    if not hits:
        return []
    found = db.session.scalars(select(Visit).where(or_(*hits), *conditions).order_by(Visit.entered_at.desc()))
    return [visit for visit in found if identity.is_of(visit.identity)]


def returning(q: str, reach: Reach) -> list[Visit]:
    """The last visit of everybody an exact name, phone, plate or document number stands for, newest first.

    Only the newest visit of each spelling of a person is read: somebody who comes daily hides no namesake. One person
    more than MOST_RETURNING says that there are others.
    """
    hits = [
        matches(Visit.phone_blind, q),
        matches(Visit.id_blind, q),
        matches(Visit.plate_blind, q),
        matches(Visit.name_blind, q),
    ]
    if not personal.compared(q):
        return []
    order = Visit.undone_at.is_not(None), Visit.entered_at.desc(), Visit.id
    nameless = case((Visit.identity_blind.is_(None), Visit.id))  # nothing but a name tells such visits apart
    person = Visit.id_blind, Visit.phone_blind, Visit.name_blind, nameless
    ranked = visits(reach, _EVERY).where(or_(*hits))
    ranks = ranked.with_only_columns(
        Visit.id, func.row_number().over(partition_by=person, order_by=order).label("rank")
    ).subquery()
    latest = select(Visit).where(Visit.id.in_(select(ranks.c.id).where(ranks.c.rank == 1)))
    persons: list[Visit] = []
    rows = db.session.scalars(latest.order_by(*order).execution_options(yield_per=MOST_RETURNING))
    for visit in rows:
        if not any(visit.identity.is_of(other.identity) for other in persons):
            persons.append(visit)
        if len(persons) > MOST_RETURNING:
            break
    rows.close()
    return persons


def inside(place_id: UUID, limit: int | None = None) -> Sequence[Visit]:
    """Who is inside a checkpoint, the last to enter first.

    Their ids first: asked for in one, SQLite walks the gate's whole history by time instead of those inside.
    """
    there = select(Visit.id).where(Visit.place_id == place_id, *INSIDE)
    query = select(Visit).where(Visit.id.in_(there))
    return db.session.scalars(query.order_by(Visit.entered_at.desc()).limit(limit)).all()


def inside_by(shown: str, place_id: UUID, reach: Reach, at: datetime) -> Sequence[UUID]:
    """Ids of the visits inside a gate at a moment that a phone, plate or document number fits.

    Who came in after that moment is not meant: the departure is of an earlier visit.
    """
    hits = or_(matches(Visit.phone_blind, shown), matches(Visit.id_blind, shown), matches(Visit.plate_blind, shown))
    if not personal.compared(shown):
        return []
    seen = visits(reach, {"inside": True}).with_only_columns(Visit.id)
    return db.session.scalars(seen.where(Visit.place_id == place_id, Visit.entered_at <= at, hits).limit(2)).all()


def head_count(place_id: UUID) -> int:
    """People inside, companions included: counted from the visits themselves, so two tablets cannot disagree."""
    return counts_inside(place_id)[0]


def counts_inside(place_id: UUID) -> tuple[int, int]:
    """People inside, companions included, and the visits that they are inside by."""
    people = func.coalesce(func.sum(1 + Visit.companions), 0)
    row = db.session.execute(select(people, func.count()).where(Visit.place_id == place_id, *INSIDE)).one()
    return row[0], row[1]


def just_left(place_id: UUID, at: datetime) -> Sequence[Visit]:
    """Who left so recently that it can be undone, the last to leave first; of this week's arrivals, by the index."""
    this_week = Visit.entered_at > at - timedelta(days=7)
    recent = this_week, Visit.left_at > at - UNDO_WITHIN, Visit.undone_at.is_(None)
    query = select(Visit).where(Visit.place_id == place_id, *recent)
    return db.session.scalars(query.order_by(Visit.left_at.desc())).all()


def latest(place_id: UUID, limit: int) -> Sequence[Visit]:
    """The last arrivals, whatever was decided."""
    query = select(Visit).where(Visit.place_id == place_id).order_by(Visit.entered_at.desc(), Visit.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def people_inside(reach: Reach, filters: dict[str, Any]) -> int:
    """People inside the gates in reach: somebody inside two gates is one, with the last companions."""
    person = func.coalesce(Visit.identity_blind, cast(Visit.id, String))
    turn = func.row_number().over(partition_by=person, order_by=Visit.entered_at.desc()).label("turn")
    there = visits(reach, filters).with_only_columns(Visit.companions, turn).subquery()
    people = func.coalesce(func.sum(1 + there.c.companions).filter(there.c.turn == 1), 0)
    return db.session.scalar(select(people).select_from(there)) or 0


def by_hour(reach: Reach, at: datetime) -> list[tuple[int, int]]:
    """Arrivals of today by hour of the district's clock: (hour, arrivals)."""
    day = clock.district_day(at)
    start, _end = clock.day_bounds(day)
    moments = db.session.scalars(visits(reach, {"since": day, "until": day}).with_only_columns(Visit.entered_at)).all()
    counts = [0] * 24
    for moment in moments:
        counts[int((moment - start) / timedelta(hours=1)) % 24] += 1
    return list(enumerate(counts))
