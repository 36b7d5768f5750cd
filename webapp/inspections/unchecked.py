"""Places by their last check, for rules of alerts: after so many days without one."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.inspections import checklists, queries
from webapp.kernel.access import Reach, Role
from webapp.kernel.deadlines import Due, key_of
from webapp.places.queries import choice_of
from webapp.places.rules import PlaceKind

UNCHECKED = _l("场所没有检查（从上次检查算起）")


def unchecked(reach: Reach, _at: datetime) -> Iterator[Due]:
    """The open places that a checklist fits, each due at its last check by any checklist; one that was never checked
    at the district's first check.
    """
    kinds = {PlaceKind(kind) for checklist in checklists.checklists() for kind in checklist.kinds}
    first, last = queries.first_check(), dict[UUID, datetime]()
    for (place_id, _code), checked_at in queries.last_checks(reach).items():
        last[place_id] = max(checked_at, last.get(place_id, checked_at))
    for place in choice_of(reach, kinds):
        if due_at := last.get(place.id, first):
            yield Due(
                key=key_of("place.unchecked", place.id),
                kind="place.unchecked",
                due_at=due_at,
                who=(Role.INSPECTOR,),
                place=place.id,
                what=str(UNCHECKED),
                where=place.name,
                url=url_for("places.place", place_id=place.id),
            )
