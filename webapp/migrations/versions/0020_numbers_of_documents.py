"""The last number of each series and day, so that documents are numbered without counting them."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# RK261127-0042: two letters, the day, the number. Slips of before keep theirs, and the new ones follow them.
GIVEN = """
    SELECT substr(number, 1, 2) AS series, substr(number, 3, 6) AS day, MAX(CAST(substr(number, 10) AS INTEGER)) AS last
    FROM stock_slip WHERE substr(number, 9, 1) = '-' GROUP BY substr(number, 1, 2), substr(number, 3, 6)
"""


def upgrade() -> None:
    numbers = op.create_table(
        "document_number",
        sa.Column("series", sa.String(8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "day", name="pk_document_number"),
    )
    given = op.get_bind().execute(sa.text(GIVEN)).all()
    rows = [{"series": row.series, "day": _day(row.day), "last": row.last} for row in given]
    op.bulk_insert(numbers, rows)


def _day(text: str) -> date:
    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))


def downgrade() -> None:
    op.drop_table("document_number")
