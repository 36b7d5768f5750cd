"""Making and changing places."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.places.models import Place

# What a person may set; everything else of a place is ours.
FIELDS = frozenset(
    {
        "code",
        "name",
        "kind",
        "unit_id",
        "parent_id",
        "address",
        "contact_name",
        "contact_phone",
        "latitude",
        "longitude",
        "beds",
        "institution",
        "discharge_route",
        "disinfectant",
        "is_closed",
    }
)


def add_place(*, by: Actor | None, at: datetime, **values: Any) -> UUID:
    """Add a place; gives its id. Raises Refusal `place-code-taken`."""
    with transaction():
        return put_place(by=by, at=at, **values)


def put_place(*, by: Actor | None, at: datetime, **values: Any) -> UUID:
    """The same inside a transaction that is open already (imports)."""
    place_id = uuid4()
    db.session.add(Place(id=place_id, **_known(values)))
    db.session.flush()
    journal.write("place.added", "place", place_id, by=by, at=at, code=values["code"])
    return place_id


def change_place(place_id: UUID, *, by: Actor, at: datetime, **values: Any) -> None:
    """Change what is known of a place. Raises Refusal `place-code-taken`."""
    with transaction():
        place = db.session.get_one(Place, place_id)
        for name, value in _known(values).items():
            setattr(place, name, value)
        journal.write("place.changed", "place", place_id, by=by, at=at, fields=sorted(values))


def _known(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := values.keys() - FIELDS:
        raise TypeError(f"a place has no {sorted(unknown)}")
    return values
