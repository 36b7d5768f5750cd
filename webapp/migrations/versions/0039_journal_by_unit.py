"""The index of the journal by unit. A job fills it with the rows that are there, the newest first."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_scope",
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
        sa.Column("at", sa.DateTime(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journal_placed",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("journal_placed")
    op.drop_table("journal_scope")
