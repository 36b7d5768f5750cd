"""Contacts of devices: what bounds the time of an entry, and what was revoked or disabled before it was announced."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "device_contact",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_contact_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_contact")),
    )
    op.create_index("ix_device_contact_device", "device_contact", ["device_id", "last_at"])
    op.add_column("device", sa.Column("odd_time_at", sa.DateTime(), nullable=True))
    op.add_column("author_grant", sa.Column("barred_at", sa.DateTime(), nullable=True))
    op.add_column("envelope", sa.Column("is_outside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("envelope", sa.Column("announced_at", sa.DateTime(), nullable=True))
    op.add_column("entry", sa.Column("is_time_uncertain", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What is known of before: the last number each device announced, and who or what had been stopped by then.
    op.execute(
        "INSERT INTO device_contact (device_id, last_seq, first_at, last_at) "
        "SELECT id, last_seq, seen_at, seen_at FROM device WHERE last_seq > 0"
    )
    op.execute(
        "UPDATE author_grant SET barred_at = revoked_at WHERE revoked_at IS NOT NULL AND ("
        "device_id IN (SELECT id FROM device WHERE is_lost) "
        "OR person_id IN (SELECT id FROM person WHERE disabled_at IS NOT NULL))"
    )


def downgrade() -> None:
    op.drop_column("entry", "is_time_uncertain")
    for column in ("announced_at", "is_outside"):
        op.drop_column("envelope", column)
    op.drop_column("author_grant", "barred_at")
    op.drop_column("device", "odd_time_at")
    op.drop_table("device_contact")
