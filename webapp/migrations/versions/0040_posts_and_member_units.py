"""The posts of persons, and the units that work in another one."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("post", sa.String(60)))
    op.create_table(
        "unit_member",
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id"), primary_key=True),
        sa.Column("member_id", sa.Uuid(), sa.ForeignKey("unit.id"), primary_key=True, index=True),
    )


def downgrade() -> None:
    op.drop_table("unit_member")
    op.drop_column("person", "post")
