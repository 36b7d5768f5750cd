"""Reads of persons and sign-ins."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from webapp.accounts.models import Attempt, Person, PersonGrant, RecoveryCode, SignIn
from webapp.accounts.rules import ATTEMPT_WINDOW, has_ended
from webapp.extensions import db
from webapp.kernel.access import Actor, Grant, Reach, Role
from webapp.kernel.database import connection, is_sqlite
from webapp.kernel.personal import MIDDLE_DOTS
from webapp.places.queries import names as place_names
from webapp.places.queries import visible_places
from webapp.units.queries import JOINED as UNIT
from webapp.units.queries import answerable_for, units_above, visible_units
from webapp.units.queries import names as unit_names

LOOKERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR)


def digest_of(token: str) -> str:
    """The digest under which a random token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_username(username: str) -> Person | None:
    return db.session.scalars(select(Person).where(Person.username == username)).one_or_none()


def find_person(person_id: UUID) -> Person | None:
    return db.session.get(Person, person_id)


@dataclass(frozen=True, slots=True)
class Locked:
    """A person who cannot be disabled or given other roles before the open transaction ends."""

    actor: Actor
    disabled_at: datetime | None


def find_locked(person_id: UUID) -> Locked | None:
    """A person as they stand now, locked. The grants are read after the lock, which may have been waited for; on SQLite
    together with the person, since the transaction is the lock.
    """
    rows = connection().execute(_WITH_GRANTS if is_sqlite() else _STANDING, {"person_id": person_id}).all()
    if not rows:
        return None
    person, grants = rows[0], _granted(rows) if is_sqlite() else _grants_of(person_id)
    return Locked(Actor(person.id, person.username, person.name, grants, person.language), person.disabled_at)


def standing(person_id: UUID) -> Actor | None:
    """The actor of a person, locked in the open transaction; None for a disabled person."""
    person = find_locked(person_id)
    return person.actor if person and person.disabled_at is None else None


_sign_in, _person, _grant = SignIn.__table__.c, Person.__table__.c, PersonGrant.__table__.c
_IS_OPEN = _sign_in.digest == bindparam("digest"), _sign_in.ended_at.is_(None), _person.disabled_at.is_(None)
_OF_TOKEN = select(SignIn, Person).join(Person, Person.id == SignIn.person_id).where(*_IS_OPEN)
_SESSION = (
    select(
        _sign_in.id,
        _sign_in.began_at,
        _sign_in.seen_at,
        _person.id.label("person_id"),
        _person.username,
        _person.name,
        _person.language,
        _person.must_change_password,
        _person.is_demonstration,
        _person.totp_secret.is_not(None).label("has_second_factor"),
        _grant.role,
        _grant.unit_id,
        _grant.place_id,
    )
    .join_from(SignIn.__table__, Person.__table__, _person.id == _sign_in.person_id)
    .outerjoin(PersonGrant.__table__, _grant.person_id == _person.id)
    .where(*_IS_OPEN, _sign_in.passed_totp)
)
_ONE_PERSON = select(_person.id, _person.username, _person.name, _person.language, _person.disabled_at).where(
    _person.id == bindparam("person_id")
)
_STANDING = _ONE_PERSON.with_for_update(read=True)
_WITH_GRANTS = _ONE_PERSON.add_columns(_grant.role, _grant.unit_id, _grant.place_id).join_from(
    Person.__table__, PersonGrant.__table__, _grant.person_id == _person.id, isouter=True
)
_GRANTS = select(_grant.role, _grant.unit_id, _grant.place_id).where(_grant.person_id == bindparam("person_id"))


def find_live_sign_in(token: str, at: datetime) -> tuple[SignIn, Person] | None:
    """The session of a token with its person; None if it has ended or expired, or the person is disabled."""
    row = db.session.execute(_OF_TOKEN, {"digest": digest_of(token)}).one_or_none()
    return None if row is None or has_ended(row.SignIn.began_at, row.SignIn.seen_at, at) else (row.SignIn, row.Person)


