"""The figures of supplies."""

from functools import partial

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.figures import Figure
from webapp.supplies.lists import DATED, ITEMS, SLIPS
from webapp.supplies.queries import LOW, UNEXPLAINED, count_to_count, low_parts, parts_to_count
from webapp.supplies.rules import Expiry, SlipKind

_of_slips = partial(Figure, endpoint="supplies.slips", rows=SLIPS, unit=lazy_pgettext("figure", "张"))
_of_lots = partial(Figure, unit=lazy_pgettext("figure", "批"), tone="warning")
FIGURES = (
    Figure(
        "supplies.low",
        _l("低库存"),
        "supplies.items",
        ITEMS,
        {"low": LOW},
        unit=lazy_pgettext("figure", "种"),
        explained=_l(
            "可用结存低于低库存线的物资；您能看到的各仓库合在一起算。按单位、仓库看时，各按自己的结存和同一条低库存线比，从来没有过物资的不算。"
        ),
        tone="warning",
        parts=low_parts,
    ),
    _of_lots(
        "supplies.soon",
        _l("30 天内到期（批）"),
        endpoint="supplies.dated",
        rows=DATED,
        filters={"state": Expiry.SOON},
        title=_l("30 天内到期"),
        explained=_l("有结存、从今天起 30 天内到期的批次；在两个仓库有结存的算两次。"),
    ),
    _of_lots(
        "supplies.expired",
        _l("已过期（批）"),
        endpoint="supplies.dated",
        rows=DATED,
        filters={"state": Expiry.EXPIRED},
        title=_l("已过期"),
        explained=_l("有结存、已经过了有效期的批次；在两个仓库有结存的算两次。"),
        tone="refused",
    ),
    _of_lots(
        "supplies.to_count",
        _l("待盘点（批）"),
        endpoint="supplies.to_count",
        count=count_to_count,
        parts=parts_to_count,
        title=_l("待盘点"),
        explained=_l("记录互相矛盾、要盘点才能确定结存的批次，包括您自己的单据造成的。"),
        is_hidden_at_zero=True,
        is_personal=True,  # includes the shelves of the person's own slips
    ),
    _of_slips(
        "supplies.incoming",
        _l("今日入库单"),
        filters={"kind": SlipKind.IN},
        is_of_day=True,
        title=_l("入库单"),
        explained=_l("入库时间在这些天之内的入库单；冲销单另算，不在其中减去。"),
    ),
    _of_slips(
        "supplies.outgoing",
        _l("今日出库单"),
        filters={"kind": SlipKind.OUT},
        is_of_day=True,
        title=_l("出库单"),
        explained=_l("出库时间在这些天之内的出库单；冲销单另算，不在其中减去。"),
    ),
    _of_slips(
        "supplies.unexplained",
        _l("盘点差异待说明"),
        filters={"difference": UNEXPLAINED},
        explained=_l("与账面差得多、还没有人说明原因的盘点单。"),
        tone="warning",
        is_hidden_at_zero=True,
    ),
)
