"""Labels and refusals of places."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.logged import Group, Logged
from webapp.places.rules import DischargeRoute, Disinfectant, Institution, PlaceKind

KINDS = {
    PlaceKind.HOSPITAL: _l("医院"),
    PlaceKind.FEVER_CLINIC: _l("发热门诊"),
    PlaceKind.CDC_LABORATORY: _l("疾控实验室"),
    PlaceKind.WASTE_STORE: _l("医废暂存间"),
    PlaceKind.CARRIER: _l("医废转运单位"),
    PlaceKind.DISPOSAL_PLANT: _l("医废处置单位"),
    PlaceKind.WASTEWATER_WORKS: _l("污水处理厂"),
    PlaceKind.OUTLET: _l("排放口（采样点）"),
    PlaceKind.WATER_SOURCE: _l("饮用水水源地"),
    PlaceKind.ENTERPRISE: _l("企业"),
    PlaceKind.CHECKPOINT: _l("卡口"),
    PlaceKind.OBSERVATION_SITE: _l("留观点"),
    PlaceKind.WAREHOUSE: _l("仓库"),
    PlaceKind.SUPPLIER: _l("供货方"),
    PlaceKind.CONSUMPTION: _l("领用"),
    PlaceKind.LOSS: _l("损耗"),
    PlaceKind.DISPOSAL: _l("报废"),
    PlaceKind.FOUND: _l("盘盈"),
    PlaceKind.DIFFERENCE: _l("盘点差异"),
}
INSTITUTIONS = {
    Institution.INFECTIOUS: _l("传染病、结核病医疗机构"),
    Institution.GENERAL: _l("综合及其他医疗机构（县级及以上或20张床以上）"),
    Institution.SMALL: _l("县级以下且不足20张床的医疗机构"),
}
ROUTES = {
    DischargeRoute.SURFACE_WATER: _l("直接或间接排入地表水"),
    DischargeRoute.SEWER: _l("排入市政污水管网（有二级污水处理厂）"),
}
DISINFECTANTS = {Disinfectant.CHLORINE: _l("含氯消毒剂"), Disinfectant.OTHER: _l("臭氧、紫外等非氯消毒")}
LOGGED = (
    Logged("place.added", _l("添加场所"), Group.MASTER),
    Logged("place.changed", _l("修改场所"), Group.MASTER),
    Logged("place.contact-revealed", _l("查看场所联系人电话"), Group.REVEAL),
)
SUBJECTS = {"place": lazy_pgettext("list", "场所")}
REFUSALS = {
    "place-code-taken": _l("这个场所编号已经有了，请换一个编号。"),
    "place-beyond-reach": _l("只能管理您管辖范围内的场所。请选择您管辖的单位，或请全区管理员办理。"),
}
