"""Rules of alerts, alerts with their recipients, channels and deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LIVE = sa.text("state <> 'closed'")


def upgrade() -> None:
    op.create_table(
        "alert_channel",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime()),
        sa.Column("retry_at", sa.DateTime()),
        sa.Column("tried_at", sa.DateTime()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("answer", sa.String(200)),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("preset", sa.String(40)),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("threshold", sa.Integer()),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("level", sa.String(40)),
        sa.Column("after_minutes", sa.Integer()),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("repeat_minutes", sa.Integer()),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("rule_id", sa.Uuid(), sa.ForeignKey("alert_rule.id"), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("url", sa.String(400), nullable=False),
        sa.Column("place_id", sa.Uuid(), sa.ForeignKey("place.id")),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("amount", sa.Integer()),
        sa.Column("due_at", sa.DateTime()),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), sa.ForeignKey("person.id")),
        sa.Column("acknowledged_at", sa.DateTime()),
        sa.Column("closed_at", sa.DateTime()),
    )
    op.create_index("ix_alert_live", "alert", ["key", "level"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_alert_raised_at_id", "alert", ["raised_at", "id"])
    op.create_index("ix_alert_closed_at", "alert", ["closed_at"])
    op.create_table(
        "alert_recipient",
        sa.Column("alert_id", sa.Uuid(), sa.ForeignKey("alert.id"), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True, index=True),
    )
    op.create_table(
        "alert_delivery",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("alert_id", sa.Uuid(), sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("channel_id", sa.Uuid(), sa.ForeignKey("alert_channel.id"), nullable=False, index=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("answer", sa.String(200)),
        sa.UniqueConstraint("alert_id", "channel_id", "round"),
    )
    op.create_index("ix_alert_delivery_state_due_at", "alert_delivery", ["state", "due_at"])
    op.create_index("ix_alert_delivery_made_at_id", "alert_delivery", ["made_at", "id"])


def downgrade() -> None:
    for table in ("alert_delivery", "alert_recipient", "alert", "alert_rule", "alert_channel"):
        op.drop_table(table)
