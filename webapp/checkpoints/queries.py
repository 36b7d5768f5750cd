"""Reads of visits. Every query starts from the checkpoints that the actor sees."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import lazyload

from webapp.accounts.queries import name_of as person_name
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Decision, Identity
from webapp.extensions import db
from webapp.kernel import clock, personal
from webapp.kernel.access import Reach, Role
from webapp.kernel.columns import matches
from webapp.kernel.database import connection
from webapp.kernel.listing.filters import period
from webapp.places.queries import at_place, visible_places
from webapp.places.queries import name_of as place_name

READERS = (Role.GATEKEEPER, Role.COMMANDER, Role.AUDITOR)
REVEALERS = (Role.GATEKEEPER, Role.COMMANDER)
MOST_RETURNING = 60  # persons per search; a more common name needs a number
UNDO_WITHIN = timedelta(minutes=10)
# A literal and not a bound parameter, because SQLite uses the partial index only for exactly this condition.
_EVERY = {"every": True}
INSIDE = (Visit.left_at.is_(None), Visit.undone_at.is_(None), Visit.decision == literal_column("'pass'"))


def visits(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The visits within reach that match the filters; undone ones only if `undone` asks for them or for `every`."""
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


# What the list shows of a visit.
SHOWN: tuple[Any, ...] = (
    Visit.id,
    Visit.name,
    Visit.decision,
    Visit.celsius,
    Visit.entered_at,
    Visit.left_at,
    Visit.undone_at,
    place_name(Visit.place_id).label("place_name"),
    Visit.plate,
    Visit.phone,
    Visit.companions,
    Visit.origin,
    Visit.id_number,
    person_name(Visit.recorded_by).label("recorder_name"),
)


def _is_at(places: Select[UUID]) -> ColumnElement[bool]:
    """The condition that a visit is at one of these gates, evaluated per visit: with the gates first, SQLite would sort
    their whole history for one page of the newest instead of walking the index by time.
    """
    return places.where(places.selected_columns[0] == Visit.place_id).correlate(Visit).exists()


def find_visit(visit_id: UUID, reach: Reach) -> Visit | None:
    """A visit, if its checkpoint is within reach."""
    visit: Visit | None = db.session.scalars(visits(reach, _EVERY).where(Visit.id == visit_id)).one_or_none()
    return visit


def find_at_gate(visit_id: UUID, reach: Reach) -> Visit | None:
    """The same for the page and the acts of a gate, which name neither gate nor recorder: without reading them."""
    query = visits(reach, _EVERY).where(Visit.id == visit_id).options(lazyload(Visit.place), lazyload(Visit.recorder))
    visit: Visit | None = db.session.scalars(query).one_or_none()
    return visit


def inside_as(identity: Identity) -> list[Any]:
    """The visits of this person that are inside any gate of the district, newest first: rows of `id`, `place_id`,
    `entered_at`, `identity_blind` and the keys.
    """
    if not identity.document and not identity.phone:
        return []
    rows = connection().execute(_inside_as(bool(identity.document), bool(identity.phone)), asdict(identity))
    return [row for row in rows if identity.is_of(Identity(row.id_blind, row.phone_blind, row.name_blind))]


@lru_cache(maxsize=4)
def _inside_as(by_document: bool, by_phone: bool) -> Select[Any]:
    """Built once, because every arrival asks."""
    visit = Visit.__table__.c
    hits = [visit.id_blind == bindparam("document")] if by_document else []
    if by_phone:
        # Coalesced, so that no database reads all visitors of a common name by the index of names.
        name = func.coalesce(visit.name_blind, "") == func.coalesce(bindparam("name", type_=String), "")
        hits.append(and_(visit.phone_blind == bindparam("phone"), name))
    keys = visit.identity_blind, visit.id_blind, visit.phone_blind, visit.name_blind
    query = select(visit.id, visit.place_id, visit.entered_at, *keys)
    inside = visit.left_at.is_(None), visit.undone_at.is_(None), visit.decision == literal_column("'pass'")
    return query.where(or_(*hits), *inside).order_by(visit.entered_at.desc())


