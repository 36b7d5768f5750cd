"""Which place is to be checked next: those one may check, by what was longest, or never, checked there."""

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
    """A place with the checklists that fit it, and when each was last gone through there (None: never)."""

    place: Any
    checklists: Sequence[tuple[Checklist, datetime | None]]

    @property
    def urgency(self) -> tuple[bool, float, str]:
        """Least first: a checklist never gone through makes a place urgent, whatever else was checked there today."""
        return min(rules.due_first(last, self.place.code) for _checklist, last in self.checklists or ((None, None),))


def choices(reach: Reach, q: str, place: Any) -> tuple[list[Choice], int]:
    """The choices in their order, and how many more there are."""
    today = clock.district_day(clock.now())
    current = {c.code: c for c in (checklists.current(one.code, today) for one in checklists.checklists()) if c}
    kinds = {PlaceKind(kind) for checklist in current.values() for kind in checklist.kinds}
    all_of = [place] if place else places_of(reach, kinds)
    wanted = [one for one in all_of if _is_called(one, q)]
    last = queries.last_checks(reach)
    found = [
        Choice(one, [(c, last.get((one.id, c.code))) for c in current.values() if one.kind.value in c.kinds])
        for one in wanted
    ]
    found.sort(key=lambda choice: choice.urgency)
    return found[:SHOWN], max(len(found) - SHOWN, 0)


def next_place(done: Inspection, reach: Reach) -> Any | None:
    """The other place of the same kind in reach that was longest not checked by this checklist."""
    places = [one for one in places_of(reach, {done.place.kind}) if one.id != done.place_id]
    last = queries.last_checks(reach)
    waited = {one.id: last.get((one.id, done.checklist_code)) for one in places}
    return min(places, key=lambda one: rules.due_first(waited[one.id], one.code), default=None)


def _is_called(place: Any, q: str) -> bool:
    """Is each word of a search in the name or the code? Codes are compared as scanned: h02 is H-02."""
    words = f"{place.code} {place.name}".casefold()
    key = code_key(q)
    return bool(key and key in place.code_key) or all(word in words for word in q.casefold().split())
