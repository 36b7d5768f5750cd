"""Indexes of the visits that few are: those decided against the proposal, and those undone."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

RARE = {"ix_visit_overridden": "proposed <> decision", "ix_visit_undone": "undone_at IS NOT NULL"}


def upgrade() -> None:
    for name, condition in RARE.items():
        where = sa.text(condition)
        op.create_index(name, "visit", ["entered_at", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in RARE:
        op.drop_index(name, "visit")
