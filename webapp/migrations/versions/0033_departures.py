"""An index of the departures of a gate: its page names those that can still be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

GONE = sa.text("left_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_visit_left", "visit", ["place_id", "left_at"], sqlite_where=GONE, postgresql_where=GONE)


def downgrade() -> None:
    op.drop_index("ix_visit_left", "visit")
