"""Labels of supplies: categories, slips, reasons, refusals, and the format of quantities."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.i18n import current, write_number
from webapp.kernel.logged import Group, Logged
from webapp.supplies.rules import Category, CountScope, Expiry, Measure, Reason, SlipKind, split

CATEGORIES = {
    Category.DISINFECTION: _l("消杀类"),
    Category.PROTECTION: _l("防护类"),
    Category.OTHER: _l("其他"),
}
KINDS = {
    SlipKind.IN: _l("入库"),
    SlipKind.OUT: _l("出库"),
    SlipKind.TRANSFER: _l("调拨"),
    SlipKind.COUNT: _l("盘点"),
    SlipKind.UNDO: _l("冲销"),
}
ICONS = {SlipKind.IN: "in", SlipKind.OUT: "out", SlipKind.TRANSFER: "transfer", SlipKind.COUNT: "count"}
MODES = tuple(ICONS)  # of the counter, as its keys F1 to F4
PAPERS = {
    SlipKind.IN: _l("入库单"),
    SlipKind.OUT: _l("出库单"),
    SlipKind.TRANSFER: _l("调拨单"),
    SlipKind.COUNT: _l("盘点单"),
    SlipKind.UNDO: _l("冲销单"),
}
PREFIXES = {
    SlipKind.IN: "RK",
    SlipKind.OUT: "CK",
    SlipKind.TRANSFER: "DB",
    SlipKind.COUNT: "PD",
    SlipKind.UNDO: "CX",
}
REASONS = {
    Reason.PURCHASE: _l("采购"),
    Reason.ALLOCATION: _l("上级调拨"),
    Reason.DONATION: _l("捐赠"),
    Reason.RETURN: _l("退库"),
    Reason.OPENING: _l("期初结存"),
    Reason.ISSUE: _l("领用"),
    Reason.DISPOSAL: _l("报废"),
    Reason.LOSS: _l("损耗"),
    Reason.SUPPLIER_RETURN: _l("退供货方"),
    Reason.TRANSFER: _l("库间调拨"),
    Reason.COUNT: _l("盘点差异"),
    Reason.UNDO: _l("冲销"),
    Reason.SHORTFALL: _l("账面不足补记"),
}
SCOPES = {
    CountScope.LISTED: _l("只盘列出的批次"),
    CountScope.ITEMS: _l("列出物资的全部批次，没有列出的批次按 0 登记"),
    CountScope.WAREHOUSE: _l("整个仓库，没有列出的批次按 0 登记"),
}
EXPIRIES = {
    Expiry.NONE: _l("无有效期"),
    Expiry.GOOD: _l("有效期内"),
    Expiry.SOON: _l("临近有效期"),
    Expiry.EXPIRED: _l("已过期"),
}
EXPIRY_STATUS = {Expiry.NONE: "none", Expiry.GOOD: "ok", Expiry.SOON: "warning", Expiry.EXPIRED: "refused"}

FAULTS = {
    "differs": _l("结存与台账不符"),
    "unsettled": _l("台账与单据不符"),
    "count": _l("盘点数与台账不符"),
    "correction": _l("补记数与单据不符"),
    "undone": _l("已冲销的单据仍有收发"),
    "negative": _l("台账曾低于零"),
    "stand": _l("台账行与单据的时间不符"),
    "uncounted": _l("盘点单缺少清点数"),
    "not-found": _l("全盘单漏了有结存的批次"),
    "last-stand": _l("结存没有记到最近的单据"),
    "reserved": _l("预留数多于结存"),
}
LOGGED = (
    Logged("item.added", _l("添加物资"), Group.MASTER),
    Logged("item.changed", _l("修改物资"), Group.MASTER),
    Logged("item.pack-added", _l("增加包装"), Group.MASTER),
    Logged("item.barcode-added", _l("增加条码"), Group.MASTER),
    Logged("item.barcode-removed", _l("删除条码"), Group.MASTER),
    Logged("stock.imported", _l("导入物资和期初结存"), Group.STOCK, "item"),
    Logged("stock.in", _l("入库记账"), Group.STOCK, "stock_slip"),
    Logged("stock.out", _l("出库记账"), Group.STOCK, "stock_slip"),
    Logged("stock.transfer", _l("调拨记账"), Group.STOCK, "stock_slip"),
    Logged("stock.count", _l("盘点记账"), Group.STOCK, "stock_slip"),
    Logged("stock.undo", _l("冲销单据"), Group.CHANGE, "stock_slip"),
    Logged("stock.reservation-cut", _l("预留数量减少"), Group.STOCK, "stock_slip"),
    Logged("stock.difference-explained", _l("说明盘点差异"), Group.STOCK, "stock_slip"),
    Logged("lot.expiry-settled", _l("确定批次有效期"), Group.STOCK),
    Logged("lot.disputed", _l("批次有两个有效期，暂停出库"), Group.STOCK),
)
SUBJECTS = {"item": _l("物资"), "stock_slip": _l("出入库单据"), "lot": _l("物资批次")}
REFUSALS = {
    "stock-short": _l(
        "“%(item)s”批号 %(lot)s 只剩 %(left)s，不够 %(wanted)s。请改成 %(left)s 以内，或换一个批号；整张单据没有保存。"
    ),
    "stock-short-somewhere": _l("有一行的库存不够，整张单据没有保存。请核对结存后再确认。"),
    "stock-expired": _l("“%(item)s”批号 %(lot)s 已于 %(day)s 过期，不能这样出入库。请换一个批号，或按报废出库。"),
    "stock-nowhere": _l("“%(item)s”批号 %(lot)s 在这个仓库没有结存。请核对批号。"),
    "count-changed": _l("“%(item)s”批号 %(lot)s 的账面数在盘点时变了，现在是 %(book)s。请重新清点这一行再确认。"),
    "count-reserved": _l("“%(item)s”批号 %(lot)s 有已预留的数量，盘亏不能少于预留数。请先取消预留。"),
    "lot-differs": _l(
        "“%(item)s”批号 %(lot)s 以前登记的有效期是 %(day)s，与这次不同。请核对包装；确实不同的请换一个批号。"
    ),
    "lot-held": _l(
        "“%(item)s”批号 %(lot)s 登记过两个有效期（%(day)s 和 %(other)s），已暂停出库。请核对包装，在物资页上确认一个。"
    ),
    "lot-settled": _l("这个批次的有效期已经确认过了。请刷新页面核对。"),
    "stock-waited": _l("这张单据当时账面不足，没有入账。现在离线单据照实入账：请核对后提交，再到“待盘点”里清点。"),
    "lot-needed": _l("“%(item)s”要登记批号和有效期。请在这一行补填。"),
    "quantity-not-whole": _l("“%(item)s”的数量 %(typed)s %(unit)s 不是最小单位的整数倍。请改成整数%(unit)s。"),
    "measure-unknown": _l("“%(item)s”没有这种包装。请重新选择单位。"),
    "item-gone": _l("第 %(line)s 行的物资已不存在。请删除这一行后重新扫码。"),
    "warehouse-not-yours": _l("这个仓库不归您保管。请选择自己的仓库。"),
    "warehouse-same": _l("调出和调入是同一个仓库。请选择另一个仓库。"),
    "place-gone": _l("没有这个领用单位。请重新选择。"),
    "slip-is-undo": _l("冲销单不能再冲销。请重新登记一张。"),
    "slip-undone-already": _l("这张单据已经冲销过了，不能再冲销一次。"),
    "undo-goods-gone": _l(
        "不能冲销：“%(item)s”批号 %(lot)s 的货已由单据 %(number)s 用出去了。请按实际情况另开单据，或先冲销 %(number)s。"
    ),
    "undo-reserved": _l("不能冲销：“%(item)s”批号 %(lot)s 有已预留的数量。请先取消预留。"),
    "difference-reason-missing": _l("请填写差异原因，最多 200 个字。"),
    "slip-note-bad": _l("冲销原因太长或含有不能保存的字符，请修改后再提交。"),
    "item-code-taken": _l("这个物资编号已经有了，请换一个编号。"),
    "barcode-taken": _l("这个条码已经对应另一种物资。请核对，或先在那种物资里删除它。"),
    "barcode-broken": _l("这个条码不完整或校验位不对。请重新扫描。"),
    "barcode-check-digit": _l("这个条码最后一位校验码不对，没有记住。请重新扫描，或核对后重新输入。"),
    "pack-taken": _l("这种物资已有同名的包装。请换一个名称。"),
}
STOPS = {
    "unknown": _l("不认识这个条码：%(code)s"),
    "broken": _l("条码没有读完整或校验位不对：%(code)s。请再扫一次。"),
    "doubled": _l("条码里同一项内容出现了两次，不知道以哪个为准：%(code)s。请核对包装，手工填写。"),
    "check-digit": _l("条码最后一位校验码不对：%(code)s。请再扫一次，或核对后重新输入。"),
    "readings": _l("扫码枪可能漏了分隔符：“%(item)s”的条码 %(code)s 有不同的读法。请对照包装选一个，选了才加入。"),
    "serial-twice": _l("“%(item)s”序列号 %(serial)s 这张单据已经扫过，没有再加。"),
    "number-or-code": _l("%(code)s 既可以是数量，也是一种物资的编号。请选一个。"),
    "zero-times": _l("数量不能是 0。要去掉一行，请扫完后输入 0*。"),
    "expired": _l("“%(item)s”批号 %(lot)s 已于 %(day)s 过期，不能出库。"),
    "expired-in": _l("“%(item)s”批号 %(lot)s 已于 %(day)s 过期，不能入库。"),
    "short": _l("“%(item)s”批号 %(lot)s 只剩 %(left)s，没有再加。"),
    "short-any": _l("这个仓库可用的“%(item)s”只剩 %(left)s，没有再加。"),
    "none-here": _l("这个仓库没有可用的“%(item)s”。"),
    "lot-not-here": _l("这个仓库没有“%(item)s”批号 %(lot)s。"),
    "place-not-here": _l("“%(place)s”不能作为这张单据的去向。请换一个场所，或继续扫物资。"),
    "full": _l("一张单据最多 100 行。请先确认这一张，再开下一张。"),
    "no-line": _l("还没有扫到物资，不能改数量。"),
    "no-warehouse": _l("请先选择仓库。"),
}


NOTES = {
    "count": _l("条码里的数量：%(value)s，已按这个数加入。"),
    "unused": _l("条码里还有 %(value)s，没有登记。"),
    "rest": _l("条码里产品代码之后还有 %(value)s，没有登记。请按包装填写批号和有效期。"),
}


def measure_name(measure: Measure) -> str:
    return measure.en if current() == "en" else measure.zh


def item_name(item: Any) -> str:
    """In the person's language."""
    return str(item.name_en if current() == "en" else item.name)


