"""The check of an uploaded template: its constructs, its codes, and whether filling it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from webapp.briefings import labels, printing, sources
from webapp.briefings.rules import Code, problem_of, span_of
from webapp.kernel.errors import Refusal

_ENDLESS = ("template-too-slow", "template-too-large")  # what ends a trial that prints or runs on and on


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a paragraph, and what to do."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The codes of a file as the table of versions holds them, and its faults; it is kept only without faults."""

    codes: Sequence[tuple[str, int, str, str]]
    faults: Sequence[Fault]


def check(raw: bytes) -> Verdict:
    """Check a file. Raises Refusal `template-…`."""
    try:
        checked, known = printing.check(raw), sources.known()
    except Refusal as refusal:
        if loops := _loops(raw) if refusal.code in _ENDLESS else ():
            return Verdict((), loops)
        raise
    codes = [(code, *astuple(spot)) for code, spot in checked.codes]
    faults = [Fault(labels.spot(*astuple(spot)), labels.construct(*what)) for what, spot in checked.faults]
    return Verdict(codes, [*faults, *faults_of(codes, known)])


def _loops(raw: bytes) -> list[Fault]:
    """The paragraphs with the loops of a template that was ended at a limit."""
    spots = [spot for code, spot in printing.check(raw, tries=False).codes if code.endswith("[]")]
    return [Fault(labels.spot(*astuple(spot)), str(labels.ENDLESS)) for spot in dict.fromkeys(spots)]


def faults_of(codes: Iterable[Sequence[Any]], known: dict[str, Code]) -> list[Fault]:
    """The codes that no feature has, or not in this way: in a kept template those renamed since."""
    faults = []
    for code, *spot in codes:
        if (kind := problem_of(code, known)) is not None:
            name = code.partition("[]")[0]
            base = span_of(name)[0]
            sentence = labels.problem(kind, code.replace("[]", ""), base)
            faults.append(Fault(labels.spot(*spot), sentence))
    return faults
