"""Units, places and preferences of the demonstration district."""

from decimal import Decimal
from typing import Any

from webapp.district.rules import Preferences, Regime
from webapp.places.rules import DischargeRoute, Disinfectant, Institution, PlaceKind
from webapp.units.rules import UnitKind

PREFERENCES = Preferences(
    name_zh="云川区",
    name_en="Yunchuan District",
    regime=Regime.COVID,
    fever_celsius=Decimal("37.3"),
    risk_areas=("湖北省武汉市", "湖北省孝感市", "湖北省黄冈市", "河南省信阳市", "浙江省温州市"),
)

# code, name, kind, parent
UNITS = (
    ("DISTRICT", "云川区新型冠状病毒感染疫情处置工作领导小组", UnitKind.GROUP, None),
    ("SUP", "应急保障组", UnitKind.TASK_FORCE, "DISTRICT"),
    ("CONTROL", "社会防控专班", UnitKind.TASK_FORCE, "DISTRICT"),
    ("MONITOR", "疫情监测专班", UnitKind.TASK_FORCE, "DISTRICT"),
    ("AUDIT", "督查督办专班", UnitKind.TASK_FORCE, "DISTRICT"),
    ("EPB", "生态环境分局", UnitKind.BUREAU, "DISTRICT"),
    ("EPB-LAW", "生态环境执法大队", UnitKind.INSTITUTION, "EPB"),
    ("HEALTH", "卫生健康局", UnitKind.BUREAU, "DISTRICT"),
    ("ZONE", "经济开发区管委会", UnitKind.SUBDISTRICT, "DISTRICT"),
    ("CITY", "城关街道办事处", UnitKind.SUBDISTRICT, "CONTROL"),
    ("EMERGENCY", "应急管理局", UnitKind.BUREAU, "SUP"),
    ("TRADE", "商务局", UnitKind.BUREAU, "SUP"),
    ("TRAFFIC", "公安交警大队", UnitKind.BUREAU, "CONTROL"),
    ("FINANCE", "财政局", UnitKind.BUREAU, "DISTRICT"),
    ("INDUSTRY", "工业和信息化局", UnitKind.BUREAU, "DISTRICT"),
    ("MARKET", "市场监督管理局", UnitKind.BUREAU, "DISTRICT"),
    ("EPB-MON", "环境监测中心", UnitKind.INSTITUTION, "EPB"),
    ("ZONE-1", "园区社会防控专班", UnitKind.TASK_FORCE, "ZONE"),
    ("ZONE-2", "园区疫情监测专班", UnitKind.TASK_FORCE, "ZONE"),
    ("ZONE-3", "园区督查督办专班", UnitKind.TASK_FORCE, "ZONE"),
)

# task force -> the units that work in it and stand elsewhere
MEMBERS = {"SUP": ("EPB", "FINANCE", "HEALTH", "INDUSTRY", "MARKET")}

# unit -> leader and person responsible, by username
ANSWERABLE = {
    "DISTRICT": ("mayor", "commander"),
    "SUP": ("vice-mayor", "approver"),
    "CONTROL": ("commander", "gatekeeper2"),
    "MONITOR": ("commander", "inspector3"),
    "AUDIT": ("commander", "auditor"),
    "EPB": ("epb-head", "inspector"),
    "EPB-LAW": ("inspector", "inspector2"),
    "HEALTH": ("health-head", "inspector3"),
    "ZONE": ("zone-head", "keeper2"),
    "CITY": ("commander", "gatekeeper3"),
    "EMERGENCY": ("approver", "keeper"),
    "TRADE": ("trade-head", None),
    "TRAFFIC": ("commander", "gatekeeper2"),
    "FINANCE": ("finance-head", "finance-head"),
    "INDUSTRY": ("industry-head", "industry-head"),
    "MARKET": ("market-head", "market-head"),
    "EPB-MON": ("inspector2", "inspector2"),
    "ZONE-1": ("zone-head", "gatekeeper4"),
    "ZONE-2": ("zone-head", "clerk"),
    "ZONE-3": ("zone-head", "liaison"),
}

_CHLORINE = {"disinfectant": Disinfectant.CHLORINE}
_INFECTIOUS = {"institution": Institution.INFECTIOUS, "discharge_route": DischargeRoute.SEWER} | _CHLORINE
_TO_RIVER = {"institution": Institution.GENERAL, "discharge_route": DischargeRoute.SURFACE_WATER} | _CHLORINE
_TO_SEWER = {"institution": Institution.GENERAL, "discharge_route": DischargeRoute.SEWER} | _CHLORINE
_SMALL = {"institution": Institution.SMALL} | _CHLORINE
_H, _F, _L = PlaceKind.HOSPITAL, PlaceKind.FEVER_CLINIC, PlaceKind.CDC_LABORATORY

# outlets and waste stores -> the place that they belong to
PARENTS = {
    "O-01": "H-01",
    "O-02": "H-02",
    "O-03": "H-05",
    "O-04": "H-06",
    "W-01": "H-01",
    "W-02": "H-02",
    "W-03": "H-03",
    "W-04": "G-01",
    "F-01": "H-02",
    "F-02": "H-03",
    "F-03": "H-07",
}

