"""Visitors by person: digests of the new spelling of names and numbers, one key of a person, arrivals taken back."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.kernel.sealing import blind, keyring

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAS_INSIDE = "left_at IS NULL AND decision = 'pass'"
_INSIDE = "left_at IS NULL AND undone_at IS NULL AND decision = 'pass'"
_BLINDS = ("name_blind", "id_blind", "phone_blind", "plate_blind", "identity_blind")
_BATCH = 1000


def upgrade() -> None:
    changed = _recomputed()
    op.drop_index("uq_visit_inside_identity", "visit")
    with op.batch_alter_table("visit") as batch:
        batch.add_column(sa.Column("undone_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("undone_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("undo_reason", sa.Text(), nullable=True))
        batch.create_foreign_key(op.f("fk_visit_undone_by"), "person", ["undone_by"], ["id"])
    if changed:
        columns = ", ".join(f"{name} = :{name}" for name in _BLINDS)
        op.get_bind().execute(sa.text(f"UPDATE visit SET {columns} WHERE id = :id"), changed)
    _one_inside(_INSIDE)


def downgrade() -> None:
    op.drop_index("uq_visit_inside_identity", "visit")
    with op.batch_alter_table("visit") as batch:
        batch.drop_constraint(op.f("fk_visit_undone_by"), type_="foreignkey")
        for name in ("undo_reason", "undone_by", "undone_at"):
            batch.drop_column(name)
    _one_inside(_WAS_INSIDE)


def _one_inside(where: str) -> None:
    where_text = sa.text(where)
    columns = ["place_id", "identity_blind"]
    name = "uq_visit_inside_identity"
    op.create_index(name, "visit", columns, unique=True, sqlite_where=where_text, postgresql_where=where_text)


def _recomputed() -> list[dict[str, Any]]:
    """The rows whose digests change; stops before any change where one person would be inside a gate twice."""
    names = "id, place_id, entered_at, decision, left_at, name, id_number, phone, plate, " + ", ".join(_BLINDS)
    changed = []
    inside: dict[tuple[Any, str], list[str]] = defaultdict(list)
    result = op.get_bind().execute(sa.text(f"SELECT {names} FROM visit ORDER BY id"))
    for row in result.yield_per(_BATCH):
        blinds = _blinds(row)
        if blinds != {name: getattr(row, name) for name in _BLINDS}:
            changed.append(blinds | {"id": row.id})
        if row.left_at is None and row.decision == "pass" and blinds["identity_blind"]:
            inside[row.place_id, blinds["identity_blind"]].append(f"{row.id} (arrived {row.entered_at} UTC)")
    _refuse(inside)
    return changed


def _blinds(row: Any) -> dict[str, str | None]:
    opened = {name: _open(name, getattr(row, name)) for name in ("name", "id_number", "phone", "plate")}
    number, phone, name = opened["id_number"], opened["phone"], opened["name"]
    return {
        "name_blind": blind(name, "visit.name"),
        "id_blind": blind(number, "visit.id"),
        "phone_blind": blind(phone, "visit.phone"),
        "plate_blind": blind(opened["plate"], "visit.plate"),
        "identity_blind": blind(number or (f"{phone} {name}" if phone else None), "visit.identity"),
    }


def _open(name: str, sealed: str | None) -> str | None:
    return None if sealed is None else keyring().open(sealed, f"visit.{name}")


def _refuse(inside: dict[tuple[Any, str], list[str]]) -> None:
    lines = [f"  gate {place}: visits {' and '.join(same)}" for (place, _key), same in inside.items() if len(same) > 1]
    if lines:
        raise SystemExit(
            "Migration 0007 stops: these visits are of one person, written in different ways, and none has ended.\n"
            + "\n".join(lines)
            + "\nNothing was changed. Note the departure of all but one of each line with the version before (the"
            " addresses are /checkpoints/visits/<id>), then migrate again."
        )
