"""A group of codes, and what its values are asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

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

    def reach_into(self, endpoint: str, *, is_own: bool = True) -> Reach:
        """The reach of the person by the roles that open a page, narrowed to the unit with all units below it.

        What `is_own` of a unit its clerk counts too, as in its daily report, without opening the rows.
        """
        roles = reach_into(endpoint, self.actor).roles & self.roles
        if is_own and not roles:
            roles = self.roles & {Role.CLERK}
        narrowed = (self._grant(role) for role in sorted(roles) if self.actor.has(role))
        return Reach(replace(self.actor, grants=tuple(narrowed)), roles)

    def _grant(self, role: Role) -> Grant:
        is_whole = self.is_whole and self.actor.through(role).is_district_wide
        return Grant(role) if is_whole else Grant(role, unit_id=self.unit.id)


class Remedy(NamedTuple):
    """What to do about a blank, and the page where it is done."""

    words: Any
    url: str | None = None


BY_HAND = Remedy(_l("没有记录。请在 Word 里补填。"))


@dataclass(frozen=True, slots=True)
class Group:
    """The codes `prefix.…` under one heading. `values(names, asked)` gives those of its codes, spans included.

    `link(printed, actor)` is the address of the rows behind a printed value, None for one that has none.
    `remedy(printed, actor)` is what to do about one that stayed blank.
    """

    prefix: str
    label: Any
    codes: Callable[[], Sequence[Code]]
    values: Callable[[Sequence[str], Asked], Iterable[Value]]
    link: Callable[[Mapping[str, Any], Actor], str | None] = lambda _printed, _actor: None
    remedy: Callable[[Mapping[str, Any], Actor], Remedy] = lambda _printed, _actor: BY_HAND
