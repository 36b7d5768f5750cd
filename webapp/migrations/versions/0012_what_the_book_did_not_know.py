"""An index over the corrections of slips that took more than the book knew of: their shelves have to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shortfall = sa.text("reason = 'shortfall'")
    op.drop_index("ix_move_fix", "move")
    op.create_index("ix_move_shortfall", "move", ["event_id"], sqlite_where=shortfall, postgresql_where=shortfall)


def downgrade() -> None:
    fix = sa.text("is_fix")
    op.drop_index("ix_move_shortfall", "move")
    op.create_index("ix_move_fix", "move", ["lot_id"], sqlite_where=fix, postgresql_where=fix)
