"""The persons whom an administrator may change, and the grants that they may give."""

from collections.abc import Iterable
from uuid import UUID

from webapp.accounts import queries
from webapp.accounts.models import Person
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.errors import Refusal
from webapp.units import queries as units


def administered(person_id: UUID, by: Actor) -> Person:
    """The person, if the administrator's reach covers the person's unit and all of their grants.

    Otherwise an administrator could use that person to extend their own reach. Raises Refusal `person-beyond-reach`.
    """
    person = queries.find_visible(person_id, by.through(Role.ADMINISTRATOR))
    if person is None:
        raise Refusal("person-beyond-reach", 403)
    check_grants(person.unit_id, queries.grants_of(person), by)
    return person


def check_grants(unit_id: UUID | None, grants: Iterable[Grant], by: Actor) -> None:
    """Check that the administrator may assign a person to this unit with these grants.

    Raises Refusal `unit-not-yours`, `person-beyond-reach`.
    """
    reach = by.through(Role.ADMINISTRATOR)
    is_home = reach.is_district_wide or units.find_visible(unit_id, reach) is not None
    if not is_home:
        raise Refusal("unit-not-yours", 403, field="unit")
    if not queries.may_grant(reach, grants):
        raise Refusal("person-beyond-reach", 403)
