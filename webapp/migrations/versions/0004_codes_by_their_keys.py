"""Codes by their keys: lots, items, barcodes, places and units are compared by a normalised spelling."""

from collections import defaultdict
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from webapp.kernel.parse.codes import code_key, lot_key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# table, its key, the text, the column of its key, what else the key is unique with
_KEYS = (
    ("item", "id", "code", "code_key", (), code_key),
    ("item_barcode", "code", "code", "code_key", (), code_key),
    ("place", "id", "code", "code_key", (), code_key),
    ("unit", "id", "code", "code_key", (), code_key),
    ("lot", "id", "number", "number_key", ("item_id",), lot_key),
)


def upgrade() -> None:
    _refuse_collisions()
    for table, identity, text, column, within, key in _KEYS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, sa.String(400), server_default="", nullable=False))
            if table == "lot":
                batch.drop_constraint("uq_lot_item_id_number", type_="unique")
            if table == "item_barcode":
                batch.alter_column("code", existing_type=sa.String(80), type_=sa.String(200), existing_nullable=False)
        _fill(table, identity, text, column, key)
        op.create_index(f"ix_{table}_{column}", table, [*within, column], unique=True)


def downgrade() -> None:
    for table, _identity, _text, column, _within, _key in reversed(_KEYS):
        op.drop_index(f"ix_{table}_{column}", table)
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
            if table == "lot":
                batch.create_unique_constraint("uq_lot_item_id_number", ["item_id", "number"])
            if table == "item_barcode":
                batch.alter_column("code", existing_type=sa.String(200), type_=sa.String(80), existing_nullable=False)


def _refuse_collisions() -> None:
    """Two spellings of one thing cannot both stay: name them all, before any table is changed."""
    lines: list[str] = []
    for table, identity, text, _column, within, key in _KEYS:
        columns = ", ".join((identity, text, *within))
        spellings: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in op.get_bind().execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY {identity}")):
            spellings[(*(str(part) for part in row[2:]), key(row[1]))].append(f"{row[1]!r} ({identity} {row[0]})")
        lines += [f"  {table}: {' and '.join(same)}" for same in spellings.values() if len(same) > 1]
    if lines:
        raise SystemExit(
            "Migration 0004 stops: these codes and lot numbers are different spellings of the same one (full-width "
            "letters, capitals, spaces, invisible characters or, in codes, hyphens).\n"
            + "\n".join(lines)
            + "\nNothing was changed. Give all but one of each line another code or number in the database, for example"
            " UPDATE lot SET number = 'A1 (2)' WHERE id = '...', then migrate again and count those lots."
        )


def _fill(table: str, identity: str, text: str, column: str, key: Callable[[str | None], str]) -> None:
    bind = op.get_bind()
    rows = [
        {"identity": row[0], "key": key(row[1])}
        for row in bind.execute(sa.text(f"SELECT {identity}, {text} FROM {table}"))
    ]
    if rows:
        bind.execute(sa.text(f"UPDATE {table} SET {column} = :key WHERE {identity} = :identity"), rows)
