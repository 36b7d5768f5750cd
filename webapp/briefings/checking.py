"""The check of an uploaded template: its constructs, its codes, and whether filling it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.briefings import labels, printing, sources
from webapp.briefings.rules import Code, problem_of, span_of


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a paragraph, and what to do."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The codes of a file as the table of versions holds them, and its faults; it is kept only without faults."""

    codes: Sequence[tuple[str, int, str]]
    faults: Sequence[Fault]


def check(raw: bytes) -> Verdict:
    """Check a file. Raises Refusal `template-…`."""
    checked, known = printing.check(raw), sources.known()
    codes = [(code, spot.number, spot.words) for code, spot in checked.codes]
    faults = [Fault(labels.spot(spot.number, spot.words), labels.construct(*what)) for what, spot in checked.faults]
    return Verdict(codes, [*faults, *faults_of(codes, known)])


def faults_of(codes: Iterable[Sequence[Any]], known: dict[str, Code]) -> list[Fault]:
    """The codes that no feature has, or not in this way: in a kept template those renamed since."""
    faults = []
    for code, number, words in codes:
        if (kind := problem_of(code, known)) is not None:
            name = code.partition("[]")[0]
            base = span_of(name)[0]
            sentence = labels.problem(kind, code.replace("[]", ""), base)
            faults.append(Fault(labels.spot(number, words), sentence))
    return faults
