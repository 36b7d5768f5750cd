"""Recording and correcting publicity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from webapp.kernel import media, records
from webapp.kernel.access import Actor, Role
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.places import queries as places
from webapp.publicity.models import Publicity
from webapp.publicity.rules import Means
from webapp.units import queries as units

RECORDERS, OVERSEERS = (Role.CLERK,), (Role.COMMANDER,)


def record(entry: Entry, data: dict[str, Any], _photos: Sequence[media.Stored], *, by: Actor, at: datetime) -> None:
    """Write a version of a record in the open transaction.

    Raises Refusal `publicity-out-of-reach`, and any refusal of `records.add`.
    """
    reach = by.through(*RECORDERS, *(OVERSEERS if "corrects" in data else ()))
    is_placed = data["place"] is None or places.find_visible(data["place"], reach)
    if units.find_visible(data["unit"], reach) is None or not is_placed:
        raise Refusal("publicity-out-of-reach", 409)
    row = Publicity(
        unit_id=data["unit"],
        place_id=data["place"],
        means=Means(data["means"]),
        count=int(data["count"]),
        area=data["area"] or None,
        from_on=data["from_on"],
        until_on=data["until_on"],
        note=data["note"] or None,
    )
    records.add(entry, data, row, by=by, at=at)
