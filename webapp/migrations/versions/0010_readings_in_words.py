"""Readings in words have no number. Rows of before stay: which 0 was a word cannot be told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inspection_reading") as batch:
        batch.alter_column("value", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE inspection_reading SET value = 0 WHERE value IS NULL")
    with op.batch_alter_table("inspection_reading") as batch:
        batch.alter_column("value", existing_type=sa.BigInteger(), nullable=False)
