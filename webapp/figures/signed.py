"""What a figure's page says of the numbers that were signed: the difference to now, and the records behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from flask import url_for

from webapp.figures import queries
from webapp.kernel.access import Actor
from webapp.kernel.figures import Figure
from webapp.kernel.listing import PageOf
from webapp.kernel.signed import Signed, signed_of

MOST_NAMED = 20  # records of a signed number


@dataclass(frozen=True, slots=True)
class Record:
    """A record that came, changed or went (`how`) after the signature, by its receipt."""

    how: str
    url: str | None
    receipt: int | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A signed number with the first records behind its difference, and how many more there are."""

    signed: Signed
    records: Sequence[Record]
    unnamed: int

    @property
    def is_moved(self) -> bool:
        """Whether the number or a record is another one now."""
        return bool(self.signed.difference or self.records)


@dataclass(frozen=True, slots=True)
class Section:
    """The signed numbers of a day, the first ones of many."""

    rows: Sequence[Compared]
    left_out: int


def section(figure: Figure, actor: Actor, scope: queries.Scope, tree: Sequence[Any]) -> Section | None:
    """What was signed of a figure for a single day; None for a period, a place, or a figure that nobody signs."""
    if not figure.is_of_day or scope.since != scope.until or scope.place:
        return None
    unit_id = next((unit.id for unit in tree if unit.code == scope.unit), None)
    numbers = signed_of(figure, actor, scope.since, unit_id) if unit_id or not scope.unit else None
    if numbers is None:
        return None
    named = {id(row): _named(row) for row in numbers.rows}
    receipts = queries.receipts([key for pairs in named.values() for _how, key in pairs])
    return Section([_compared(figure, row, named[id(row)], receipts) for row in numbers.rows], numbers.left_out)


def _named(row: Signed) -> list[tuple[str, UUID]]:
    """The first records behind a difference: (how, id)."""
    parts: Iterable[tuple[str, Sequence[UUID]]] = (("came", row.came), ("changed", row.changed), ("gone", row.gone))
    return list(chain.from_iterable(((how, key) for key in keys) for how, keys in parts))[:MOST_NAMED]


def _compared(figure: Figure, row: Signed, named: Sequence[tuple[str, UUID]], receipts: Mapping[UUID, Any]) -> Compared:
    every = len(row.came) + len(row.changed) + len(row.gone)
    records = [_record(how, key, receipts.get(key), _url_of(figure, key)) for how, key in named]
    return Compared(row, records, every - len(named))


def _record(how: str, key: UUID, receipt: Any, url: str | None) -> Record:
    return Record(how, url, receipt.seq if receipt else None, receipt.received_at if receipt else None)


def _url_of(figure: Figure, key: UUID) -> str | None:
    """The page of a record of the figure's list."""
    page = figure.rows.url if figure.rows else None
    if not isinstance(page, PageOf):
        return None
    values: dict[str, Any] = {page.argument: key}
    return url_for(page.endpoint, **values)
