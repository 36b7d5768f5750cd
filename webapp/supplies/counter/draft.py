"""The counter: a slip that is built scan by scan. It is stored in the page's form, so that two tabs do not mix."""

import re
from collections.abc import Container, Sequence
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

# Fields of the counter that are not part of a slip. The button "confirm" excludes them from the outbox's copy too.
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
    "held",
)


@dataclass(slots=True)
class Draft:
    """The content of the page as typed, so that nothing is lost between two scans, even if it is invalid."""

    kind: SlipKind
    uuid: UUID
    head: dict[str, str]
    lines: list[dict[str, str]] = field(default_factory=list)
    touched: int | None = None  # the line the last scan added or raised
    before: int | None = None  # the line that was touched when the page was sent
    serials: Serials = field(default_factory=Serials)  # of the pieces that were scanned one by one
    held: frozenset[str] = frozenset()  # marks of what the page shows (counter/held.py)

    @property
    def place_id(self) -> UUID | None:
        return identity(self.head["place"])

    @property
    def scope(self) -> CountScope:
        """The lots that a count covers; by default, and for an unknown value, the listed ones."""
        return CountScope(self.head["scope"]) if self.head["scope"] in set(CountScope) else CountScope.LISTED

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= MAX_LINES

    @property
    def last(self) -> int:
        """The line to which a bare number applies: the one touched last, else the bottom one."""
        return self.before if self.before is not None and self.before < len(self.lines) else len(self.lines) - 1

    def switch(self, kind: SlipKind) -> None:
        """Switch the mode: the lines stay, a reason that the new mode does not have is dropped."""
        self.kind = kind
        if self.head["reason"] not in set(reasons_of(kind)):
            self.head["reason"] = reasons_of(kind)[0]

    def remove(self, number: int | None) -> None:
        if number is not None and number < len(self.lines):
            gone = self.lines.pop(number)["item"]
            if all(line["item"] != gone for line in self.lines):
                self.serials.forget(gone)
            self.before = self.touched = None

    def fields(self, without: Container[int] = ()) -> MultiDict[str, str]:
        """The fields as the entry's form reads them, `without` the lines of these numbers."""
        posted: MultiDict[str, str] = MultiDict(self.head)
        for number, line in enumerate(self.lines):
            if number in without:
                continue
            posted.update({f"lines-{number}-{name}": value for name, value in line.items()})
        return posted

    def form(self, without: Container[int] = ()) -> Any:
        return FORMS[self.kind](self.fields(without))


def read(posted: MultiDict[str, str], kind: SlipKind) -> Draft:
    """The draft of a posted page."""
    draft = Draft(
        kind,
        identity(posted.get("uuid")) or entries.new_uuid(),
        {name: posted.get(name, "") for name in HEAD},
        [{name: posted.get(f"lines-{n}-{name}", "") for name in LINE} for n in line_numbers(posted, "lines")],
        before=line_number(posted.get("touched", "")),
        serials=Serials(posted.getlist("serials")),
        held=frozenset(posted.get("held", "").split()),
    )
    draft.switch(kind)
    return draft


def slip_fields(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The posted fields of the slip, as typed: exactly what a device keeps when "confirm" is pressed."""
    return MultiDict([(name, value) for name, value in posted.items(multi=True) if name not in OF_THE_PAGE])


def blank(kind: SlipKind, place_id: UUID | None) -> Draft:
    head = dict.fromkeys(HEAD, "") | {"place": str(place_id or "")}
    draft = Draft(kind, entries.new_uuid(), head)
    draft.switch(kind)
    return draft


def kind_of(text: str | None, default: SlipKind = SlipKind.OUT) -> SlipKind:
    """The mode of the counter; the default for an unknown one."""
    return SlipKind(text) if text in set(FORMS) else default


def same_line(lines: Sequence[dict[str, str]], item: UUID, measure: str, lot: str) -> int | None:
    for number, line in enumerate(lines):
        if (line["item"], line["measure"] or "base", lot_key(line["lot"])) == (str(item), measure, lot_key(lot)):
            return number
    return None


def line_number(text: str) -> int | None:
    """The number of a line from a text; None if malformed."""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) else None
