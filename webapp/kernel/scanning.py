"""The scan box and the jump box: every resolver of a feature answers a code with the pages it leads to.

The jump box also finds pages by name, and anything that a resolver finds by words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.kernel import navigation
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.contributions import Contribution

LONGEST_NAME = 200  # characters; no name and no document number is longer


@dataclass(frozen=True, slots=True)
class Answer:
    """A match of a code, with the page that offers what can be done with it."""

    kind: str
    title: str
    note: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves codes for holders of these roles: `resolve(code, reach)` gets the actor limited to them.

    `search(text, reach)` returns the first few matches by words and, if there are more, an answer that opens the list.
    """

    roles: tuple[Role, ...]
    resolve: Callable[[str, Reach], Iterable[Answer]]
    search: Callable[[str, Reach], Iterable[Answer]] | None = None


resolvers: Contribution[tuple[Resolver, ...]] = Contribution("resolvers")


def answers(code: str, actor: Actor) -> list[Answer]:
    """The answers of all resolvers of the actor's roles to a code."""
    text = code.strip()
    mine = (resolver for resolver in resolvers() if text and actor.has(*resolver.roles))
    return [answer for resolver in mine for answer in resolver.resolve(text, actor.through(*resolver.roles))]


def jump(text: str, actor: Actor) -> list[Answer]:
    """Pages of this name, then matches of the text as a code, then matches by words; each address once."""
    text = text.strip()
    if not text:
        return []
    matches = [*_pages(text, actor), *answers(text, actor)]
    for resolver in resolvers() if len(text) <= LONGEST_NAME else ():
        if resolver.search and actor.has(*resolver.roles):
            matches += resolver.search(text, actor.through(*resolver.roles))
    return list({answer.url: answer for answer in reversed(matches)}.values())[::-1]


def _pages(text: str, actor: Actor) -> Iterable[Answer]:
    name = text.casefold()
    for link in navigation.links(actor):
        if name in link.label.casefold():
            area = str(navigation.AREAS[link.area][0]) if link.area else ""
            yield Answer("page", link.label, area, link.url, link.icon)
