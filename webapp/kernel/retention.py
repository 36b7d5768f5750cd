"""How long personal data is kept: each kind of entry names what it keeps of people, where that lies, and for how long.

Whatever keeps more of an entry than its kind does (the outbox its envelopes) is a `Holder` and empties that itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from webapp.kernel.contributions import Contribution


@dataclass(frozen=True, slots=True)
class Keeps:
    """One rule: what some kinds keep of people and for how many days, which a district sets within bounds."""

    name: str
    label: Any
    what: Any
    days: int
    least: int
    most: int

    def days_of(self, chosen: Mapping[str, int]) -> int:
        """The days that a district chose, held within the bounds; the preset where it chose none."""
        return min(max(chosen.get(self.name, self.days), self.least), self.most)


@dataclass(frozen=True, slots=True)
class Emptied:
    """A table in which entries left personal data, and the rows of some entries in it.

    Its sealed columns and blind indexes are emptied; those `apart` are the business of `first`, which is called before.
    """

    model: Any
    rows: Callable[[Sequence[UUID]], ColumnElement[bool]]
    first: Callable[[Sequence[UUID]], None] | None = None
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What a holder emptied: of how many rows, and the files that go once that is committed."""

    count: int
    files: Sequence[Path] = ()


class Holder(Protocol):
    """Keeps parts of entries beside their kinds, also of those that were never applied."""

    def due(self, kinds: Sequence[str] | None, before: datetime, most: int) -> Sequence[UUID]:
        """What it received before a moment and was not purged: of some kinds, or (None) of kinds that are unknown."""

    def kinds_of(self, uuids: Sequence[UUID]) -> Mapping[UUID, tuple[str, datetime]]:
        """The kind of each that it holds, and when it was received."""

    def empty(self, uuids: Sequence[UUID]) -> Held:
        """Take everything personal out of what it holds of these, in the open transaction."""


Unfinished = Callable[[], Select[UUID]]  # entries whose work is not done: their time has not begun to end
holders: Contribution[tuple[Holder, ...]] = Contribution("purge_holders")
UNKNOWN_DAYS = 365  # of an envelope whose kind this version does not know


def rules_of(kinds: Mapping[str, Any]) -> dict[str, tuple[Keeps, tuple[str, ...]]]:
    """Every rule by its name, with the kinds it is about, in the order of the kinds."""
    rules: dict[str, tuple[Keeps, tuple[str, ...]]] = {}
    for kind in kinds.values():
        if keeps := kind.keeps:
            rules[keeps.name] = keeps, (*rules.get(keeps.name, (keeps, ()))[1], kind.name)
    return rules
