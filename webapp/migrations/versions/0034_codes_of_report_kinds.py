"""Give every kind of report a short code, by which other features name it."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KIND = sa.table(
    "report_kind", sa.column("id", sa.Uuid()), sa.column("name", sa.String()), sa.column("code", sa.String())
)


def upgrade() -> None:
    op.add_column("report_kind", sa.Column("code", sa.String(8)))
    bind = op.get_bind()
    for number, id_ in enumerate(bind.scalars(sa.select(KIND.c.id).order_by(KIND.c.name)).all(), 1):
        bind.execute(sa.update(KIND).where(KIND.c.id == id_).values(code=f"d{number}"))
    with op.batch_alter_table("report_kind") as batch_op:
        batch_op.alter_column("code", existing_type=sa.String(8), nullable=False)
        batch_op.create_unique_constraint("uq_report_kind_code", ["code"])


def downgrade() -> None:
    with op.batch_alter_table("report_kind") as batch_op:
        batch_op.drop_constraint("uq_report_kind_code", type_="unique")
        batch_op.drop_column("code")
