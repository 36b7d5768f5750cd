"""Attempts at deliveries, devices for web push, figures counted for each place or unit, the urging of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_attempt",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("delivery_id", sa.Uuid(), sa.ForeignKey("alert_delivery.id"), nullable=False, index=True),
        sa.Column("message_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("tried_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("answer", sa.String(200)),
        sa.Column("retry_at", sa.DateTime()),
    )
    op.add_column("alert_rule", sa.Column("each", sa.String(40)))
    op.add_column("alert", sa.Column("number", sa.String(40)))
    op.add_column("report_due", sa.Column("urge_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("report_due", sa.Column("urged_at", sa.DateTime()))
    op.create_table(
        "alert_device",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("device", sa.String(300), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("endpoint_key", sa.String(64), nullable=False, unique=True),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("tested_at", sa.DateTime()),
        sa.Column("usable_at", sa.DateTime()),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("outcome", sa.String(20)),
    )


def downgrade() -> None:
    op.drop_table("alert_device")
    for table, column in (
        ("report_due", "urged_at"),
        ("report_due", "urge_count"),
        ("alert", "number"),
        ("alert_rule", "each"),
    ):
        op.drop_column(table, column)
    op.drop_table("alert_attempt")
