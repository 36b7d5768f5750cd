"""Tables of items, packs, barcodes, lots, slips, counts, the ledger of moves, and balances."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from webapp.accounts.models import Person
from webapp.extensions import Model
from webapp.kernel.columns import Enumerated, Sealed, UtcDateTime, follow, key_column
from webapp.kernel.journal import Serial
from webapp.kernel.parse.codes import code_key, lot_key
from webapp.places.models import Place
from webapp.supplies.rules import Category, CountScope, Reason, SlipKind


def marked_index(name: str, mark: str, *columns: str) -> Index:
    """A partial index over the few rows with a mark, with the condition in the dialect of each database."""
    return Index(name, *columns, sqlite_where=text(f"{mark} = 1"), postgresql_where=text(mark))


class Item(Model):
    """An article. Quantities everywhere are whole numbers of steps; `scale` steps make one base unit."""

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("scale > 0", name="scale"),
        CheckConstraint("customary_factor > 1", name="customary_factor"),
        CheckConstraint("low_level >= 0", name="low_level"),
        Index("ix_item_code_key", "code_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    code_key: Mapped[str] = key_column("code", code_key)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    category: Mapped[Category] = mapped_column(Enumerated(Category))
    unit_zh: Mapped[str] = mapped_column(String(10))
    unit_en: Mapped[str] = mapped_column(String(20))
    scale: Mapped[int] = mapped_column(BigInteger, default=1)
    customary_zh: Mapped[str | None] = mapped_column(String(10))
    customary_en: Mapped[str | None] = mapped_column(String(30))
    customary_factor: Mapped[int | None] = mapped_column(BigInteger)  # base units
    has_expiry: Mapped[bool] = mapped_column(default=False)
    low_level: Mapped[int | None] = mapped_column(BigInteger)  # steps, over all warehouses
    is_closed: Mapped[bool] = mapped_column(default=False)

    # Steps in the visible warehouses: usable and expired.
    usable: Mapped[int | None] = query_expression()
    expired: Mapped[int | None] = query_expression()
    packs: Mapped[list["Pack"]] = relationship(lazy="selectin", order_by="Pack.quantity")
    barcodes: Mapped[list["Barcode"]] = relationship(order_by="Barcode.code")


class Pack(Model):
    """A pack of an item (箱) with its number of steps. Never changed, because old slips refer to it."""

    __tablename__ = "item_pack"
    __table_args__ = (UniqueConstraint("item_id", "name"), CheckConstraint("quantity > 0", name="quantity"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    name_en: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int] = mapped_column(BigInteger)


class Barcode(Model):
    """A GTIN (14 digits) or another maker's code of an item or of one of its packs."""

    __tablename__ = "item_barcode"
    __table_args__ = (Index("ix_item_barcode_code_key", "code_key", unique=True),)

    code: Mapped[str] = mapped_column(String(200), primary_key=True)
    code_key: Mapped[str] = key_column("code", code_key)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    pack_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_pack.id"))


