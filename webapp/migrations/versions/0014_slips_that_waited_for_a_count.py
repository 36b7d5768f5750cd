"""Envelopes that waited for a count go back to their authors: they are booked as they are when sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waited = "UPDATE envelope SET state = 'returned', reason = 'stock-waited', \"values\" = NULL"
    op.execute(sa.text(f"{waited} WHERE state = 'discrepancy'"))


def downgrade() -> None:
    raise NotImplementedError("the older version has to ask for counts again")
