"""A report as its page shows it: its text with linked values, and the table of what it printed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from webapp.briefings import labels, sources
from webapp.briefings.rules import BEGINNING, Code, Span, entry_of, segments, span_of
from webapp.kernel.access import Actor, may_open
from webapp.kernel.i18n import write_day

REPORT = "reports.show"


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of the text; `url` opens the rows behind a printed value."""

    words: str
    is_blank: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the cells of a table; `style` is title, heading, text, table, box, or a part of the file as of
    printing.Spot, whose name is then `part`.
    """

    style: str
    parts: Sequence[Part] = ()
    rows: Sequence[Sequence[Sequence[Part]]] = ()

    @property
    def part(self) -> Any:
        return labels.PARTS.get(self.style)


class Link(NamedTuple):
    words: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A row of the table of printed values; `came_from` are the daily reports of a text."""

    code: str
    label: str
    text: str | None
    days: str
    url: str | None
    remedy: sources.Remedy | None = None
    came_from: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Blank:
    """Values of one name that stayed blank, and what to do about them."""

    label: str
    count: int
    remedy: sources.Remedy


def printed_rows(printed: Sequence[Mapping[str, Any]], actor: Actor) -> list[Printed]:
    """What a report printed, in the order of its text."""
    known = sources.known(entry_of(row["code"]) for row in printed)
    return [_row(row, label_of(row["code"], known), actor) for row in printed]


def _row(row: Mapping[str, Any], label: str, actor: Actor) -> Printed:
    of_text = {"code": row["code"], "label": label, "text": _words(row), "days": _days(row)}
    remedy = sources.remedy_of(row, actor) if row["text"] is None else None
    came_from = [_source(source, actor) for source in row.get("sources", ())]
    return Printed(**of_text, url=sources.link_of(row, actor), remedy=remedy, came_from=came_from)


def _source(source: Mapping[str, str], actor: Actor) -> Link:
    words = f"{source['unit']} {write_day(date.fromisoformat(source['day']))}"
    url = url_for(REPORT, report_id=UUID(source["report"])) if may_open(REPORT, actor) else None
    return Link(words, url)


def blanks_of(rows: Sequence[Printed]) -> list[Blank]:
    """What stayed blank, each name once, in the order of the text."""
    blank = [(row.label, row.remedy) for row in rows if row.remedy]
    counts = Counter(label for label, _remedy in blank)
    return [Blank(label, counts[label], remedy) for label, remedy in dict(blank).items()]


def blocks_of(blocks: Sequence[Sequence[Any]], rows: Sequence[Printed]) -> list[Block]:
    """The text of a report; each printed value leads to its rows."""
    by_code = {row.code: row for row in rows}

    def parts(text: str) -> list[Part]:
        return [_part(words, by_code.get(code)) for code, words in segments(text)]

    return [
        Block(style, rows=[[parts(cell) for cell in row] for row in content])
        if style == "table"
        else Block(style, parts(content))
        for style, content in blocks
    ]


def _part(words: str, row: Printed | None) -> Part:
    return Part(words, row is not None and row.text is None, row.url if row else None)


def label_of(code: str, known: Mapping[str, Code]) -> str:
    """What a printed code is, in the reader's language; the code itself if no feature has it any more."""
    name, _bracket, field = entry_of(code).partition("[].")
    base, span = (name, Span.PERIOD) if name in known else span_of(name)
    entry = known.get(base)
    if entry is None:
        return code
    label = str(entry.label)
    if field:
        label = _("%(what)s：%(part)s", what=label, part=entry.fields.get(field, field))
    elif span is not Span.PERIOD:
        label = _("%(what)s（%(span)s）", what=label, span=labels.SPANS[span])
    return label


def _words(row: Mapping[str, Any]) -> str | None:
    """As the table shows it, without paragraphs."""
    text: str | None = row["text"]
    return text and text.replace("\a", " ")


def _days(row: Mapping[str, Any]) -> str:
    if not row["since"]:
        return ""
    since, until = (date.fromisoformat(row[name]) for name in ("since", "until"))
    words = write_day(until)
    if since == BEGINNING:
        words = _("到 %(day)s", day=words)
    elif since < until:
        words = _("%(since)s 至 %(until)s", since=write_day(since), until=words)
    return words
