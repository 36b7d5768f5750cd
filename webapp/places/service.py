"""Adding and changing places."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.insertions import insert_ignoring
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Outcome
from webapp.kernel.spreadsheets.sheets import SheetRow
from webapp.places import queries
from webapp.places.models import Place
from webapp.places.rules import PlaceKind
from webapp.units import queries as units

# The columns that a person may set.
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
    """Add a place; returns its id. Raises Refusal `place-code-taken`, `place-beyond-reach`."""
    with transaction():
        if by is not None:
            _check_owner(values.get("unit_id"), None, by.through(Role.ADMINISTRATOR))
        return put_place(by=by, at=at, **values)


def put_place(*, by: Actor | None, at: datetime, **values: Any) -> UUID:
    """As `add_place`, in the open transaction (imports)."""
    place_id = uuid4()
    db.session.add(Place(id=place_id, **_known(values)))
    db.session.flush()
    journal.write("place.added", "place", place_id, by=by, at=at, code=values["code"])
    return place_id


def keep_counterpart(kind: PlaceKind, code: str, name: str, *, by: Actor | None, at: datetime) -> UUID:
    """The id of the place of a kind that is a source or destination of goods without stock; added if absent."""
    place_id = queries.find_counterpart(kind)
    if place_id is None:
        values = {"id": uuid4(), "code": code, "name": name, "kind": kind, "is_closed": False}
        if insert_ignoring(Place, values):
            journal.write("place.added", "place", values["id"], by=by, at=at, code=code)
        place_id = queries.find_counterpart(kind)
    assert place_id is not None
    return place_id


def put_below(place_id: UUID, parent_id: UUID) -> None:
    """Set the parent of an outlet or room, in the open transaction."""
    db.session.execute(update(Place).where(Place.id == place_id).values(parent_id=parent_id))


def change_place(place_id: UUID, *, by: Actor, at: datetime, **values: Any) -> None:
    """Change the data of a place. Raises Refusal `place-code-taken`, `place-beyond-reach`."""
    with transaction():
        reach = by.through(Role.ADMINISTRATOR)
        place = _get(place_id, reach)
        _check_owner(values.get("unit_id", place.unit_id), place_id, reach)
        fields = sorted(name for name, value in _known(values).items() if getattr(place, name) != value)
        for name, value in values.items():
            setattr(place, name, value)
        journal.write("place.changed", "place", place_id, by=by, at=at, fields=fields)


def add_places(rows: Sequence[SheetRow], units: dict[str, UUID], *, by: Actor, at: datetime, claim: Claim) -> Outcome:
    """Add all rows of a spreadsheet or none; a parent may be in the same file. `units` are ids by code key."""
    outcome = Outcome(len(rows))
    with transaction():
        claim(outcome)
        ids: dict[str, UUID] = {}
        for row in rows:
            values = {name: value for name, value in row.values.items() if name not in ("unit", "parent")}
            ids[values["code"]] = put_place(by=by, at=at, unit_id=units.get(code_key(row.values["unit"])), **values)
        parents = queries.ids_by_code({row.values["parent"] for row in rows if row.values["parent"]})
        for row in rows:
            if row.values["parent"]:
                put_below(ids[row.values["code"]], parents[row.values["parent"]])
    return outcome


def _get(place_id: UUID, reach: Reach) -> Place:
    """The place; raises Refusal `place-beyond-reach` (404) if it is out of reach."""
    place = queries.find_visible(place_id, reach)
    if place is None:
        raise Refusal("place-beyond-reach", 404)
    return place


def _check_owner(unit_id: UUID | None, place_id: UUID | None, reach: Reach) -> None:
    """Check that the unit of a place is within the administrator's reach. A place without a unit needs a reach over the
    district or over the place itself. Raises Refusal `place-beyond-reach`.
    """
    is_named = place_id is not None and any(grant.place_id == place_id for grant in reach.grants)
    is_own = reach.is_district_wide or units.find_visible(unit_id, reach) is not None
    if not is_own and not (is_named and unit_id is None):
        raise Refusal("place-beyond-reach", 403, field="unit")


def _known(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := values.keys() - FIELDS:
        raise TypeError(f"a place has no {sorted(unknown)}")
    return values
