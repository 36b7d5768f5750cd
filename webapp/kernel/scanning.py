"""The one scan box: a code is handed to every resolver; each says what it knows and what may be done now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Answer:
    """Something a code stands for, and a page that says what may be done with it."""

    kind: str
    title: str
    note: str
    url: str
    icon: str


Resolver = Callable[[str, Actor], Iterable[Answer]]

_resolvers: dict[str, Resolver] = {}


def resolver(name: str, resolve: Resolver) -> None:
    _resolvers[name] = resolve


def answers(code: str, actor: Actor) -> list[Answer]:
    """Everything the actor may know about a code (at most 200 characters of it are looked at)."""
    text = code.strip()[:200]
    return [answer for resolve in _resolvers.values() for answer in resolve(text, actor)] if text else []