# code, name, kind, unit, address, more
PLACES: tuple[tuple[str, str, PlaceKind, str, str, dict[str, Any]], ...] = (
    ("H-01", "云川区第三人民医院（传染病医院）", _H, "EPB", "青云路118号", {"beds": 320} | _INFECTIOUS),
    ("H-02", "云川区人民医院", _H, "EPB", "人民大道66号", {"beds": 860} | _TO_SEWER),
    ("H-03", "云川区中医院", _H, "EPB", "文昌街21号", {"beds": 420} | _TO_SEWER),
    ("H-04", "云川区妇幼保健院", _H, "EPB", "环城东路9号", {"beds": 180} | _TO_SEWER),
    ("H-05", "青石镇中心卫生院", _H, "EPB", "青石镇正街40号", {"beds": 60} | _TO_RIVER),
    ("H-06", "罗桥镇中心卫生院", _H, "EPB", "罗桥镇府前路3号", {"beds": 48} | _TO_RIVER),
    ("H-07", "开发区医院", _H, "EPB", "园区二路55号", {"beds": 150} | _TO_SEWER),
    ("H-08", "长桥镇卫生院", _H, "EPB", "长桥镇东街17号", {"beds": 18} | _SMALL),
    ("H-09", "湖畔乡卫生院", _H, "EPB", "湖畔乡政府旁", {"beds": 12} | _SMALL),
    ("F-01", "区人民医院发热门诊", _F, "EPB", "人民大道66号北院", {"beds": 20} | _INFECTIOUS),
    ("F-02", "区中医院发热门诊", _F, "EPB", "文昌街21号西楼", {"beds": 8} | _TO_SEWER),
    ("F-03", "开发区医院发热门诊", _F, "EPB", "园区二路55号南侧", {"beds": 6} | _TO_SEWER),
    ("L-01", "区疾病预防控制中心实验室", _L, "EPB", "学府路88号", {"beds": 0} | _TO_SEWER),
    ("O-01", "第三人民医院污水总排口", PlaceKind.OUTLET, "EPB", "青云路118号", _INFECTIOUS),
    ("O-02", "区人民医院污水总排口", PlaceKind.OUTLET, "EPB", "人民大道66号", _TO_SEWER),
    ("O-03", "青石镇中心卫生院排放口", PlaceKind.OUTLET, "EPB", "青石镇正街40号", _TO_RIVER),
    ("O-04", "罗桥镇中心卫生院排放口", PlaceKind.OUTLET, "EPB", "罗桥镇府前路3号", _TO_RIVER),
    ("W-01", "第三人民医院医废暂存间", PlaceKind.WASTE_STORE, "EPB", "青云路118号后院", {}),
    ("W-02", "区人民医院医废暂存间", PlaceKind.WASTE_STORE, "EPB", "人民大道66号地下一层", {}),
    ("W-03", "区中医院医废暂存间", PlaceKind.WASTE_STORE, "EPB", "文昌街21号", {}),
    ("W-04", "迎宾酒店留观点医废暂存间", PlaceKind.WASTE_STORE, "EPB", "迎宾路5号", {}),
    ("T-01", "洁源医疗废物转运有限公司", PlaceKind.CARRIER, "EPB", "物流园3号", {}),
    ("D-01", "绿安医疗废物处置中心", PlaceKind.DISPOSAL_PLANT, "EPB", "秋水镇工业路1号", {}),
    ("S-01", "城东污水处理厂", PlaceKind.WASTEWATER_WORKS, "EPB", "云江东岸", {}),
    ("S-02", "开发区污水处理厂", PlaceKind.WASTEWATER_WORKS, "EPB", "园区六路", {}),
    ("B-01", "石坝水库饮用水水源地", PlaceKind.WATER_SOURCE, "EPB", "平田乡", {}),
    ("B-02", "云江城区段饮用水水源地", PlaceKind.WATER_SOURCE, "EPB", "城南街道", {}),
    ("B-03", "金鸡水库饮用水水源地", PlaceKind.WATER_SOURCE, "EPB", "秋水镇", {}),
    ("E-01", "康泽生物制药有限公司", PlaceKind.ENTERPRISE, "ZONE", "园区一路18号", {}),
    ("E-02", "明泽药业有限公司", PlaceKind.ENTERPRISE, "ZONE", "园区一路36号", {}),
    ("E-03", "远程汽车零部件有限公司", PlaceKind.ENTERPRISE, "ZONE", "园区三路2号", {}),
    ("E-04", "福满食品有限公司", PlaceKind.ENTERPRISE, "ZONE", "园区三路77号", {}),
    ("E-05", "恒丰纺织有限公司", PlaceKind.ENTERPRISE, "ZONE", "园区五路12号", {}),
    ("CP-01", "城北高速卡口", PlaceKind.CHECKPOINT, "CONTROL", "沿江高速云川北出口", {}),
    ("CP-02", "国道南卡口", PlaceKind.CHECKPOINT, "CONTROL", "316国道南段", {}),
    ("CP-03", "开发区东门卡口", PlaceKind.CHECKPOINT, "ZONE", "园区一路东门", {}),
    ("CP-04", "火车站卡口", PlaceKind.CHECKPOINT, "CONTROL", "站前路1号", {}),
    ("G-01", "迎宾酒店集中留观点", PlaceKind.OBSERVATION_SITE, "MONITOR", "迎宾路5号", {"beds": 160}),
    ("G-02", "党校集中留观点", PlaceKind.OBSERVATION_SITE, "MONITOR", "学府路12号", {"beds": 90}),
    ("WH-01", "应急物资中心仓库", PlaceKind.WAREHOUSE, "SUP", "应急管理局院内", {}),
    ("WH-02", "开发区物资点", PlaceKind.WAREHOUSE, "ZONE", "园区服务中心一楼", {}),
    ("WH-03", "卫健局物资库", PlaceKind.WAREHOUSE, "SUP", "学府路86号", {}),
)
