"""The persons behind the recipients of alerts: a role over a place, those who have to do something, a named person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.accounts import queries
from webapp.accounts.labels import ROLES
from webapp.accounts.models import Person, PersonGrant
from webapp.extensions import db
from webapp.kernel.access import Reach, Role, offered_roles
from webapp.kernel.recipients import Matter, Question, Resolver
from webapp.places import queries as places
from webapp.units import queries as units

Answers = Mapping[Question, frozenset[UUID]]


def _role_choices(_reach: Reach) -> Sequence[tuple[str, Any]]:
    return [(role.value, _("岗位：%(role)s", role=ROLES[role])) for role in offered_roles()]


def _of_role(questions: Collection[Question]) -> Answers:
    """Everybody who holds the role over the place, over its unit or one above it, or over the district."""
    return _holding({question: {Role(question[0])} for question in questions if question[0] in set(Role)})


def _doers(questions: Collection[Question]) -> Answers:
    """The person or persons who have to do it, or those of the roles that have to."""
    roles: dict[Question, set[Role]] = {}
    persons: dict[Question, frozenset[UUID]] = {}
    for question in questions:
        who = question[1].who
        if isinstance(who, tuple):
            roles[question] = set(who)
        else:
            persons[question] = frozenset({who}) if isinstance(who, UUID) else who
    enabled = _enabled(frozenset().union(*persons.values()))
    return _holding(roles) | {question: ids & enabled for question, ids in persons.items()}


def _person_choices(reach: Reach) -> Sequence[tuple[str, Any]]:
    return [(str(person_id), _("人员：%(name)s", name=name)) for person_id, name in queries.choosable(reach)]


def _named(questions: Collection[Question]) -> Answers:
    enabled = _enabled(UUID(detail) for detail, _matter in questions)
    return {question: frozenset({UUID(question[0])} & enabled) for question in questions}


def _enabled(ids: Iterable[UUID]) -> set[UUID]:
    """Those of these persons who may sign in."""
    asked = set(ids)
    query = select(Person.id).where(Person.id.in_(asked), Person.disabled_at.is_(None))
    return set(db.session.scalars(query)) if asked else set()


def _able(ids: Collection[UUID]) -> set[UUID]:
    """Those of these persons who may sign in and hold a role, without which no page opens."""
    query = select(Person.id).join(PersonGrant, PersonGrant.person_id == Person.id)
    return set(db.session.scalars(query.where(Person.id.in_(ids), Person.disabled_at.is_(None)))) if ids else set()


def _holding(asked: Mapping[Question, set[Role]]) -> dict[Question, frozenset[UUID]]:
    """The holders of any of the roles over the matter of each question, in three statements.

    About the district or a unit as a whole, when nobody holds the role over all of it: those who hold it over a part.
    """
    roles = set().union(*asked.values())
    if not roles:
        return {}
    query = select(PersonGrant.role, PersonGrant.person_id, PersonGrant.unit_id, PersonGrant.place_id)
    query = query.join(Person, Person.id == PersonGrant.person_id).where(Person.disabled_at.is_(None))
    grants = db.session.execute(query.where(PersonGrant.role.in_(roles))).all()
    scopes = _Scopes({matter.place_id for _detail, matter in asked} | {grant.place_id for grant in grants})
    answers = {}
    for question, wished in asked.items():
        held, matter = [grant for grant in grants if grant.role in wished], question[1]
        over = [grant for grant in held if scopes.covers(grant, matter)]
        if not over and matter.place_id is None:
            over = [grant for grant in held if scopes.is_part(grant, matter)]
        answers[question] = frozenset(grant.person_id for grant in over)
    return answers


class _Scopes:
    """Where the units and places of grants and matters lie."""

    def __init__(self, place_ids: Iterable[UUID | None]) -> None:
        self._path_of = units.paths()
        self._unit_of = places.units_of([place_id for place_id in place_ids if place_id])

    def covers(self, grant: Any, matter: Matter) -> bool:
        """Whether a grant reaches all of a matter."""
        if grant.unit_id is None and grant.place_id is None:
            return True
        if grant.place_id:
            return bool(grant.place_id == matter.place_id)
        return bool(path := self._path(matter)) and path.startswith(self._path_of[grant.unit_id])

    def is_part(self, grant: Any, matter: Matter) -> bool:
        """Whether a grant is about a part of a matter."""
        return self._path(grant).startswith(self._path(matter))

    def unit_of(self, scope: Any) -> UUID | None:
        """The unit of a matter or grant, or of its place."""
        return scope.unit_id or (self._unit_of.get(scope.place_id) if scope.place_id else None)

    def _path(self, scope: Any) -> str:
        """The path of a unit, or of that of a place; empty for the district."""
        unit_id = self.unit_of(scope)
        return self._path_of.get(unit_id, "") if unit_id else ""


def _heads(questions: Collection[Question]) -> Answers:
    """The leader and the person responsible of the unit, or of the unit of the place."""
    scopes = _Scopes({matter.place_id for _detail, matter in questions})
    units_of = {question: scopes.unit_of(question[1]) for question in questions}
    heads = units.heads({unit_id for unit_id in units_of.values() if unit_id})
    able = _able(frozenset().union(*heads.values()))
    return {question: heads.get(unit_id, frozenset()) & able for question, unit_id in units_of.items()}


RECIPIENTS = (
    Resolver("doers", lambda _reach: [("", _l("应当办理的人"))], _doers),
    Resolver("heads", lambda _reach: [("", _l("单位的负责人和责任人"))], _heads),
    Resolver("role", _role_choices, _of_role),
    Resolver("person", _person_choices, _named),
)
