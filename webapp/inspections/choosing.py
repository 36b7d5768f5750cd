"""The order of places to check: by the checklist that was used there the longest time ago, or never."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.inspections import checklists, queries, rules
from webapp.inspections.checklists import Checklist
from webapp.inspections.models import Inspection
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.parse.codes import code_key
from webapp.places.queries import places_of
from webapp.places.rules import PlaceKind

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """A place with the checklists that fit it, and the time of the last check by each (None: never)."""

    place: Any
    checklists: Sequence[tuple[Checklist, datetime | None]]

    @property
    def urgency(self) -> tuple[bool, float, str]:
        """The sort key: a checklist that was never used makes a place urgent, regardless of other checks."""
        return min(rules.due_first(last, self.place.code) for _checklist, last in self.checklists or ((None, None),))


def choices(reach: Reach, q: str, place: Any) -> tuple[list[Choice], int]:
    """The first choices in order, and the number of others."""
    today = clock.district_day(clock.now())
    versions = (checklists.current(checklist.code, today) for checklist in checklists.checklists())
    current = {c.code: c for c in versions if c}
    kinds = {PlaceKind(kind) for checklist in current.values() for kind in checklist.kinds}
    all_of = [place] if place else places_of(reach, kinds)
    matching = [spot for spot in all_of if _is_called(spot, q)]
    last = queries.last_checks(reach)
    ordered = [
        Choice(spot, [(c, last.get((spot.id, c.code))) for c in current.values() if spot.kind.value in c.kinds])
        for spot in matching
    ]
    ordered.sort(key=lambda choice: choice.urgency)
    return ordered[:SHOWN], max(len(ordered) - SHOWN, 0)


def next_place(done: Inspection, reach: Reach) -> Any | None:
    """Another place of the same kind within reach that was checked by this checklist the longest time ago."""
    places = [place for place in places_of(reach, {done.place.kind}) if place.id != done.place_id]
    last = queries.last_checks(reach)
    waited = {place.id: last.get((place.id, done.checklist_code)) for place in places}
    return min(places, key=lambda place: rules.due_first(waited[place.id], place.code), default=None)


def _is_called(place: Any, q: str) -> bool:
    """Whether each word of a search is in the name or the code, compared by its key (h02 is H-02)."""
    words = f"{place.code} {place.name}".casefold()
    key = code_key(q)
    return bool(key and key in place.code_key) or all(word in words for word in q.casefold().split())
