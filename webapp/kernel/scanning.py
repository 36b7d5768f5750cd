"""The scan box and the jump box. A code is handed to every resolver; each says what it knows and what may be done now.
The jump box also finds pages by their names, and what resolvers find by words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.kernel import navigation
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.contributions import Contribution

LONGEST_NAME = 200  # no name and no document number is longer


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
    """Answers codes for whoever has one of the roles: `resolve` is given the actor limited to them. `search` finds by
    words, the first few of them, and ends with an answer that opens the list when there are more.
    """

    roles: tuple[Role, ...]
    resolve: Callable[[str, Reach], Iterable[Answer]]
    search: Callable[[str, Reach], Iterable[Answer]] | None = None


resolvers: Contribution[tuple[Resolver, ...]] = Contribution("resolvers")


def answers(code: str, actor: Actor) -> list[Answer]:
    """Everything the actor may know about a code."""
    text = code.strip()
    mine = (resolver for resolver in resolvers() if text and actor.has(*resolver.roles))
    return [answer for resolver in mine for answer in resolver.resolve(text, actor.through(*resolver.roles))]


def jump(text: str, actor: Actor) -> list[Answer]:
    """Pages of that name, then what the text stands for as a code, then what is called so; each address once."""
    text = text.strip()
    if not text:
        return []
    found = [*_pages(text, actor), *answers(text, actor)]
    for resolver in resolvers() if len(text) <= LONGEST_NAME else ():
        if resolver.search and actor.has(*resolver.roles):
            found += resolver.search(text, actor.through(*resolver.roles))
    return list({answer.url: answer for answer in reversed(found)}.values())[::-1]


def _pages(text: str, actor: Actor) -> Iterable[Answer]:
    wanted = text.casefold()
    for link in navigation.links(actor):
        if wanted in link.label.casefold():
            area = str(navigation.AREAS[link.area][0]) if link.area else ""
            yield Answer("page", link.label, area, link.url, link.icon)
