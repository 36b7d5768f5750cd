"""The lists of supplies: items with their stock, slips with their lines, batches by expiry."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.kernel import clock
from webapp.kernel.listing import Column, Detail, Listing, PageOf
from webapp.places import queries as places
from webapp.supplies import queries
from webapp.supplies.forms import DatedFilters, ItemFilters, SlipFilters
from webapp.supplies.labels import (
    CATEGORIES,
    EXPIRIES,
    EXPIRY_STATUS,
    KINDS,
    REASONS,
    amount,
    amount_in,
    base_name,
    in_base_units,
    item_name,
    lot_name,
)
from webapp.supplies.models import Balance, Item, Lot, Slip
from webapp.supplies.rules import Expiry, expiry_of

_IS_LOW = {False: _l("正常"), True: _l("库存低")}


def _is_low(item: Any) -> bool:
    return item.low_level is not None and (item.usable or 0) < item.low_level


ITEMS = Listing(
    "items",
    "supplies/items.html",
    _l("物资结存"),
    (
        Column("name", _l("名称"), item_name),
        Column("code", _l("编号"), lambda item: item.code, priority=2, sort=Item.code),
        Column("category", _l("类别"), lambda item: item.category, enum=CATEGORIES, priority=2),
        Column(
            "usable",
            _l("可用结存"),
            lambda item: amount(item.usable or 0, item),
            "number",
            plain=lambda item: in_base_units(item.usable or 0, item),
            unit=base_name,
        ),
        Column(
            "expired",
            _l("已过期"),
            lambda item: amount(item.expired, item) if item.expired else None,
            "number",
            priority=2,
            plain=lambda item: in_base_units(item.expired or 0, item),
        ),
        Column(
            "low_level",
            _l("低库存线"),
            lambda item: None if item.low_level is None else amount(item.low_level, item),
            "number",
            priority=3,
            plain=lambda item: in_base_units(item.low_level, item),
        ),
        Column("state", _l("状态"), _is_low, enum=_IS_LOW, tone={False: "ok", True: "warning"}),
    ),
    queries.select_items,
    queries.ITEM_ORDER,
    ItemFilters,
    url=PageOf("supplies.item", "item_id"),
    status=lambda item: "warning" if _is_low(item) else None,
    empty_title=_l("还没有物资"),
    empty_text=_l("可以载入标准物资目录，从 Excel 导入，或逐个新增。"),
    descending=False,
)


def _other(slip: Any) -> str | None:
    """The counterparty: as written on the slip, else the place."""
    name: str | None = slip.counterparty or slip.other_name
    return name


def _exported(line: Any, steps: int | None) -> Decimal | None:
    return in_base_units(steps, line.item)


LINES = Detail(
    "lines",
    _l("明细"),
    (
        Column("number", _l("单号"), lambda row: row[0].number),
        Column("kind", _l("类型"), lambda row: row[0].kind, enum=KINDS),
        Column("at", _l("时间"), lambda row: row[0].occurred_at, "moment"),
        Column("place", _l("仓库"), lambda row: row[0].place_name),
        Column("other", _l("往来单位"), lambda row: _other(row[0])),
        Column("code", _l("物资编号"), lambda row: row[1].item.code),
        Column("item", _l("名称"), lambda row: item_name(row[1].item)),
        Column("lot", _l("批号"), lambda row: row[1].lot),
        Column("expires_on", _l("有效期至"), lambda row: row[1].expires_on, "day"),
        Column(
            "quantity", _l("数量（减少为负）"), lambda row: _exported(row[1], row[1].quantity * row[1].sign), "number"
        ),
        Column("difference", _l("盘点差异"), lambda row: _exported(row[1], row[1].difference), "number"),
        Column("unit", _l("单位"), lambda row: base_name(row[1].item)),
        Column("packs", _l("按包装"), lambda row: amount_in(row[1].quantity, row[1].measure, row[1].item)),
    ),
    queries.lines_of_each,
)
SLIPS = Listing(
    "slips",
    "supplies/slips.html",
    _l("出入库单据"),
    (
        Column("number", _l("单号"), lambda slip: slip.number, sort=Slip.number),
        Column("kind", _l("类型"), lambda slip: slip.kind, enum=KINDS),
        Column("at", _l("时间"), lambda slip: slip.occurred_at, "moment", sort=Slip.occurred_at),
        Column("place", _l("仓库"), lambda slip: slip.place_name),
        Column("other", _l("往来单位"), _other, priority=2),
        Column("reason", _l("事由"), lambda slip: slip.reason, enum=REASONS, priority=2),
        Column("document", _l("外部单号"), lambda slip: slip.document, priority=3),
        Column("person", _l("经手人"), lambda slip: slip.person_name, priority=3),
    ),
    queries.select_slips,
    queries.SLIP_ORDER,
    SlipFilters,
    url=PageOf("supplies.slip", "slip_id"),
    details=(LINES,),
    reads=queries.OF_SLIP,
    axes=places.axes_of(Slip.place_id, Slip.occurred_at),
    empty_title=_l("还没有出入库单据"),
    empty_text=_l("仓库保管员在出入库台扫码确认后，单据会出现在这里。"),
)


def _expiry(row: Any) -> Expiry:
    return expiry_of(row.Lot.expires_on, clock.district_day(clock.now()))


DATED = Listing(
    "dated",
    "supplies/dated.html",
    _l("批次有效期"),
    (
        Column("item", _l("名称"), lambda row: item_name(row.Item)),
        Column("code", _l("编号"), lambda row: row.Item.code, priority=3),
        Column("lot", _l("批号"), lambda row: lot_name(row.Lot.number)),
        Column("expires_on", _l("有效期至"), lambda row: row.Lot.expires_on, "day", sort=Lot.expires_on),
        Column("state", _l("状态"), _expiry, enum=EXPIRIES, tone=EXPIRY_STATUS, priority=2),
        Column(
            "on_hand",
            _l("结存"),
            lambda row: amount(row.Balance.on_hand, row.Item),
            "number",
            plain=lambda row: in_base_units(row.Balance.on_hand, row.Item),
            unit=lambda row: base_name(row.Item),
        ),
        Column("place", _l("仓库"), lambda row: row.Balance.place_id, names=places.names, priority=2),
    ),
    queries.select_dated,
    queries.DATED_ORDER,
    DatedFilters,
    url=PageOf("supplies.item", "item_id", lambda row: row.Item.id),
    status=lambda row: "refused" if _expiry(row) is Expiry.EXPIRED else None,
    axes=places.axes_of(Balance.place_id),
    empty_title=_l("没有登记有效期的批次"),
    empty_text=_l("入库时登记了有效期的批次会按到期的先后排在这里。"),
    descending=False,
)
