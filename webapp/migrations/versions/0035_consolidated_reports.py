"""Consolidated reports: what a unit signs for the units below it."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def _id(name: str, of: str, **more: object) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(of), **more)  # type: ignore[arg-type]


def upgrade() -> None:
    op.create_table(
        "consolidated_report",
        _id("id", "entry.uuid", primary_key=True),
        _id("record_id", "entry.uuid", nullable=False, index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _id("replaced_by", "entry.uuid"),
        _id("author_id", "person.id", nullable=False),
        _id("writer_id", "person.id", nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("dropped", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        _id("kind_id", "report_kind.id", nullable=False),
        _id("unit_id", "unit.id", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("kind_id", "day", "unit_id", "version"),
        sa.UniqueConstraint("record_id", "version"),
    )
    op.create_index("ix_consolidated_report_day", "consolidated_report", ["day"])


def downgrade() -> None:
    op.drop_table("consolidated_report")
