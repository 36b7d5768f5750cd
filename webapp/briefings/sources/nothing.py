"""What the reports name and no feature records yet: it stays a visible blank, to be filled in by hand in Word."""

from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds
from webapp.briefings.sources.group import Group

_blank = partial(Code, holds=Holds.NOTHING)
_MONEY = (
    _blank("money.planned", _l("统筹应急资金"), unit=_l("万元")),
    _blank("money.allocated", _l("先期拨付资金"), unit=_l("万元")),
    _blank("money.supplies", _l("累计筹备防疫物资的金额（含已收货未支付款项）"), unit=_l("万元")),
    _blank("money.unpaid", _l("已收货未支付款项"), unit=_l("万元")),
)
_CONTRACTS = (
    _blank("contracts.living", _l("生活用品保障的签约单位")),
    _blank("contracts.medical", _l("医药物品保障的签约单位")),
)
_PEOPLE = (
    _blank("people.screened", _l("摸排人数"), unit=_l("人")),
    _blank("people.observed", _l("观察对象人数"), unit=_l("人")),
    _blank("people.liaisons", _l("一对一责任人人数"), unit=_l("人")),
)
_DUTY = (
    _blank("duty.leader", _l("带班领导")),
    _blank("duty.officers", _l("值班人员")),
)
_WASTE = (_blank("waste.collected", _l("转运医疗废物"), unit=_l("吨")),)


def _group(prefix: str, label: Any, codes: tuple[Code, ...]) -> Group:
    return Group(prefix, label, lambda: codes, lambda _names, _asked: ())


GROUPS = (
    _group("money", _l("资金"), _MONEY),
    _group("contracts", _l("合同"), _CONTRACTS),
    _group("people", _l("人员跟踪"), _PEOPLE),
    _group("duty", _l("值班"), _DUTY),
    _group("waste", _l("医疗废物"), _WASTE),
)
