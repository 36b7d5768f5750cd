"""Counts are marked lot by lot: what wants a reason, and what moved while it was counted."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Of each shelf the latest count that was not undone, if a slip from the field moved goods while it was made.
DISTURBED = """
    UPDATE stock_count SET is_disturbed = {true} WHERE EXISTS (
        SELECT 1 FROM stock_slip counting JOIN move ON move.lot_id = stock_count.lot_id
            JOIN stock_slip late ON late.id = move.event_id
        WHERE counting.id = stock_count.slip_id AND stock_count.begun_at < counting.stands_at
            AND move.stands_at >= stock_count.begun_at AND move.stands_at < counting.stands_at
            AND late.is_late AND late.received_at > counting.received_at AND NOT move.is_fix
            AND (move.from_id = stock_count.place_id OR move.to_id = stock_count.place_id)
            AND NOT EXISTS (SELECT 1 FROM stock_slip u WHERE u.reverses_id = late.id AND u.stands_at = late.stands_at)
            AND NOT EXISTS (
                SELECT 1 FROM stock_slip u WHERE u.reverses_id = counting.id AND u.stands_at = counting.stands_at
            )
            AND NOT EXISTS (
                SELECT 1 FROM stock_count other JOIN stock_slip later ON later.id = other.slip_id
                WHERE other.lot_id = stock_count.lot_id AND other.place_id = stock_count.place_id
                    AND (later.stands_at > counting.stands_at
                         OR later.stands_at = counting.stands_at AND later.id > counting.id)
                    AND NOT EXISTS (
                        SELECT 1 FROM stock_slip u WHERE u.reverses_id = later.id AND u.stands_at = later.stands_at
                    )
            )
    )
"""
# The lots of the counts that were listed for a large difference, with what the ledger says of each.
DIFFERENCES = """
    SELECT c.slip_id, c.lot_id, c.counted, item.scale, s.difference_reason,
        SUM(CASE WHEN m.to_id = c.place_id THEN m.quantity ELSE -m.quantity END) AS difference
    FROM stock_slip s JOIN stock_count c ON c.slip_id = s.id JOIN item ON item.id = c.item_id
        JOIN move m ON m.event_id = c.slip_id AND m.lot_id = c.lot_id AND m.is_fix
    WHERE s.has_large_difference
    GROUP BY c.slip_id, c.lot_id, c.counted, item.scale, s.difference_reason
"""


def upgrade() -> None:
    op.add_column("stock_count", sa.Column("is_disturbed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("stock_count", sa.Column("wants_reason", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("stock_count", sa.Column("explained", sa.BigInteger()))
    _mark()
    for name, mark, columns in (
        ("ix_stock_count_disturbed", "is_disturbed", ["lot_id", "place_id"]),
        ("ix_stock_count_wants_reason", "wants_reason", ["slip_id"]),
    ):
        where = {"sqlite_where": sa.text(f"{mark} = 1"), "postgresql_where": sa.text(mark)}
        op.create_index(name, "stock_count", columns, **where)  # type: ignore[arg-type]
    op.drop_index("ix_stock_slip_difference", "stock_slip")
    op.drop_column("stock_slip", "has_large_difference")


def _mark() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(sa.text(DISTURBED.format(true="1" if is_sqlite else "true")))
    limits = connection.execute(sa.text("SELECT count_share, count_amount FROM district")).first() or (20, 0)
    by_slip: dict[Any, list[Any]] = {}
    for row in connection.execute(sa.text(DIFFERENCES)):
        by_slip.setdefault(row.slip_id, []).append(row)
    for rows in by_slip.values():
        far = [row for row in rows if _is_far(int(row.difference), row.counted, row.scale, *limits)]
        for row in far or rows:  # what is listed stays listed, also where the settings were changed since
            _set(connection, row)


def _is_far(difference: int, counted: int, scale: int, share: int, amount: int) -> bool:
    return abs(difference) * 100 > share * (counted - difference) and abs(difference) > amount * scale


def _set(connection: sa.Connection, row: Any) -> None:
    mine = "WHERE slip_id = :slip AND lot_id = :lot"
    named = {"slip": row.slip_id, "lot": row.lot_id}
    if row.difference_reason is None:
        wanting = sa.text(f"UPDATE stock_count SET wants_reason = :wants {mine}")
        connection.execute(wanting.bindparams(sa.bindparam("wants", type_=sa.Boolean())), named | {"wants": True})
    elif difference := int(row.difference):
        explained = sa.text(f"UPDATE stock_count SET explained = :difference {mine}")
        connection.execute(explained, named | {"difference": difference})


def downgrade() -> None:
    op.add_column(
        "stock_slip", sa.Column("has_large_difference", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    marked = "SELECT slip_id FROM stock_count WHERE wants_reason OR explained IS NOT NULL"
    true = "1" if is_sqlite else "true"
    op.execute(sa.text(f"UPDATE stock_slip SET has_large_difference = {true} WHERE id IN ({marked})"))
    op.create_index("ix_stock_slip_difference", "stock_slip", ["place_id", "has_large_difference"])
    op.drop_index("ix_stock_count_wants_reason", "stock_count")
    op.drop_index("ix_stock_count_disturbed", "stock_count")
    for name in ("explained", "wants_reason", "is_disturbed"):
        op.drop_column("stock_count", name)
