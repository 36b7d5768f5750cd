"""What the reports name and no feature records yet: it stays a visible blank, to be filled in by hand in Word."""

from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds
from webapp.briefings.sources.group import BY_HAND, Group, Remedy

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
_NAMES = (
    _blank("names.city", _l("上级市的名称")),
    _blank("names.service_centre", _l("调用车辆的服务中心")),
    _blank("names.traffic_police", _l("办理通行证的交警大队")),
    _blank("names.fire_brigade", _l("指导现场洗消的消防大队")),
)


def _group(prefix: str, label: Any, codes: tuple[Code, ...], feature: Any = None) -> Group:
    """`feature` is what will record it, if anything will."""

    def remedy(_printed: Any, _actor: Any) -> Remedy:
        return (
            Remedy(_("还没有功能登记，以后由“%(what)s”来填。请先在 Word 里补填。", what=feature))
            if feature
            else BY_HAND
        )

    return Group(prefix, label, lambda: codes, lambda _names, _asked: (), remedy=remedy)


GROUPS = (
    _group("money", _l("资金"), _MONEY, _l("采购和付款")),
    _group("contracts", _l("合同"), _CONTRACTS, _l("采购和付款")),
    _group("people", _l("人员跟踪"), _PEOPLE, _l("人员跟踪")),
    _group("duty", _l("值班"), _DUTY, _l("值班表")),
    _group("waste", _l("医疗废物"), _WASTE, _l("医疗废物转运")),
    _group("names", _l("协作单位名称"), _NAMES),
)