def base_of(item: Any) -> Measure:
    return Measure("base", item.unit_zh, item.unit_en, item.scale)


def base_name(item: Any) -> str:
    """The unit of `in_base_units`."""
    return measure_name(base_of(item))


def in_base_units(steps: int | None, item: Any) -> Decimal | None:
    """A quantity in base units, as a number for files."""
    return None if steps is None else Decimal(steps) / item.scale


def amount(steps: int, item: Any) -> str:
    """A quantity in the customary unit if large enough (12.34 万只), else in the base unit; English does not use 万."""
    factor = item.customary_factor
    if factor and current() != "en" and abs(steps) >= factor * item.scale and str(factor).strip("0") == "1":
        measure = Measure("customary", item.customary_zh or "", item.customary_en or "", factor * item.scale)
    else:
        measure = base_of(item)
    return f"{write_number(Decimal(steps) / measure.steps)} {measure_name(measure)}"


def amount_in(steps: int, measure: Measure, item: Any) -> str:
    """A quantity in whole packs, with the rest in the base unit: 25 箱 3 瓶."""
    if measure.key in ("base", "customary"):
        return amount(steps, item)
    packs, rest = split(steps, measure)
    words = [f"{write_number(packs)} {measure_name(measure)}"] if packs or not rest else []
    return " ".join([*words, *([amount(rest, item)] if rest else [])])


def lot_name(number: str) -> str:
    return number or _("无批号")
