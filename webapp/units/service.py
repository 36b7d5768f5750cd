"""Adding and changing units."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Outcome
from webapp.kernel.spreadsheets.sheets import SheetRow
from webapp.units import queries
from webapp.units.models import Unit, UnitMember
from webapp.units.rules import UnitKind, split_codes


def add_unit(code: str, name: str, kind: UnitKind, parent_id: UUID | None, *, by: Actor | None, at: datetime) -> UUID:
    """Add a unit below its parent; returns its id.

    Raises Refusal `unit-code-taken`, `unit-too-deep` or `unit-beyond-reach`.
    """
    with transaction():
        _check_parent(parent_id, by)
        return place_unit(code, name, kind, parent_id, by=by, at=at)


def add_unit_with_people(
    code: str,
    parent_id: UUID | None,
    name: str,
    kind: UnitKind,
    leader_id: UUID | None,
    responsible_id: UUID | None,
    *,
    by: Actor,
    at: datetime,
) -> UUID:
    """Add a unit with its leader and the person responsible. Raises as `add_unit`."""
    with transaction():
        _check_parent(parent_id, by)
        return place_unit(code, name, kind, parent_id, leader_id, responsible_id, by=by, at=at)


def place_unit(
    code: str,
    name: str,
    kind: UnitKind,
    parent_id: UUID | None,
    leader_id: UUID | None = None,
    responsible_id: UUID | None = None,
    *,
    by: Actor | None,
    at: datetime,
) -> UUID:
    """As `add_unit_with_people`, in the open transaction (imports)."""
    parent = db.session.get(Unit, parent_id) if parent_id else None
    unit_id = uuid4()
    path = f"{parent.path if parent else '/'}{unit_id.hex}/"
    if len(path) > 400:
        raise Refusal("unit-too-deep", field="parent")
    unit = Unit(id=unit_id, code=code, name=name, kind=kind, parent_id=parent_id, path=path)
    unit.leader_id, unit.responsible_id = leader_id, responsible_id
    db.session.add(unit)
    db.session.flush()
    journal.write("unit.added", "unit", unit_id, by=by, at=at, code=code)
    return unit_id


def _check_parent(parent_id: UUID | None, by: Actor | None) -> None:
    """Check that the actor administers the parent or, for a root unit, the whole district. Raises Refusal
    `unit-beyond-reach`.
    """
    reach = by.through(Role.ADMINISTRATOR) if by else None
    if reach and not reach.is_district_wide and queries.find_visible(parent_id, reach) is None:
        raise Refusal("unit-beyond-reach", 403, field="parent")


def add_units(rows: Sequence[SheetRow], people: dict[str, UUID], *, by: Actor, at: datetime, claim: Claim) -> Outcome:
    """Add all rows of a spreadsheet or none; a parent may be in the same file, before or after its children.

    `people` are ids by username of the leaders and persons responsible.
    """
    waiting = {code_key(row.values["code"]): row.values for row in rows}
    members = {row.values["code"]: split_codes(row.values["members"]) for row in rows if row.values["members"]}
    outcome = Outcome(len(rows))
    with transaction():
        claim(outcome)
        while waiting:
            ready = [code for code, values in waiting.items() if code_key(values["parent"]) not in waiting]
            if not ready:  # units that are each other's parents; checked before the import
                raise Refusal("unit-circle", 422)
            for key in ready:
                values = waiting.pop(key)
                above = queries.find_by_code(values["parent"]) if values["parent"] else None
                _check_parent(above.id if above else None, by)
                those = (people.get(values[name] or "") for name in ("leader", "responsible"))
                place_unit(
                    values["code"], values["name"], values["kind"], above.id if above else None, *those, by=by, at=at
                )
        ids = queries.ids_by_code({code for own, codes in members.items() for code in (own, *codes)})
        for own, codes in members.items():
            put_members(ids[own], {ids[code] for code in codes} - {ids[own]})
    return outcome


def put_people(unit_id: UUID, leader_id: UUID | None, responsible_id: UUID | None) -> None:
    """Set the leader and the person responsible of a unit, in the open transaction."""
    unit = db.session.get_one(Unit, unit_id)
    unit.leader_id, unit.responsible_id = leader_id, responsible_id


def put_members(unit_id: UUID, member_ids: Collection[UUID]) -> None:
    """Set the units that work in a unit, in the open transaction."""
    db.session.execute(delete(UnitMember).where(UnitMember.unit_id == unit_id))
    db.session.add_all(UnitMember(unit_id=unit_id, member_id=member_id) for member_id in member_ids)


def change_unit(
    unit_id: UUID,
    name: str,
    kind: UnitKind,
    leader_id: UUID | None,
    responsible_id: UUID | None,
    dissolved_on: date | None = None,
    members: Collection[UUID] | None = None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Change a unit's name, kind, leader, person responsible, the day of its dissolution and the units that work in it
    (None leaves them), not its position in the tree.

    Raises Refusal `unit-beyond-reach`.
    """
    with transaction():
        unit = queries.find_visible(unit_id, by.through(Role.ADMINISTRATOR))
        if unit is None:
            raise Refusal("unit-beyond-reach", 404)
        people: dict[str, object] = {"leader_id": leader_id, "responsible_id": responsible_id}
        chosen = people | {"name": name, "kind": kind, "dissolved_on": dissolved_on}
        fields = sorted(field for field, value in chosen.items() if getattr(unit, field) != value)
        for field, value in chosen.items():
            setattr(unit, field, value)
        if members is not None and set(members) != {member.id for member in queries.members(unit_id)}:
            put_members(unit_id, members)
            fields.append("members")
        journal.write("unit.changed", "unit", unit_id, by=by, at=at, fields=fields)
