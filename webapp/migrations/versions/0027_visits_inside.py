"""An index of who is inside a gate, by time, with the companions that are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INSIDE = sa.text("left_at IS NULL AND undone_at IS NULL AND decision = 'pass'")


def upgrade() -> None:
    columns = ["place_id", "entered_at", "id", "companions"]
    op.create_index("ix_visit_inside", "visit", columns, sqlite_where=INSIDE, postgresql_where=INSIDE)


def downgrade() -> None:
    op.drop_index("ix_visit_inside", "visit")
