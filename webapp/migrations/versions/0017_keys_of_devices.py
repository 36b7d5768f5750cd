"""The key that a device signs its contacts with: its public half."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("public_key", sa.String(200)))


def downgrade() -> None:
    op.drop_column("device", "public_key")
