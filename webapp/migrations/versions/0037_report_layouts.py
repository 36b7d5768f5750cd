"""Excel layouts of superiors for daily reports, with their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_layout",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("kind_id", sa.Uuid(), sa.ForeignKey("report_kind.id"), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "report_layout_version",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("layout_id", sa.Uuid(), sa.ForeignKey("report_layout.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("layout_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("report_layout_version")
    op.drop_table("report_layout")
