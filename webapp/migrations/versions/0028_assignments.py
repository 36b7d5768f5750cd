"""Assignments and the acts on them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("entry.uuid"), primary_key=True),
        sa.Column("number", sa.String(24), nullable=False, unique=True),
        sa.Column("giver_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id"), index=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), index=True),
        sa.Column("what", sa.Text()),
        sa.Column("details", sa.Text()),
        sa.Column("source", sa.String(300)),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("urge_count", sa.Integer(), nullable=False),
        sa.Column("urged_at", sa.DateTime()),
        sa.CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_task_owner")),
    )
    op.create_index("ix_task_state_due", "task", ["state", "due_at", "id"])
    op.create_table(
        "task_step",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("entry.uuid"), primary_key=True),
        sa.Column("task_id", sa.Uuid(), sa.ForeignKey("task.id"), nullable=False, index=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("done_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("note", sa.Text()),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id")),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id")),
        sa.Column("due_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("task_step")
    op.drop_table("task")
