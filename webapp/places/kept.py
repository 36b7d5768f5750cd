"""The places that a device keeps, so that blank forms offer them without a network."""

from datetime import datetime
from typing import Any

from webapp.kernel.access import EVERYONE, Reach
from webapp.kernel.kept import Reference
from webapp.places.queries import places_by_role


def _places(reach: Reach, _at: datetime) -> list[dict[str, Any]]:
    """The data of each place for forms, with the actor's roles that reach it; without contacts and personal data."""
    return [
        {
            "id": str(place.id),
            "code": place.code,
            "name": place.name,
            "kind": place.kind.value,
            "roles": sorted(role.value for role in roles),
            "institution": place.institution,
            "discharge_route": place.discharge_route,
            "disinfectant": place.disinfectant,
        }
        for place, roles in places_by_role(reach.actor)
    ]


PLACES = Reference("places", EVERYONE, _places)
