"""The one scan box: a code is handed to every resolver; each says what it knows and what may be done now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.contributions import Contribution


@dataclass(frozen=True, slots=True)
class Answer:
    """Something a code stands for, and a page that says what may be done with it."""

    kind: str
    title: str
    note: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Resolver:
    """Answers codes for whoever has one of the roles: `resolve` is given the actor limited to them."""

    roles: tuple[Role, ...]
    resolve: Callable[[str, Reach], Iterable[Answer]]


resolvers: Contribution[tuple[Resolver, ...]] = Contribution("resolvers")


def answers(code: str, actor: Actor) -> list[Answer]:
    """Everything the actor may know about a code."""
    text = code.strip()
    mine = (resolver for resolver in resolvers() if text and actor.has(*resolver.roles))
    return [answer for resolver in mine for answer in resolver.resolve(text, actor.through(*resolver.roles))]
