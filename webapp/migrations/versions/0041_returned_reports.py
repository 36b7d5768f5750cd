"""Keep with a signed report whether it was returned, and what the device showed on which it was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

REPORT = sa.table("report", sa.column("replaced_by", sa.Uuid()), sa.column("state", sa.String()))
ADDED = ("return_reason", "returned_by", "returned_at", "state", "seen", "arrived_at")


def upgrade() -> None:
    with op.batch_alter_table("report") as batch:
        batch.add_column(sa.Column("arrived_at", sa.DateTime()))
        batch.add_column(sa.Column("seen", sa.Text(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("state", sa.String(40), nullable=False, server_default="signed"))
        batch.add_column(sa.Column("returned_at", sa.DateTime()))
        batch.add_column(sa.Column("returned_by", sa.Uuid()))
        batch.add_column(sa.Column("return_reason", sa.Text()))
        batch.create_foreign_key("fk_report_returned_by", "person", ["returned_by"], ["id"])
    op.execute(sa.update(REPORT).where(REPORT.c.replaced_by.is_not(None)).values(state="replaced"))
    with op.batch_alter_table("report") as batch:
        for column in ("seen", "state"):
            batch.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("report") as batch:
        batch.drop_constraint("fk_report_returned_by", type_="foreignkey")
        for column in ADDED:
            batch.drop_column(column)