class Lot(Model):
    """A batch of an item. Goods without a batch number belong to the lot with an empty number.

    `number` is shown as first written, `number_key` identifies the lot. `disputed_on` is a second expiry from a slip of
    the field: the lot is on hold until somebody decides.
    """

    __tablename__ = "lot"
    __table_args__ = (
        Index("ix_lot_number_key", "item_id", "number_key", unique=True),
        Index("ix_lot_expires_on", "expires_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    number: Mapped[str] = mapped_column(String(20))
    number_key: Mapped[str] = key_column("number", lot_key)
    made_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    disputed_on: Mapped[date | None]


class Slip(Model):
    """The document of an entry: 入库单, 出库单, 调拨单, 盘点单, 冲销单. Its `id` is the entry's uuid.

    `stands_at` and `id` are its position in the order of a shelf; an undo has the position of its slip. `is_late`: it
    arrived from a device's outbox. `scope`: the lots that a count covers besides those it lists.
    """

    __tablename__ = "stock_slip"
    __table_args__ = (
        Index("ix_stock_slip_place", "place_id", "occurred_at"),
        Index(
            "ix_stock_slip_full",
            "place_id",
            "stands_at",
            sqlite_where=text("scope <> 'listed'"),
            postgresql_where=text("scope <> 'listed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[SlipKind] = mapped_column(Enumerated(SlipKind))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))
    counterparty: Mapped[str | None] = mapped_column(Sealed("stock_slip.counterparty"))
    document: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[Reason] = mapped_column(Enumerated(Reason))
    note: Mapped[str | None] = mapped_column(Sealed("stock_slip.note"))
    difference_reason: Mapped[str | None] = mapped_column(Sealed("stock_slip.difference_reason"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_slip.id"), unique=True)
    stands_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    is_late: Mapped[bool] = mapped_column(default=False)
    scope: Mapped[CountScope] = mapped_column(Enumerated(CountScope), default=CountScope.LISTED)

    place: Mapped[Place] = relationship(Place, foreign_keys=place_id, lazy="joined", innerjoin=True, viewonly=True)
    other: Mapped[Place] = relationship(Place, foreign_keys=other_id, lazy="joined", viewonly=True)
    person: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)


class StockCount(Model):
    """The counted quantity of a lot in steps: one row for each lot of a count, also without a difference.

    `seen_seq` is the newest move of the shelf when the line was opened at `begun_at`. Two marks are derived from the
    present slips of the shelf: `is_disturbed` (goods moved during the count, and there is no later count) and
    `wants_reason` (far from the book, and not explained). `explained` is the difference in steps for which a reason was
    given.
    """

    __tablename__ = "stock_count"
    __table_args__ = (
        CheckConstraint("counted >= 0", name="counted"),
        Index("ix_stock_count_lot", "lot_id", "place_id"),
        marked_index("ix_stock_count_disturbed", "is_disturbed", "lot_id", "place_id"),
        marked_index("ix_stock_count_wants_reason", "wants_reason", "slip_id"),
    )

    slip_id: Mapped[UUID] = mapped_column(ForeignKey("stock_slip.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    counted: Mapped[int] = mapped_column(BigInteger)
    measure: Mapped[str] = mapped_column(String(40))
    seen_seq: Mapped[int | None] = mapped_column(BigInteger)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_disturbed: Mapped[bool] = mapped_column(default=False, server_default=false())
    wants_reason: Mapped[bool] = mapped_column(default=False, server_default=false())
    explained: Mapped[int | None] = mapped_column(BigInteger)


class Move(Model):
    """A row of the ledger: inserted, never changed. A mistake is corrected by a reversing move.

    `slip_id` is the slip that caused the row, `event_id` the slip whose position (`stands_at`) the row has. They differ
    for the rows of an undo and for corrections (`is_fix`).
    """

    __tablename__ = "move"
    __table_args__ = (
        UniqueConstraint("slip_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_id <> to_id", name="ends"),
        Index("ix_move_item", "item_id", "stands_at", "event_id"),
        Index("ix_move_lot", "lot_id", "stands_at", "event_id"),
        Index("ix_move_stands", "stands_at"),
        Index("ix_move_event", "event_id"),
        Index(
            "ix_move_shortfall",
            "event_id",
            sqlite_where=text("reason = 'shortfall'"),
            postgresql_where=text("reason = 'shortfall'"),
        ),
    )

    seq: Mapped[int] = mapped_column(Serial, primary_key=True)
    slip_id: Mapped[UUID] = mapped_column(ForeignKey("stock_slip.id"))
    line_no: Mapped[int]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    measure: Mapped[str] = mapped_column(String(40))  # the unit it was counted in: base, customary or a pack's id
    from_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    reason: Mapped[Reason] = mapped_column(Enumerated(Reason))
    reverses: Mapped[int | None] = mapped_column(ForeignKey("move.seq"), unique=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("stock_slip.id"))
    stands_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_fix: Mapped[bool] = mapped_column(default=False)


class Balance(Model):
    """The stock of a lot in a warehouse. Changed only by conditional updates in a move's transaction.

    `last_stand_at` is the position of the shelf's latest slip.
    """

    __tablename__ = "balance"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        Index("ix_balance_place", "place_id"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    last_stand_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


follow(Item.code, "code_key", code_key)
follow(Barcode.code, "code_key", code_key)
follow(Lot.number, "number_key", lot_key)