def moved_by(visit: Visit) -> list[Visit]:
    """The visits at other gates that this arrival ended, under any key of the person, except late ones, which their own
    keepers ended.
    """
    keepers = or_(Visit.left_by == visit.recorded_by, Visit.left_by == Visit.recorded_by)
    ended = Visit.left_at == visit.entered_at, keepers, Visit.id != visit.id, Visit.place_id != visit.place_id
    identity = visit.identity
    hits = [Visit.id_blind == identity.document] if identity.document else []
    if identity.phone:
        hits.append(and_(Visit.phone_blind == identity.phone, Visit.name_blind == identity.name))
    if not hits:
        return []
    rows = db.session.scalars(select(Visit).where(or_(*hits), *ended).order_by(Visit.entered_at.desc()))
    return [other for other in rows if identity.is_of(other.identity)]


def returning(q: str, reach: Reach) -> list[Visit]:
    """The last visit of each person with exactly this name, phone, plate or document number, newest first.

    Only the newest visit of each person is read, so that frequent visitors do not hide namesakes. One more person than
    MOST_RETURNING means that there are others.
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
    nameless = case((Visit.identity_blind.is_(None), Visit.id))  # such visits have only a name
    person = Visit.id_blind, Visit.phone_blind, Visit.name_blind, nameless
    ranked = visits(reach, _EVERY).where(or_(*hits))
    ranks = ranked.with_only_columns(
        Visit.id, func.row_number().over(partition_by=person, order_by=order).label("rank")
    ).subquery()
    latest = select(Visit).where(Visit.id.in_(select(ranks.c.id).where(ranks.c.rank == 1)))
    persons: list[Visit] = []
    rows = db.session.scalars(latest.order_by(*order)).yield_per(MOST_RETURNING)
    for visit in rows:
        if not any(visit.identity.is_of(other.identity) for other in persons):
            persons.append(visit)
        if len(persons) > MOST_RETURNING:
            break
    rows.close()
    return persons


_visit: Any = Visit.__table__.c
_MARKS = (_visit.id, _visit.left_at, _visit.undone_at)
# What a panel shows of a visit: it has up to fifty, and the rest of their sealed columns stays closed.
_NAMED = (_visit.name, _visit.phone, _visit.plate)
_ON_PANEL = (*_MARKS, *_NAMED, _visit.companions, _visit.celsius, _visit.decision, _visit.entered_at)


def marks(place_id: UUID, at: datetime, most_inside: int, most_latest: int) -> list[Any]:
    """The visits on a gate's panel in their order as (id, left_at, undone_at), which tell one state of it from another;
    nothing sealed is opened.
    """
    given = _moments(place_id, at)
    shown = _inside(most_inside), _just_left(), _latest(most_latest)
    return [tuple(row) for query in shown for row in connection().execute(_of(query, _MARKS), given)]


@lru_cache(maxsize=16)
def _of(query: Select[Any], columns: tuple[Any, ...]) -> Select[Any]:
    return query.with_only_columns(*columns)


def _on_panel(query: Select[Any], given: dict[str, Any]) -> Sequence[Any]:
    return connection().execute(_of(query, _ON_PANEL), given).all()


def _moments(place_id: UUID, at: datetime) -> dict[str, Any]:
    return {"place_id": place_id, "undoable": at - UNDO_WITHIN}


def inside(place_id: UUID, limit: int | None = None) -> Sequence[Any]:
    """The visits inside a checkpoint, newest first, as plain rows of what a panel shows."""
    return _on_panel(_inside(limit), {"place_id": place_id})


# The statements of the panel are built once, since every page of a gate and every look at it asks them.
_HERE = Visit.place_id == bindparam("place_id")


@lru_cache(maxsize=4)
def _inside(limit: int | None) -> Select[Any]:
    """By the index of who is inside. SQLite must be told: it would walk the gate's whole history."""
    query = select(Visit).where(_HERE, *INSIDE).with_hint(Visit, "INDEXED BY ix_visit_inside", "sqlite")
    return query.order_by(Visit.entered_at.desc(), Visit.id.desc()).limit(limit)


