"""Daily reports: kinds, who owes them, expectations, signed versions with what they bind; when a unit was dissolved."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def _id(name: str, of: str, **more: object) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(of), **more)  # type: ignore[arg-type]


def upgrade() -> None:
    op.add_column("unit", sa.Column("dissolved_on", sa.Date()))
    op.create_table(
        "report_kind",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("cutoff", sa.String(5), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "report_owing",
        _id("kind_id", "report_kind.id", primary_key=True),
        _id("unit_id", "unit.id", primary_key=True),
        sa.Column("since_on", sa.Date(), nullable=False),
    )
    op.create_table(
        "report_due",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _id("kind_id", "report_kind.id", nullable=False),
        _id("unit_id", "unit.id", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("kind_id", "day", "unit_id"),
    )
    op.create_index("ix_report_due_day", "report_due", ["day", "id"])
    op.create_index("ix_report_due_unit", "report_due", ["unit_id", "day"])
    op.create_table(
        "report",
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
        _id("due_id", "report_due.id", nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("is_zero", sa.Boolean(), nullable=False),
        sa.Column("is_changed", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("due_id", "version"),
        sa.UniqueConstraint("record_id", "version"),
    )
    op.create_table(
        "report_binding",
        _id("report_id", "report.id", primary_key=True),
        sa.Column("line", sa.String(8), primary_key=True),
        sa.Column("rows", sa.Text(), nullable=False),
    )
    op.create_table(
        "report_check",
        _id("report_id", "report.id", primary_key=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    for table in ("report_check", "report_binding", "report", "report_due", "report_owing", "report_kind"):
        op.drop_table(table)
    op.drop_column("unit", "dissolved_on")
