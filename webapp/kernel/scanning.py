"""The one scan box: a code is handed to every resolver; each says what it knows and what may be done now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.kernel.access import Actor, Reach, Role


@dataclass(frozen=True, slots=True)
class Answer:
    """Something a code stands for, and a page that says what may be done with it."""

    kind: str
    title: str
    note: str
    url: str
    icon: str


Resolver = Callable[[str, Reach], Iterable[Answer]]

_resolvers: dict[str, tuple[tuple[Role, ...], Resolver]] = {}


def resolver(name: str, roles: tuple[Role, ...], resolve: Resolver) -> None:
    """Answer codes for whoever has one of the roles."""
    _resolvers[name] = roles, resolve


def answers(code: str, actor: Actor) -> list[Answer]:
    """Everything the actor may know about a code."""
    text = code.strip()
    mine = [(roles, resolve) for roles, resolve in _resolvers.values() if text and actor.has(*roles)]
    return [answer for roles, resolve in mine for answer in resolve(text, actor.through(*roles))]