def inside_by(shown: str, place_id: UUID, reach: Reach, at: datetime) -> Sequence[UUID]:
    """Ids of the visits inside a gate at a moment that match a phone, plate or document number.

    Later arrivals are excluded, since the departure is of an earlier visit.
    """
    hits = or_(matches(Visit.phone_blind, shown), matches(Visit.id_blind, shown), matches(Visit.plate_blind, shown))
    if not personal.compared(shown):
        return []
    seen = visits(reach, {"inside": True}).with_only_columns(Visit.id)
    return db.session.scalars(seen.where(Visit.place_id == place_id, Visit.entered_at <= at, hits).limit(2)).all()


def head_count(place_id: UUID) -> int:
    """The number of people inside, with companions, counted from the visits so that two tablets always agree."""
    return counts_inside(place_id)[0]


def counts_inside(place_id: UUID) -> tuple[int, int]:
    """The number of people inside, with companions, and the number of their visits."""
    row = db.session.execute(_counts_inside(), {"place_id": place_id}).one()
    return row[0], row[1]


@lru_cache(maxsize=1)
def _counts_inside() -> Select[Any]:
    people: Any = func.coalesce(func.sum(1 + Visit.companions), 0)
    counts: Select[Any] = select(people, func.count()).where(_HERE, *INSIDE)
    return counts.select_from(Visit).with_hint(Visit, "INDEXED BY ix_visit_inside", "sqlite")


def just_left(place_id: UUID, at: datetime) -> Sequence[Any]:
    """The departures that can still be undone, newest first, as plain rows."""
    return _on_panel(_just_left(), _moments(place_id, at))


@lru_cache(maxsize=1)
def _just_left() -> Select[Any]:
    recent = Visit.left_at > bindparam("undoable"), Visit.undone_at.is_(None)
    return select(Visit).where(_HERE, *recent).order_by(Visit.left_at.desc())


def latest(place_id: UUID, limit: int) -> Sequence[Any]:
    """The last arrivals, with any decision, as plain rows."""
    return _on_panel(_latest(limit), {"place_id": place_id})


@lru_cache(maxsize=4)
def _latest(limit: int) -> Select[Any]:
    return select(Visit).where(_HERE).order_by(Visit.entered_at.desc(), Visit.id.desc()).limit(limit)


def people_inside(reach: Reach, filters: dict[str, Any]) -> int:
    """The number of people inside the gates within reach; a person inside two gates counts once, with the latest
    companions.
    """
    person = func.coalesce(Visit.identity_blind, cast(Visit.id, String))
    turn = func.row_number().over(partition_by=person, order_by=Visit.entered_at.desc()).label("turn")
    there = visits(reach, filters).with_only_columns(Visit.companions, turn).subquery()
    people = func.coalesce(func.sum(1 + there.c.companions).filter(there.c.turn == 1), 0)
    return db.session.scalar(select(people).select_from(there)) or 0


def by_hour(reach: Reach, at: datetime) -> list[tuple[int, int]]:
    """Today's arrivals by hour in the district's time zone, as (hour, arrivals)."""
    day = clock.district_day(at)
    start = clock.day_bounds(day)[0]
    hour, minute = (extract(part, Visit.entered_at) for part in ("hour", "minute"))
    quarter = minute - minute % 15  # every zone begins its hours at a quarter of an hour of UTC
    today = visits(reach, {"since": day, "until": day}).with_only_columns(hour, quarter, func.count())
    counts = [0] * 24
    for utc_hour, utc_quarter, arrivals in db.session.execute(today.group_by(hour, quarter)):
        minutes = int(utc_hour) * 60 + int(utc_quarter) - start.hour * 60 - start.minute
        counts[minutes % 1440 // 60] += arrivals
    return list(enumerate(counts))
