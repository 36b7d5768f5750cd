"""The figures of supplies."""

from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.kernel.access import Reach
from webapp.kernel.figures import Figure
from webapp.supplies.lists import DATED, ITEMS, SLIPS
from webapp.supplies.queries import LOW, UNEXPLAINED, count_to_count
from webapp.supplies.rules import Expiry, SlipKind


def _to_count(reach: Reach, _filters: dict[str, Any]) -> int:
    return count_to_count(reach)


FIGURES = (
    Figure("supplies.low", _l("低库存"), "supplies.items", ITEMS, {"low": LOW}, tone="warning"),
    Figure("supplies.soon", _l("30 天内到期（批）"), "supplies.dated", DATED, {"state": Expiry.SOON}, tone="warning"),
    Figure("supplies.expired", _l("已过期（批）"), "supplies.dated", DATED, {"state": Expiry.EXPIRED}, tone="refused"),
    Figure(
        "supplies.to_count",
        _l("待盘点（批）"),
        "supplies.to_count",
        count=_to_count,
        tone="warning",
        is_hidden_at_zero=True,
        is_personal=True,  # includes the shelves of the person's own slips
    ),
    Figure("supplies.incoming", _l("今日入库单"), "supplies.slips", SLIPS, {"kind": SlipKind.IN}, is_of_day=True),
    Figure("supplies.outgoing", _l("今日出库单"), "supplies.slips", SLIPS, {"kind": SlipKind.OUT}, is_of_day=True),
    Figure(
        "supplies.unexplained",
        _l("盘点差异待说明"),
        "supplies.slips",
        SLIPS,
        {"difference": UNEXPLAINED},
        tone="warning",
        is_hidden_at_zero=True,
    ),
)