def find_session(token: str, at: datetime) -> tuple[Any, Actor] | None:
    """A live session that passed every step, as a plain row, and its actor: one small read for every page."""
    rows = connection().execute(_SESSION, {"digest": digest_of(token)}).all()
    row = rows[0] if rows else None
    if row is None or has_ended(row.began_at, row.seen_at, at):
        return None
    return row, Actor(row.person_id, row.username, row.name, _granted(rows), row.language, row.id)


def _granted(rows: Iterable[Any]) -> tuple[Grant, ...]:
    """The grants of a person that is joined with them."""
    return tuple(Grant(row.role, row.unit_id, row.place_id) for row in rows if row.role)


def _grants_of(person_id: UUID) -> tuple[Grant, ...]:
    return tuple(Grant(*grant) for grant in connection().execute(_GRANTS, {"person_id": person_id}))


def actor_of(person: Person, sign_in: SignIn | None = None) -> Actor:
    """The plain value of a person for services."""
    return Actor(
        person.id, person.username, person.name, grants_of(person), person.language, sign_in.id if sign_in else None
    )


def grants_of(person: Person) -> tuple[Grant, ...]:
    return tuple(Grant(grant.role, grant.unit_id, grant.place_id) for grant in person.grants)


def failures(subject: str, at: datetime) -> int:
    """The number of failed attempts within the window."""
    since = at - ATTEMPT_WINDOW
    query = select(func.count()).where(Attempt.subject == subject, Attempt.at > since)
    return db.session.scalar(query) or 0


def sign_ins_of(person_id: UUID, at: datetime) -> Sequence[SignIn]:
    """A person's live sessions, newest first."""
    rows = db.session.scalars(
        select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc())
    )
    return [row for row in rows if not has_ended(row.began_at, row.seen_at, at)]


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by person id, in one query."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


class Titled(NamedTuple):
    """A person as documents name them: 副区长 张三."""

    name: str
    post: str | None


def titled(ids: Collection[UUID]) -> dict[UUID, Titled]:
    """Names and posts by person id, in one query."""
    query = select(Person.id, Person.name, Person.post).where(Person.id.in_(ids))
    return {row.id: Titled(row.name, row.post) for row in db.session.execute(query)} if ids else {}


def devices_of(sign_in_ids: Collection[UUID]) -> dict[UUID, str]:
    """The user agents of sessions by id, in one query; sessions of long ago are gone."""
    rows = db.session.execute(select(SignIn.id, SignIn.device).where(SignIn.id.in_(sign_in_ids))) if sign_in_ids else ()
    return {row.id: row.device for row in rows}


_NAMED = aliased(Person)  # apart from the persons that a query asks for


def name_of(column: Any) -> ScalarSelect[str]:
    """The name of a row's person, for the rows of a list; `column` holds the person's id."""
    return select(_NAMED.name).where(_NAMED.id == column).scalar_subquery()


def unit_of(column: Any) -> ScalarSelect[UUID | None]:
    """The id of a person's unit, likewise."""
    return select(_NAMED.unit_id).where(_NAMED.id == column).scalar_subquery()


def visible_persons(reach: Reach) -> Select[Person]:
    """The persons of the units within reach, with their grants."""
    persons = select(Person).options(selectinload(Person.grants))
    if reach.is_district_wide:
        return persons
    return persons.where(Person.unit_id.in_(visible_units(reach)))


def find_visible(person_id: UUID, reach: Reach) -> Person | None:
    return db.session.scalars(visible_persons(reach).where(Person.id == person_id)).one_or_none()


def find_visible_named(username: str, reach: Reach) -> Person | None:
    return db.session.scalars(visible_persons(reach).where(Person.username == username)).one_or_none()


_HAS_ROLE = select(PersonGrant.id).where(PersonGrant.person_id == Person.id).exists()
_IN_STATE = {
    "active": (Person.disabled_at.is_(None),),
    "disabled": (Person.disabled_at.is_not(None),),
    "roleless": (Person.disabled_at.is_(None), ~_HAS_ROLE),
    "unstarted": (Person.disabled_at.is_(None), Person.must_change_password),
}


