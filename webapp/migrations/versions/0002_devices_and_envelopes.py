"""Devices and envelopes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("oldest_at", sa.DateTime(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Text(), nullable=False),
        sa.Column("is_persisted", sa.Boolean(), nullable=True),
        sa.Column("usage", sa.BigInteger(), nullable=True),
        sa.Column("quota", sa.BigInteger(), nullable=True),
        sa.Column("skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_lost", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index("ix_device_seen", "device", ["seen_at", "id"])

    op.create_table(
        "envelope",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("relay_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("captured_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("values", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["relay_id"], ["person.id"], name=op.f("fk_envelope_relay_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_envelope_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope")),
        sa.UniqueConstraint("uuid", "sha256", name=op.f("uq_envelope_uuid_sha256")),
    )
    op.create_index("ix_envelope_author_state", "envelope", ["author_id", "state"])
    op.create_index("ix_envelope_device_seq", "envelope", ["device_id", "seq"])
    op.create_index("ix_envelope_state_received", "envelope", ["state", "received_at", "id"])

    op.create_table(
        "author_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("grants", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_author_grant_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_author_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_grant")),
    )
    op.create_index("ix_author_grant_person", "author_grant", ["person_id", "device_id"])

    op.create_table(
        "envelope_photo",
        sa.Column("envelope_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_envelope_photo_envelope_id")),
        sa.PrimaryKeyConstraint("envelope_id", "sha256", name=op.f("pk_envelope_photo")),
    )
    # Native ADD COLUMN: rebuilding a table that others refer to would empty or refuse them on SQLite.
    op.add_column("entry", sa.Column("device_seq", sa.Integer(), nullable=True))
    op.add_column("entry", sa.Column("skew_ms", sa.BigInteger(), nullable=True))
    op.add_column("entry", sa.Column("relay_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    for column in ("relay_id", "skew_ms", "device_seq"):
        op.drop_column("entry", column)
    for table in ("envelope_photo", "author_grant", "envelope", "device"):
        op.drop_table(table)
