"""A group of codes, and what its values are asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from webapp.briefings.rules import Code, Scope, Value
from webapp.kernel.access import Actor, Grant, Reach, Role, reach_into


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which unit and days, at what time, and what they typed (code -> text).

    `unit` has id, code and name. `roles` are those of the person's roles that reach it; `is_whole`: it is the top unit,
    so that a role over the whole district counts what belongs to no unit too.
    """

    actor: Actor
    unit: Any
    roles: frozenset[Role]
    is_whole: bool
    scope: Scope
    at: datetime
    typed: Mapping[str, str]

    def reach_into(self, endpoint: str) -> Reach:
        """The reach of the person by the roles that open a page, narrowed to the unit with all units below it."""
        roles = reach_into(endpoint, self.actor).roles & self.roles
        narrowed = (self._grant(role) for role in sorted(roles) if self.actor.has(role))
        return Reach(replace(self.actor, grants=tuple(narrowed)), roles)

    def _grant(self, role: Role) -> Grant:
        is_whole = self.is_whole and self.actor.through(role).is_district_wide
        return Grant(role) if is_whole else Grant(role, unit_id=self.unit.id)


@dataclass(frozen=True, slots=True)
class Group:
    """The codes `prefix.…` under one heading. `values(names, asked)` gives those of its codes, spans included.

    `link(printed, actor)` is the address of the rows behind a printed value, None for one that has none.
    """

    prefix: str
    label: Any
    codes: Callable[[], Sequence[Code]]
    values: Callable[[Sequence[str], Asked], Iterable[Value]]
    link: Callable[[Mapping[str, Any], Actor], str | None] = lambda _printed, _actor: None
