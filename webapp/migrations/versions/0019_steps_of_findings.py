"""What was done about a finding, step by step: answered, checked again, closed or not, extended."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_finding_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("due_was", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["entry.uuid"], name="fk_inspection_finding_step_id_entry"),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["inspection_finding.id"], name="fk_inspection_finding_step_finding_id_inspection_finding"
        ),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_inspection_finding_step_done_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_inspection_finding_step"),
    )
    op.create_index("ix_inspection_finding_step_finding_id", "inspection_finding_step", ["finding_id"])
    op.create_index("ix_inspection_finding_step_done_by", "inspection_finding_step", ["done_by"])


def downgrade() -> None:
    op.drop_table("inspection_finding_step")