def selected(reach: Reach, filters: dict[str, Any]) -> Select[Person]:
    """The visible persons that match the filters of the list."""
    query = visible_persons(reach)
    if name := filters.get("name"):
        query = query.where(or_(_is_called(name), Person.username == name.lower()))
    if role := filters.get("role"):
        query = query.where(Person.id.in_(select(PersonGrant.person_id).where(PersonGrant.role == Role(role))))
    if unit := filters.get("unit"):
        query = query.where(Person.unit_id == UUID(unit))
    return query.where(*_IN_STATE[state]) if (state := filters.get("state")) else query


def first_called(name: str, reach: Reach, limit: int) -> Sequence[Person]:
    """The first persons in reach whose name holds these words, those in service first."""
    query = selected(reach, {"name": name}).order_by(Person.disabled_at.is_not(None), Person.name, Person.username)
    return db.session.scalars(query.limit(limit)).unique().all()


def may_grant(reach: Reach, grants: Iterable[Grant]) -> bool:
    """Whether an administrator's reach covers all of these grants."""
    if reach.is_district_wide:
        return True
    units = set(db.session.scalars(visible_units(reach)))
    places = set(db.session.scalars(visible_places(reach)))
    return all(grant.unit_id in units or grant.place_id in places for grant in grants)


def _is_called(name: str) -> ColumnElement[bool]:
    """The condition that a name contains a text, whichever middle dot either uses, or none."""
    bare = "".join(sign for sign in name if sign not in MIDDLE_DOTS) or name
    column: Any = Person.name
    for dot in MIDDLE_DOTS:
        column = func.replace(column, dot, "")
    return or_(Person.name.icontains(name, autoescape=True), column.icontains(bare, autoescape=True))


def persons_called(name: str) -> Select[UUID]:
    """Ids of the persons whose name holds these words, or whose username it is: for what they are named on."""
    return select(Person.id).where(or_(_is_called(name), Person.username == name.lower()))


def usernames(candidates: Collection[str]) -> set[str]:
    """Those of these usernames that are taken."""
    return set(db.session.scalars(select(Person.username).where(Person.username.in_(candidates))))


def ids_by_username(candidates: Collection[str]) -> dict[str, UUID]:
    """Ids by username of those persons who may sign in."""
    query = select(Person.username, Person.id).where(Person.username.in_(candidates), Person.disabled_at.is_(None))
    return {row.username: row.id for row in db.session.execute(query)}


def choosable(reach: Reach, *present: UUID | None) -> Sequence[tuple[UUID, str]]:
    """(id, name) of all persons in reach who may sign in, and of the `present` ones, for the choice of leaders."""
    in_reach = Person.id.in_(visible_persons(reach).with_only_columns(Person.id))
    query = select(Person.id, Person.name).where(Person.disabled_at.is_(None), or_(in_reach, Person.id.in_(present)))
    rows = db.session.execute(query.order_by(Person.name))
    return [(row.id, row.name) for row in rows]


_MEMBER = aliased(Person)  # apart from the persons that a query names


def may_sign_in(column: Any, roles: Collection[Role]) -> ColumnElement[bool]:
    """The condition that a row's person, whose id `column` holds, is not disabled and has one of these roles."""
    holds = select(PersonGrant.id).where(PersonGrant.person_id == column, PersonGrant.role.in_(roles)).exists()
    return and_(select(_MEMBER.id).where(_MEMBER.id == column, _MEMBER.disabled_at.is_(None)).exists(), holds)


def _mans(column: Any, roles: Collection[Role], over: Collection[Role]) -> tuple[ColumnElement[bool], ...]:
    """The conditions on _MEMBER of `is_manned`."""
    able = select(PersonGrant.id).where(PersonGrant.person_id == _MEMBER.id, PersonGrant.role.in_(roles)).exists()
    above = select(PersonGrant.id).where(PersonGrant.role.in_(over), PersonGrant.unit_id.in_(units_above(column)))
    holds = above.where(PersonGrant.person_id == _MEMBER.id).exists()
    belongs = or_(_MEMBER.unit_id == column, _MEMBER.id.in_(answerable_for(column)), holds)
    return _MEMBER.disabled_at.is_(None), able, belongs


