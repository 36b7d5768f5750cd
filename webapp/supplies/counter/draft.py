"""The counter: a slip being built, scan by scan. It lives in the page's own form, so that two tabs do not mix."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.kernel import entries
from webapp.kernel.fields import line_numbers
from webapp.kernel.parse.codes import lot_key
from webapp.supplies.counter.serials import Serials
from webapp.supplies.forms import FORMS, MAX_LINES
from webapp.supplies.queries.typed import identity
from webapp.supplies.rules import CountScope, SlipKind, reasons_of

HEAD = ("place", "other", "reason", "counterparty", "document", "scope", "note", "difference_reason")
LINE = ("item", "lot", "made_on", "expires_on", "quantity", "measure", "book", "seen_seq", "begun_at")

# Fields by which the counter works; they are no part of a slip. The button "confirm" names them to js/outbox/ as well.
OF_THE_PAGE = (
    "mode",
    "touched",
    "act",
    "code",
    "learn_code",
    "learn_find",
    "learn_as",
    "asked",
    "serials",
    "entered",
    "sure",
)


@dataclass(slots=True)
class Draft:
    """What stands on the page, as typed: nothing is lost between two scans, whatever it says."""

    kind: SlipKind
    uuid: UUID
    head: dict[str, str]
    lines: list[dict[str, str]] = field(default_factory=list)
    touched: int | None = None  # the line the last scan added or raised
    before: int | None = None  # the line that was touched when the page was sent
    serials: Serials = field(default_factory=Serials)  # of the pieces that were scanned one by one

    @property
    def place_id(self) -> UUID | None:
        return identity(self.head["place"])

    @property
    def scope(self) -> CountScope:
        """Which lots a count covers; anything else asked for is the listed ones."""
        return CountScope(self.head["scope"]) if self.head["scope"] in set(CountScope) else CountScope.LISTED

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= MAX_LINES

    @property
    def last(self) -> int:
        """The line a bare number is meant for: the one touched last, else the lowest."""
        return self.before if self.before is not None and self.before < len(self.lines) else len(self.lines) - 1

    def switch(self, kind: SlipKind) -> None:
        """Another mode keeps the lines; a reason of the old mode is no reason in the new one."""
        self.kind = kind
        if self.head["reason"] not in set(reasons_of(kind)):
            self.head["reason"] = reasons_of(kind)[0]

    def remove(self, number: int | None) -> None:
        if number is not None and number < len(self.lines):
            gone = self.lines.pop(number)["item"]
            if all(line["item"] != gone for line in self.lines):
                self.serials.forget(gone)
            self.before = self.touched = None

    def fields(self) -> MultiDict[str, str]:
        """As the entry's form reads it."""
        posted: MultiDict[str, str] = MultiDict(self.head)
        for number, line in enumerate(self.lines):
            posted.update({f"lines-{number}-{name}": value for name, value in line.items()})
        return posted

    def form(self) -> Any:
        return FORMS[self.kind](self.fields())


def read(posted: MultiDict[str, str], kind: SlipKind) -> Draft:
    """The draft a page sent back."""
    draft = Draft(
        kind,
        identity(posted.get("uuid")) or entries.new_uuid(),
        {name: posted.get(name, "") for name in HEAD},
        [{name: posted.get(f"lines-{n}-{name}", "") for name in LINE} for n in line_numbers(posted, "lines")],
        before=line_number(posted.get("touched", "")),
        serials=Serials(posted.getlist("serials")),
    )
    draft.switch(kind)
    return draft


def said_of(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """What the page says of the slip, as typed: this, and no more, is what a device keeps of a press on "confirm"."""
    return MultiDict([(name, value) for name, value in posted.items(multi=True) if name not in OF_THE_PAGE])


def blank(kind: SlipKind, place_id: UUID | None) -> Draft:
    head = dict.fromkeys(HEAD, "") | {"place": str(place_id or "")}
    draft = Draft(kind, entries.new_uuid(), head)
    draft.switch(kind)
    return draft


def kind_of(text: str | None, default: SlipKind = SlipKind.OUT) -> SlipKind:
    """A mode of the counter; whatever else was asked for is the default."""
    return SlipKind(text) if text in set(FORMS) else default


def same_line(lines: Sequence[dict[str, str]], item: UUID, measure: str, lot: str) -> int | None:
    for number, line in enumerate(lines):
        if (line["item"], line["measure"] or "base", lot_key(line["lot"])) == (str(item), measure, lot_key(lot)):
            return number
    return None


def line_number(text: str) -> int | None:
    """The place of a line a text spells, or None."""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) else None
