"""Who gets word of something: answered by resolvers that features offer, such as a role over the place.

A recipient is written `code:detail`, for example `role:commander`: the code of its resolver and what that resolver
needs.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webapp.kernel.access import Reach, Role
from webapp.kernel.contributions import Contribution


@dataclass(frozen=True, slots=True)
class Matter:
    """Where something is (neither place nor unit: the district), and who has to do it: roles, persons, or one."""

    who: tuple[Role, ...] | UUID | frozenset[UUID] = ()
    place_id: UUID | None = None
    unit_id: UUID | None = None


Question = tuple[str, Matter]  # the detail of a recipient, and what it is about


@dataclass(frozen=True, slots=True)
class Resolver:
    """`choices(reach)` are the (detail, label) that a form offers; `answer` gives the ids of persons who may sign in
    for each question, in a fixed number of statements.
    """

    code: str
    choices: Callable[[Reach], Sequence[tuple[str, Any]]]
    answer: Callable[[Collection[Question]], Mapping[Question, frozenset[UUID]]]


resolvers: Contribution[dict[str, Resolver]] = Contribution("recipients")


def choices(reach: Reach) -> list[tuple[str, Any]]:
    """All recipients that a form may offer within a reach, with their labels."""
    return [
        (f"{resolver.code}:{detail}", label)
        for resolver in resolvers().values()
        for detail, label in resolver.choices(reach)
    ]


def resolve(asked: Collection[Question]) -> dict[Question, frozenset[UUID]]:
    """The persons behind each recipient, given as its whole text; nobody for one whose resolver is unknown by now."""
    by_code: defaultdict[str, set[Question]] = defaultdict(set)
    for recipient, matter in asked:
        code, _colon, detail = recipient.partition(":")
        by_code[code].add((detail, matter))
    answers: dict[Question, frozenset[UUID]] = dict.fromkeys(asked, frozenset())
    for code, questions in by_code.items():
        if resolver := resolvers().get(code):
            named = resolver.answer(questions)
            answers |= {(f"{code}:{detail}", matter): persons for (detail, matter), persons in named.items()}
    return answers
