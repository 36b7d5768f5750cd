"""Filling an empty database with the demonstration district and its history."""

from datetime import datetime
from random import Random
from uuid import UUID

from werkzeug.security import generate_password_hash

from webapp.accounts import service as accounts
from webapp.demo import alerts, briefings, history, people
from webapp.demo.cast import CAST, COLLEAGUES, LEADERS, Member
from webapp.demo.district import ANSWERABLE, MEMBERS, PARENTS, PLACES, PREFERENCES, UNITS
from webapp.district.service import change_preferences
from webapp.kernel import journal
from webapp.kernel.access import Actor, Grant
from webapp.kernel.database import transaction
from webapp.places import service as places
from webapp.units import service as units

SEED = 20200126


def fill(password: str, *, at: datetime, days: int) -> None:
    """Create the district, its persons (all with `password`) and the history of the `days` before `at`.

    The result is the same every time except for ids, keys and dates.
    """
    random = Random(SEED)
    change_preferences(PREFERENCES, by=None, at=at)
    unit_ids, place_ids, actors = _district(random, password, at)
    history.write(random, place_ids, actors, days=days, at=at)
    briefings.write(unit_ids, by=actors["commander"], at=at)
    alerts.write(actors, at=at)
    journal.seal(at=at)


def _district(random: Random, password: str, at: datetime) -> tuple[dict[str, UUID], dict[str, UUID], dict[str, Actor]]:
    unit_ids: dict[str, UUID] = {}
    place_ids: dict[str, UUID] = {}
    actors: dict[str, Actor] = {}
    with transaction():
        for unit_code, unit_name, unit_kind, parent in UNITS:
            parent_id = unit_ids.get(parent or "")
            unit_ids[unit_code] = units.place_unit(unit_code, unit_name, unit_kind, parent_id, by=None, at=at)
        for number, (code, name, kind, unit, address, more) in enumerate(PLACES):
            place_ids[code] = places.put_place(
                by=None,
                at=at,
                code=code,
                name=name,
                kind=kind,
                unit_id=unit_ids[unit],
                address=address,
                contact_name=people.person_name(random),
                contact_phone=f"139{number:08d}",
                **people.position(random),
                **more,
            )
        hashed = generate_password_hash(password)  # once, for the shared password
        for number, member in enumerate((*CAST, *COLLEAGUES, *LEADERS)):
            phone = f"136{number:08d}"
            actors[member.username] = _person(member, phone, unit_ids, place_ids, password, hashed, at)
        for unit_code, (leader, responsible) in ANSWERABLE.items():
            ids = (actors[name].id if name else None for name in (leader, responsible))
            units.put_people(unit_ids[unit_code], *ids)
        for unit_code, members in MEMBERS.items():
            units.put_members(unit_ids[unit_code], [unit_ids[code] for code in members])
        for code, parent in PARENTS.items():
            places.put_below(place_ids[code], place_ids[parent])
    return unit_ids, place_ids, actors


def _person(
    member: Member,
    phone: str,
    unit_ids: dict[str, UUID],
    place_ids: dict[str, UUID],
    password: str,
    hashed: str,
    at: datetime,
) -> Actor:
    unit_id = unit_ids[member.unit] if member.unit else None
    place_id = place_ids[member.place] if member.place else None
    grant = Grant(member.role, unit_id, place_id)
    person_id = accounts.put_person(
        member.username,
        member.name,
        password,
        [grant],
        by=None,
        at=at,
        post=member.post,
        phone=phone,
        unit_id=unit_ids[member.home],
        is_demonstration=True,
        password_hash=hashed,
    )
    return Actor(person_id, member.username, member.name, (grant,))
