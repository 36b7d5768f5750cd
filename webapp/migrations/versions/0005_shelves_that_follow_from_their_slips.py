"""Shelves that follow from the set of their slips: stands, counts as fixed points, corrections.

What is booked already stands in the order in which it was booked, so every balance stays as it is: a slip stands when
it happened, or just after the latest slip of its shelves where it was booked later. The differences of counts become
corrections; a count's row says what the book said after it.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00.000000"
NONE = "0" * 32
TICK = timedelta(microseconds=1)

place = sa.table("place", sa.column("id", sa.Uuid()), sa.column("kind", sa.String()))
entry = sa.table("entry", sa.column("uuid", sa.Uuid()), sa.column("received_at", sa.DateTime()))
slip = sa.table(
    "stock_slip",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("place_id", sa.Uuid()),
    sa.column("occurred_at", sa.DateTime()),
    sa.column("stands_at", sa.DateTime()),
    sa.column("received_at", sa.DateTime()),
    sa.column("is_late", sa.Boolean()),
)
move = sa.table(
    "move",
    sa.column("seq", sa.BigInteger()),
    sa.column("slip_id", sa.Uuid()),
    sa.column("item_id", sa.Uuid()),
    sa.column("lot_id", sa.Uuid()),
    sa.column("measure", sa.String()),
    sa.column("quantity", sa.BigInteger()),
    sa.column("from_id", sa.Uuid()),
    sa.column("to_id", sa.Uuid()),
    sa.column("event_id", sa.Uuid()),
    sa.column("stands_at", sa.DateTime()),
    sa.column("is_fix", sa.Boolean()),
)
balance = sa.table(
    "balance",
    sa.column("lot_id", sa.Uuid()),
    sa.column("place_id", sa.Uuid()),
    sa.column("last_stand_at", sa.DateTime()),
)


def upgrade() -> None:
    count = _tables()
    _guards(False)
    op.drop_index("ix_move_item", "move")
    op.drop_index("ix_move_occurred", "move")
    _carry_over(count)
    op.drop_column("move", "occurred_at")
    if op.get_bind().dialect.name == "postgresql":
        for table, column in (
            ("stock_slip", "stands_at"),
            ("stock_slip", "received_at"),
            ("stock_slip", "is_late"),
            ("stock_slip", "scope"),
            ("move", "event_id"),
            ("move", "stands_at"),
            ("move", "is_fix"),
        ):
            op.alter_column(table, column, server_default=None)
        op.create_foreign_key("fk_move_event_id", "move", "stock_slip", ["event_id"], ["id"])
    _indexes()
    _guards(True)


def downgrade() -> None:
    raise NotImplementedError("what was counted where nothing differed has no place in the older tables")


def _tables() -> sa.Table:
    op.add_column("lot", sa.Column("disputed_on", sa.Date(), nullable=True))
    op.add_column("balance", sa.Column("last_stand_at", sa.DateTime(), nullable=True))
    moment: dict[str, Any] = {"nullable": False, "server_default": LONG_AGO}
    op.add_column("stock_slip", sa.Column("stands_at", sa.DateTime(), **moment))
    op.add_column("stock_slip", sa.Column("received_at", sa.DateTime(), **moment))
    op.add_column("stock_slip", sa.Column("is_late", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("stock_slip", sa.Column("scope", sa.String(40), nullable=False, server_default="listed"))
    if op.get_bind().dialect.name == "sqlite":  # a reference can be added with its column only
        op.execute(
            f"ALTER TABLE move ADD COLUMN event_id CHAR(32) NOT NULL DEFAULT '{NONE}' "
            "CONSTRAINT fk_move_event_id REFERENCES stock_slip (id)"
        )
    else:
        op.add_column("move", sa.Column("event_id", sa.Uuid(), nullable=False, server_default=NONE))
    op.add_column("move", sa.Column("stands_at", sa.DateTime(), **moment))
    op.add_column("move", sa.Column("is_fix", sa.Boolean(), nullable=False, server_default=sa.false()))
    return op.create_table(
        "stock_count",
        sa.Column("slip_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("seen_seq", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_counted")),
        sa.ForeignKeyConstraint(["slip_id"], ["stock_slip.id"], name=op.f("fk_stock_count_slip_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_count_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stock_count_place_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_count_item_id")),
        sa.PrimaryKeyConstraint("slip_id", "lot_id", name=op.f("pk_stock_count")),
    )


def _indexes() -> None:
    full = sa.text("scope <> 'listed'")
    op.create_index("ix_stock_slip_received_at", "stock_slip", ["received_at"])
    op.create_index(
        "ix_stock_slip_full", "stock_slip", ["place_id", "stands_at"], sqlite_where=full, postgresql_where=full
    )
    op.create_index("ix_stock_count_lot", "stock_count", ["lot_id", "place_id"])
    op.create_index("ix_move_item", "move", ["item_id", "stands_at", "event_id"])
    op.create_index("ix_move_lot", "move", ["lot_id", "stands_at", "event_id"])
    op.create_index("ix_move_stands", "move", ["stands_at"])
    op.create_index("ix_move_event", "move", ["event_id"])
    fix = sa.text("is_fix")
    op.create_index("ix_move_fix", "move", ["lot_id"], sqlite_where=fix, postgresql_where=fix)


def _carry_over(count: sa.Table) -> None:
    bind = op.get_bind()
    warehouses = set(bind.execute(sa.select(place.c.id).where(place.c.kind == "warehouse")).scalars())
    arrived = {row.uuid: row.received_at for row in bind.execute(sa.select(entry.c.uuid, entry.c.received_at))}
    slips = {
        row.id: row for row in bind.execute(sa.select(slip.c.id, slip.c.kind, slip.c.place_id, slip.c.occurred_at))
    }
    rows: dict[Any, list[Any]] = {id_: [] for id_ in slips}
    for row in bind.execute(sa.select(move).order_by(move.c.seq)):
        rows[row.slip_id].append(row)
    lasts: dict[tuple[Any, Any], Any] = {}
    sums: defaultdict[tuple[Any, Any], int] = defaultdict(int)
    stands, counts = [], []
    for id_ in sorted(rows, key=lambda id_: rows[id_][0].seq if rows[id_] else 0):
        deltas = _deltas(rows[id_], warehouses)
        stand = max([slips[id_].occurred_at, *(lasts[shelf] + TICK for shelf in deltas if shelf in lasts)])
        lasts |= dict.fromkeys(deltas, stand)
        for shelf, delta in deltas.items():
            sums[shelf] += delta
        received = arrived.get(id_, slips[id_].occurred_at)
        is_late = received > slips[id_].occurred_at
        stands.append({"_id": id_, "stands_at": stand, "received_at": received, "is_late": is_late})
        if slips[id_].kind == "count":
            counts += _counts(rows[id_], slips[id_].place_id, stand, sums)
    _write(count, stands, counts, lasts)


def _deltas(rows: list[Any], warehouses: set[Any]) -> dict[tuple[Any, Any], int]:
    """What the rows of a slip change on each shelf."""
    deltas: defaultdict[tuple[Any, Any], int] = defaultdict(int)
    for row in rows:
        for end, steps in ((row.from_id, -row.quantity), (row.to_id, row.quantity)):
            if end in warehouses:
                deltas[row.lot_id, end] += steps
    return deltas


def _counts(rows: list[Any], place_id: Any, stand: Any, sums: dict[tuple[Any, Any], int]) -> list[dict[str, Any]]:
    kept = {row.lot_id: row for row in rows}
    return [
        {"slip_id": row.slip_id, "lot_id": lot, "place_id": place_id, "item_id": row.item_id, "begun_at": stand}
        | {"counted": sums[lot, place_id], "measure": row.measure, "seen_seq": None}
        for lot, row in kept.items()
    ]


def _write(count: sa.Table, stands: list[Any], counts: list[Any], lasts: dict[tuple[Any, Any], Any]) -> None:
    bind = op.get_bind()
    if not stands:
        return
    named: dict[str, Any] = {name: sa.bindparam(name) for name in ("stands_at", "received_at", "is_late")}
    bind.execute(sa.update(slip).where(slip.c.id == sa.bindparam("_id")).values(**named), stands)
    if counts:
        bind.execute(sa.insert(count), counts)
    stand = sa.select(slip.c.stands_at).where(slip.c.id == move.c.slip_id).scalar_subquery()
    counted = move.c.slip_id.in_(sa.select(slip.c.id).where(slip.c.kind == "count"))
    bind.execute(sa.update(move).values(event_id=move.c.slip_id, stands_at=stand, is_fix=counted))
    latest = [{"_lot": lot, "_place": place, "last_stand_at": stand} for (lot, place), stand in lasts.items()]
    if latest:
        mine = (balance.c.lot_id == sa.bindparam("_lot"), balance.c.place_id == sa.bindparam("_place"))
        values: dict[str, Any] = {"last_stand_at": sa.bindparam("last_stand_at")}
        bind.execute(sa.update(balance).where(*mine).values(**values), latest)


def _guards(is_on: bool) -> None:
    """The triggers that refuse to change or delete a move: off while its columns change, then over the new ones."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    on = "" if is_sqlite else " ON move"
    if not is_on:
        op.execute(f"DROP TRIGGER move_no_delete{on}")
        op.execute(f"DROP TRIGGER move_no_update{on}")
        return
    columns = ", ".join(column["name"] for column in sa.inspect(op.get_bind()).get_columns("move"))
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        if is_sqlite
        else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER move_no_delete BEFORE DELETE ON move {refuse}")
    op.execute(f"CREATE TRIGGER move_no_update BEFORE UPDATE OF {columns} ON move {refuse}")
