"""Indexes that lead to the pages of the journal: by time, person, subject and action."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LED = {
    "ix_journal_at": ["at", "seq"],
    "ix_journal_actor_id": ["actor_id", "at", "seq"],
    "ix_journal_subject_id": ["subject_id", "at", "seq"],
}


def upgrade() -> None:
    for name, columns in LED.items():
        op.drop_index(name, "journal")
        op.create_index(name, "journal", columns)
    op.create_index("ix_journal_action", "journal", ["action", "subject_kind", "at", "seq"])


def downgrade() -> None:
    op.drop_index("ix_journal_action", "journal")
    for name, columns in LED.items():
        op.drop_index(name, "journal")
        op.create_index(name, "journal", columns[:1])
