"""Codes of values, their spans of days, and texts with marked values."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

BLANK = "__"  # what a report shows for what no record holds
BEGINNING = date(2000, 1, 1)  # of what is counted since the beginning
# As in printer.py, which imports nothing.
_MARKED = re.compile("\ue000([^\ue000-\ue002]*)\ue001([^\ue002]*)\ue002")
_CODE = re.compile(r"\{\{\s*([a-z]\w*\.\w+)\s*\}\}")
_LOOP = re.compile(r"\{%\w*\s*for\s+(\w+)\s+in\s+([a-z]\w*\.\w+)\s*%\}")
_ROW = re.compile(r"\[\d+\]")


class Preset(StrEnum):
    """Templates that come with the system, after the district's own three reports."""

    ZONE = "zone"
    SUPPLIES = "supplies"
    ENVIRONMENT = "environment"


class Span(StrEnum):
    """The days of a value, as the end of its code: the chosen period has none."""

    PERIOD = ""
    TOTAL = "_total"  # since the beginning, up to the last day of the period
    DAY = "_day"  # the last day of the period


class Holds(StrEnum):
    """What a code stands for."""

    DAYS = "days"  # a number of some days
    NOW = "now"  # the present state, whatever the period
    LAST = "last"  # a number of the last day, which does not add up over days
    TEXT = "text"  # a name or a date
    LIST = "list"  # rows, for a loop
    TYPED = "typed"  # typed when the report is made
    NOTHING = "nothing"  # no feature records it yet


class Section(StrEnum):
    """The texts of a report that no record holds, in their order; the ends of their codes."""

    SUMMARY = "summary"
    PROBLEMS = "problems"
    NEXT_STEPS = "next_steps"


# The words by which the line of a daily report is known to be of a section.
_SECTION_WORDS = {
    Section.NEXT_STEPS: ("下一步", "打算", "计划", "安排"),
    Section.PROBLEMS: ("问题", "困难", "不足", "缺口"),
}


def section_of(name: str) -> Section:
    """The section for which a text line of a daily report is proposed, by its name."""
    named = (section for section, words in _SECTION_WORDS.items() if any(word in name for word in words))
    return next(named, Section.SUMMARY)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a unit with all units below it, and district days, both included."""

    unit_id: Any
    since: date
    until: date

    def days_of(self, span: Span) -> tuple[date, date]:
        """The first and the last day of a span."""
        first = {Span.PERIOD: self.since, Span.TOTAL: BEGINNING, Span.DAY: self.until}
        return first[span], self.until


@dataclass(frozen=True, slots=True)
class Code:
    """A code that templates may print. `spans` are the ends that it takes, `fields` those of a list's rows.

    `unit` is the measure word that stands after it in a sentence.
    """

    name: str
    label: Any
    holds: Holds
    unit: Any = ""
    spans: tuple[Span, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def written(self) -> str:
        """As it stands in a template."""
        if self.holds is not Holds.LIST:
            return f"{{{{ {self.name} }}}}"
        row = self.name.rpartition(".")[2].rstrip("s")
        return f"{{%p for {row} in {self.name} %}} {{{{ {row}.{next(iter(self.fields))} }}}} {{%p endfor %}}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the days that it is of; `text` is None for what no record holds.

    A list has `rows`. `about` and, for each row, `abouts` name what the value is about, for its link; the days are not
    those of its `undated` fields.
    """

    code: str
    text: str | None
    since: date | None = None
    until: date | None = None
    about: str = ""
    rows: Sequence[dict[str, "str | None"]] | None = None
    abouts: Sequence[str] = ()
    undated: Sequence[str] = ()

    @property
    def filling(self) -> Any:
        """As `printing.fill` takes it."""
        return self.text if self.rows is None else [dict(row) for row in self.rows]


class Problem(StrEnum):
    """What is wrong with a code of a template."""

    UNKNOWN = "unknown"
    SPAN = "span"
    FIELD = "field"
    NO_LIST = "no_list"
    LIST = "list"


def span_of(code: str) -> tuple[str, Span]:
    """A code without its span, and the span."""
    span = next((span for span in (Span.TOTAL, Span.DAY) if code.endswith(span.value)), Span.PERIOD)
    return code.removesuffix(span.value), span


def problem_of(code: str, known: dict[str, Code]) -> Problem | None:
    """What is wrong with a code as `printing.check` gives it: `x.y`, `x.y[]` for a loop, `x.y[].z` for a field."""
    name, is_loop, rest = code.partition("[]")
    entry = known.get(name)
    if is_loop:
        return _problem_of_row(entry, rest.lstrip(".")) if rest else _problem_of_list(entry)
    if entry is not None:
        return Problem.LIST if entry.holds is Holds.LIST else None
    base, span = span_of(name)
    if base not in known:
        return Problem.UNKNOWN
    return None if span in known[base].spans else Problem.SPAN


def _problem_of_list(entry: Code | None) -> Problem | None:
    if entry is None:
        return Problem.UNKNOWN
    return None if entry.holds is Holds.LIST else Problem.NO_LIST


def _problem_of_row(entry: Code | None, name: str) -> Problem | None:
    """Of a row's field; what is wrong with its list was said of the loop."""
    is_list = entry is not None and entry.holds is Holds.LIST
    return Problem.FIELD if entry and is_list and name not in entry.fields else None


def codes_in(text: str) -> list[str]:
    """The codes of a text of one of our own presets, as `printing.check` gives them."""
    loops = dict(_LOOP.findall(text))
    codes = [f"{code}[]" for code in loops.values()]
    for code in _CODE.findall(text):
        row, _dot, name = code.partition(".")
        codes.append(f"{loops[row]}[].{name}" if row in loops else code)
    return list(dict.fromkeys(codes))


def asked_of(codes: Iterable[str]) -> set[str]:
    """The codes whose values a template needs: lists as wholes."""
    return {code.partition("[]")[0] for code in codes}


def entry_of(code: str) -> str:
    """A printed code as its source knows it: without the number of its row."""
    return _ROW.sub("[]", code)


def segments(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a text as (code, words); the code is empty between printed values."""
    end = 0
    for match in _MARKED.finditer(text):
        if match.start() > end:
            yield "", text[end : match.start()]
        yield match[1], match[2]
        end = match.end()
    if end < len(text):
        yield "", text[end:]
