"""Hashes of typed content keyed with sealed salts, reasons beside the journal's chain, sealed names and notes.

An unsalted hash of a short text is that text to whoever can guess it. The contents lie sealed beside their hashes, so
new ones are computed from them. Reasons leave the rows of the journal; what was chained stays sealed beside each row,
so that the chain of the past still verifies.
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.kernel.columns import canonical
from webapp.kernel.sealing import Unreadable, keyed_hash, keyring

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 500
GUARDED = ("journal", "entry_conflict")
ENTRIES = (("entry", "seq"), ("entry_conflict", "id"))
# Table, key columns, column, its former length.
WORDS = (
    ("inspection", "id", "witness", 80),
    ("inspection_finding", "id", "note", 2000),
    ("stock_slip", "id", "counterparty", 120),
    ("stock_slip", "id", "note", 500),
    ("visit", "id", "purpose", 100),
    ("visit", "id", "override_reason", 200),
    ("envelope", "id", "note", 500),
)
TYPED = {"place.contact-revealed": "reason", "visit.revealed": "reason", "person.phone-revealed": "reason"}
TYPED |= {"entry.conflict": "sha256"}


def upgrade() -> None:
    for table in GUARDED:
        _guard(table, False)
    for table, key in ENTRIES:
        op.add_column(table, sa.Column("content_hash", sa.String(64)))
        op.add_column(table, sa.Column("content_salt", sa.Text()))
        _change(table, key, ("kind", "content") if table == "entry" else ("uuid", "content"), _hashed(table))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("content_hash", existing_type=sa.String(64), nullable=False)
            batch.alter_column("content_salt", existing_type=sa.Text(), nullable=False)
            batch.drop_column("content_sha256")
    op.add_column("journal", sa.Column("private", sa.Text()))
    _change("journal", "seq", ("action", "details"), _parted)
    for table, key, column, length in WORDS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.String(length), type_=sa.Text(), existing_nullable=True)
        _change(table, key, (column,), _sealed(table, column))
    for table in GUARDED:
        _guard(table, True)


def downgrade() -> None:
    raise NotImplementedError("what was sealed is not written in the clear again; restore the backup made before")


def _guard(table: str, is_on: bool) -> None:
    """The triggers that refuse to change or delete a row: off while a table is changed, then over its new columns."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_on:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}{'' if is_sqlite else f' ON {table}'}")
        return
    names = (column["name"] for column in sa.inspect(op.get_bind()).get_columns(table))
    columns = ", ".join(name for name in names if name != "block_id")
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        if is_sqlite
        else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")


def _hashed(table: str) -> Callable[..., dict[str, Any]]:
    bind = op.get_bind()

    def hashed(about: Any, content: str) -> dict[str, Any]:
        known = about if table == "entry" else bind.scalar(sa.select(_entry.c.kind).where(_entry.c.uuid == about))
        salt = os.urandom(16).hex()
        digest = keyed_hash(f"{known}\n{_open(content, f'{table}.content')}", salt)
        return {"content_hash": digest, "content_salt": keyring().seal(salt, f"{table}.content_salt")}

    return hashed


def _parted(action: str, details: str) -> dict[str, Any]:
    """The row without what was typed; the chained details go behind the seal."""
    parts = json.loads(details)
    if TYPED.get(action) not in parts:
        return {}
    shown = {name: value for name, value in parts.items() if name != TYPED[action]}
    private = canonical({"reason": parts.get("reason"), "chained": parts})
    return {"details": canonical(shown), "private": keyring().seal(private, "journal.private")}


def _sealed(table: str, column: str) -> Callable[..., dict[str, Any]]:
    return lambda text: {column: keyring().seal(text, f"{table}.{column}")} if text else {}


def _open(text: str, purpose: str) -> str:
    """A value opened by this installation's key; what was never sealed is as it is."""
    if not text.startswith("s1."):
        return text
    try:
        return keyring().open(text, purpose)
    except Unreadable as error:
        raise SystemExit(
            f"Migration 0009 stops: a value of {purpose} does not open with keys/data.key of this instance."
            " Nothing was changed. Put the key of this database back, then migrate again."
        ) from error


_entry = sa.table("entry", sa.column("uuid", sa.Uuid()), sa.column("kind", sa.String()))


def _change(table: str, key: str, read: tuple[str, ...], changed: Callable[..., dict[str, Any]]) -> None:
    """Write what `changed` makes of each row; rows are walked by their key, some hundreds at a time."""
    kinds: dict[str, Any] = {"id": sa.Uuid(), "uuid": sa.Uuid(), "seq": sa.BigInteger()}
    names = {key, *read, "content_hash", "content_salt", "private", "details"}
    rows = sa.table(table, *(sa.column(name, kinds.get(name, sa.Text())) for name in sorted(names)))
    for batch in _batches(rows, key, read):
        for row in batch:
            if values := changed(*row[1:]):
                op.get_bind().execute(sa.update(rows).where(rows.c[key] == row[0]).values(values))


def _batches(rows: sa.TableClause, key: str, read: tuple[str, ...]) -> Iterator[Any]:
    query = sa.select(rows.c[key], *(rows.c[name] for name in read)).order_by(rows.c[key]).limit(BATCH)
    batch = op.get_bind().execute(query).all()
    while batch:
        yield batch
        batch = op.get_bind().execute(query.where(rows.c[key] > batch[-1][0])).all()
