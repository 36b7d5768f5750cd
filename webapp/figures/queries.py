"""Reads of a figure for its page: by unit, by place, by day; the number of statements is fixed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.figures.rules import Trend, in_spans, lineage, spans
from webapp.kernel import figures
from webapp.kernel.access import Reach
from webapp.kernel.entries import Entry
from webapp.kernel.figures import Figure, Parts
from webapp.kernel.listing import Part
from webapp.kernel.listing.filters import NONE
from webapp.places import queries as places
from webapp.units import queries as units

MOST_PLACES = 100  # named on a page


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page shows of a figure: days, both included, the code of a unit, the code or name of a place."""

    since: date
    until: date
    unit: str = ""
    place: str = ""


class Line(NamedTuple):
    """The number of a unit, with all units below it, or of a place; NONE is the code of the rows without one."""

    code: str
    name: str
    number: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure by unit and by place, of which `unnamed` more have rows than MOST_PLACES."""

    number: int
    units: list[Line]
    places: list[Line]
    unnamed: int


def breakdown(figure: Figure, reach: Reach, scope: Scope, tree: Sequence[Any]) -> Breakdown:
    """The number of a figure by place and by the units of `tree` (units.queries.tree) and of the rows."""
    parts = figures.parts_of(figure, reach, scope.since, scope.until, **_where(scope, tree))
    by_place: defaultdict[UUID | None, list[Part]] = defaultdict(list)
    for part in parts.rows:
        by_place[part.place_id].append(part)
    numbers = ((parts.number(own), id_) for id_, own in by_place.items())
    largest = sorted((pair for pair in numbers if pair[0]), key=lambda pair: (-pair[0], str(pair[1])))
    named = _named(largest[:MOST_PLACES]) if figure.is_by_place else []
    by_unit = _by_unit(parts, _below(scope.unit, tree)) if figure.is_by_unit else []
    number = parts.number(parts.rows)
    if figure.parts:  # they need not add up to it
        number = figures.value(figure, reach, scope.since, scope.until, **_where(scope, tree))
    return Breakdown(number, by_unit, named, len(largest[MOST_PLACES:]))


class Point(NamedTuple):
    """The number of a day, week or month."""

    since: date
    until: date
    number: int


def trend(figure: Figure, reach: Reach, scope: Scope, chosen: Trend, tree: Sequence[Any]) -> list[Point]:
    """The numbers of the last days, weeks or months of a scope, the oldest first."""
    of_trend = spans(chosen, scope.until)
    numbers = figures.by_day(figure, reach, of_trend[0][0], scope.until, **_where(scope, tree))
    counted = in_spans(numbers, of_trend, is_peak=figure.is_peak)
    return [Point(*span, number) for span, number in zip(of_trend, counted, strict=True)]


def receipts(record_ids: Collection[UUID]) -> dict[UUID, Any]:
    """The receipts of records by their ids: rows of uuid, seq, received_at."""
    query = select(Entry.uuid, Entry.seq, Entry.received_at).where(Entry.uuid.in_(record_ids))
    return {row.uuid: row for row in db.session.execute(query)} if record_ids else {}


def _where(scope: Scope, tree: Sequence[Any]) -> dict[str, str]:
    """The unit by its id, so that it need not be looked up by its code."""
    return {"unit": next((str(unit.id) for unit in tree if unit.code == scope.unit), scope.unit), "place": scope.place}


def _below(code: str, tree: Sequence[Any]) -> Sequence[Any]:
    top = next((unit.path for unit in tree if unit.code == code), "")
    return [unit for unit in tree if code != NONE and unit.path.startswith(top)]


def _by_unit(parts: Parts, tree: Sequence[Any]) -> list[Line]:
    """The units of `tree` and those of the parts, parents first; last the parts without a unit."""
    known = {unit.id: unit for unit in tree}
    others = {part.unit_id for part in parts.rows if part.unit_id and part.unit_id not in known}
    known |= {unit.id: unit for unit in units.known(others)}
    own: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts.rows:
        for path in lineage(known[part.unit_id].path) if part.unit_id else [NONE]:
            own[path].append(part)
    top = min((unit.path.count("/") for unit in known.values()), default=0)
    ordered = sorted(known.values(), key=lambda unit: unit.path)
    lines = [Line(unit.code, unit.name, parts.number(own[unit.path]), unit.path.count("/") - top) for unit in ordered]
    return [*lines, Line(NONE, "", parts.number(own[NONE]))] if own[NONE] else lines


def _named(largest: Sequence[tuple[int, UUID | None]]) -> list[Line]:
    known = {place.id: place for place in places.known([id_ for _number, id_ in largest if id_])}
    return [
        Line(known[id_].code, known[id_].name, number) if id_ else Line(NONE, "", number) for number, id_ in largest
    ]
