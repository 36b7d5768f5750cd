"""Previews of imports in the database, where every host finds them and one confirmation claims them.

What lay in the folder `imports/` was kept for an hour: it is not carried over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_preview",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sheet", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_preview_person_id_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_import_preview")),
    )
    op.create_index("ix_import_preview_made", "import_preview", ["made_at"])
    op.create_index("ix_import_preview_person", "import_preview", ["person_id"])


def downgrade() -> None:
    op.drop_table("import_preview")
