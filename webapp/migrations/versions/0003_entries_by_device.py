"""Entries by device: which of a device's numbers arrived."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_entry_device_seq", "entry", ["device", "device_seq"])


def downgrade() -> None:
    op.drop_index("ix_entry_device_seq", "entry")