def is_manned(column: Any, roles: Collection[Role], over: Collection[Role]) -> ColumnElement[bool]:
    """The condition that somebody who may sign in with one of `roles` belongs to a row's unit, whose id `column` holds:
    as their own unit, as its leader or person responsible, or with a role of `over` over it or a unit above.
    """
    return select(_MEMBER.id).where(*_mans(column, roles, over)).exists()


def crews(unit_ids: Collection[UUID], roles: Collection[Role], over: Collection[Role]) -> dict[UUID, frozenset[UUID]]:
    """The ids of those persons of each unit, in one statement."""
    query = select(UNIT.id, _MEMBER.id).join(_MEMBER, and_(*_mans(UNIT.id, roles, over))).where(UNIT.id.in_(unit_ids))
    crew = defaultdict[UUID, set[UUID]](set)
    for unit_id, person_id in db.session.execute(query) if unit_ids else ():
        crew[unit_id].add(person_id)
    return {unit_id: frozenset(persons) for unit_id, persons in crew.items()}


def home_of(person_id: UUID) -> Select[Any]:
    """The id of a person's own unit; no row for somebody without one."""
    return select(Person.unit_id).where(Person.id == person_id, Person.unit_id.is_not(None))


def persons_of(reach: Reach) -> Select[UUID]:
    """Ids of the persons of the units within reach."""
    return visible_persons(reach).with_only_columns(Person.id)


def holders(reach: Reach, roles: Collection[Role]) -> Select[Any]:
    """(id, name) of the persons in reach who may sign in with one of these roles, by name."""
    within = Person.id.in_(persons_of(reach)), may_sign_in(Person.id, roles)
    columns: tuple[Any, ...] = (Person.id, Person.name)
    return select(*columns).where(*within).order_by(Person.name, Person.username)


def count_by_unit() -> dict[UUID, int]:
    """The number of persons who may sign in, by unit id."""
    query = select(Person.unit_id, func.count()).where(Person.disabled_at.is_(None), Person.unit_id.is_not(None))
    return {unit_id: count for unit_id, count in db.session.execute(query.group_by(Person.unit_id)) if unit_id}


def reach_of(grants: Collection[Grant]) -> list[tuple[Role, str | None]]:
    """The role of each grant with the name of its unit or place; None for the whole district."""
    of_units = unit_names([grant.unit_id for grant in grants if grant.unit_id])
    of_places = place_names([grant.place_id for grant in grants if grant.place_id])
    over = of_units | of_places
    reached = ((grant.role, grant.unit_id or grant.place_id) for grant in grants)
    return [(role, over.get(target) if target else None) for role, target in reached]


def gaps(reach: Reach) -> dict[str, int]:
    """The numbers of visible persons by the states of the list's filter: the open work of an administrator."""
    listed = {state: selected(reach, {"state": state}).subquery() for state in ("active", "roleless", "unstarted")}
    return {state: db.session.scalar(select(func.count()).select_from(rows)) or 0 for state, rows in listed.items()}


def members_of(unit_id: UUID) -> Sequence[Person]:
    """The persons of a unit who may sign in."""
    query = select(Person).where(Person.unit_id == unit_id, Person.disabled_at.is_(None))
    return db.session.scalars(query.order_by(Person.name)).all()


def recovery_codes_left(person_id: UUID) -> int:
    query = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def is_anybody() -> bool:
    """Whether there is any person."""
    return db.session.scalar(select(func.count()).select_from(select(Person.id).limit(1).subquery())) != 0


def enabled() -> Select[UUID]:
    """Ids of the persons who are not disabled."""
    return select(Person.id).where(Person.disabled_at.is_(None))
