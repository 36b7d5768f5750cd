"""Holidays and working weekends, and the days of a kind of report."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
    )
    op.add_column("report_kind", sa.Column("days", sa.String(40), nullable=False, server_default="weekdays"))
    op.execute("UPDATE report_kind SET days = 'every' WHERE weekdays = '1234567'")


def downgrade() -> None:
    op.drop_column("report_kind", "days")
    op.drop_table("calendar_day")
