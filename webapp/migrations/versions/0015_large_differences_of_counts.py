"""Large differences of counts: when the district asks for a reason, and the reasons that were given."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("district") as batch:
        batch.add_column(sa.Column("count_share", sa.Integer(), server_default="20", nullable=False))
        batch.add_column(sa.Column("count_amount", sa.BigInteger(), server_default="0", nullable=False))
    with op.batch_alter_table("stock_slip") as batch:
        batch.add_column(sa.Column("difference_reason", sa.Text()))
        batch.add_column(sa.Column("has_large_difference", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_stock_slip_difference", "stock_slip", ["place_id", "has_large_difference"])


def downgrade() -> None:
    op.drop_index("ix_stock_slip_difference", "stock_slip")
    with op.batch_alter_table("stock_slip") as batch:
        batch.drop_column("has_large_difference")
        batch.drop_column("difference_reason")
    with op.batch_alter_table("district") as batch:
        batch.drop_column("count_amount")
        batch.drop_column("count_share")
