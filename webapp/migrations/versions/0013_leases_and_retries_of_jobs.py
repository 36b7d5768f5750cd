"""Leases and retries of periodic work."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_run", sa.Column("lease_until", sa.DateTime(), nullable=True))
    op.add_column("job_run", sa.Column("retry_at", sa.DateTime(), nullable=True))
    op.add_column("job_run", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("job_run") as table:
        table.alter_column("failures", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("job_run") as table:
        table.drop_column("failures")
        table.drop_column("retry_at")
        table.drop_column("lease_until")
