"""Versions of checks, void records, photos that a correction leaves out, and for how long authors correct their own."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("district") as batch:
        batch.add_column(sa.Column("correction_days", sa.Integer(), server_default="7", nullable=False))
    for table in ("publicity", "inspection"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("is_void", sa.Boolean(), server_default=sa.false(), nullable=False))
            batch.add_column(sa.Column("dropped", sa.Text(), server_default="[]", nullable=False))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("is_void", server_default=None)
            batch.alter_column("dropped", server_default=None)
    with op.batch_alter_table("inspection") as batch:
        batch.add_column(sa.Column("record_id", sa.Uuid()))
        batch.add_column(sa.Column("version", sa.Integer()))
        batch.add_column(sa.Column("replaced_by", sa.Uuid()))
        batch.add_column(sa.Column("writer_id", sa.Uuid()))
        batch.add_column(sa.Column("reason", sa.Text()))
    op.execute("UPDATE inspection SET record_id = id, version = 1, writer_id = inspector_id")
    with op.batch_alter_table("inspection") as batch:
        for name, type_ in (("record_id", sa.Uuid()), ("version", sa.Integer()), ("writer_id", sa.Uuid())):
            batch.alter_column(name, existing_type=type_, nullable=False)
        batch.create_foreign_key(op.f("fk_inspection_record_id"), "entry", ["record_id"], ["uuid"])
        batch.create_foreign_key(op.f("fk_inspection_replaced_by"), "entry", ["replaced_by"], ["uuid"])
        batch.create_foreign_key(op.f("fk_inspection_writer_id"), "person", ["writer_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_inspection_record_id_version"), ["record_id", "version"])
    op.create_index("ix_inspection_record_id", "inspection", ["record_id"])


def downgrade() -> None:
    raise NotImplementedError("a correction has no place in the older tables")
