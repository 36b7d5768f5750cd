"""The log of publicity."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publicity",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("entry.uuid"), primary_key=True),
        sa.Column("record_id", sa.Uuid(), sa.ForeignKey("entry.uuid"), nullable=False, index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), sa.ForeignKey("entry.uuid")),
        sa.Column("author_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("writer_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id"), index=True),
        sa.Column("place_id", sa.Uuid(), sa.ForeignKey("place.id"), index=True),
        sa.Column("reason", sa.Text()),
        sa.Column("means", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(120)),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint("count > 0", name=op.f("ck_publicity_count")),
        sa.CheckConstraint("place_id IS NOT NULL OR area IS NOT NULL", name=op.f("ck_publicity_somewhere")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_publicity_days")),
        sa.UniqueConstraint("record_id", "version"),
    )
    op.create_index("ix_publicity_from_on_id", "publicity", ["from_on", "id"])


def downgrade() -> None:
    op.drop_table("publicity")
