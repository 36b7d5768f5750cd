"""Labels of verdicts, sampling points and limits."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.i18n import current, localised
from webapp.standards.rules import Judgement, Limit, Point, Quantity, Verdict

VERDICTS = {
    Verdict.WITHIN: _l("达标"),
    Verdict.ABOVE: _l("超标"),
    Verdict.BELOW: _l("低于下限"),
    Verdict.NO_LIMIT: _l("无限值"),
    Verdict.UNDETERMINED: _l("无法判定"),
}
QUANTITIES = {Quantity.TOTAL: _l("总余氯"), Quantity.FREE: _l("游离余氯")}
POINTS = {
    Point.CONTACT_TANK_OUTLET: _l("接触池出口"),
    Point.EXTERNAL_OUTLET: _l("总排放口"),
    Point.DEPARTMENT_OUTLET: _l("科室处理设施排放口"),
    Point.DECAY_TANK_OUTLET: _l("衰变池出口"),
    Point.STATION_AIR: _l("处理站周边"),
    Point.SLUDGE: _l("污泥"),
    Point.WASTE_STORE: _l("医废暂存间"),
    Point.DISPOSAL_PLANT: _l("处置单位"),
}
INSTITUTIONS = {
    "infectious": _l("传染病医疗机构"),
    "tuberculosis": _l("结核病医疗机构"),
    "general": _l("综合及其他医疗机构"),
    "small": _l("县级以下且不足20张床的医疗机构"),
    "municipal": _l("城镇污水处理厂"),
}
MEDICAL = _l("各类医疗机构")
CIRCUMSTANCES = {
    "surface_water": _l("排入地表水"),
    "sewer": _l("排入市政污水管网"),
    "chlorine": _l("含氯消毒"),
    "other": _l("非氯消毒"),
    "covid": _l("疫情情景"),
}
MISSING = {
    "institution": _l("医疗机构类别"),
    "route": _l("排放去向"),
    "disinfectant": _l("消毒剂种类"),
    "point": _l("采样点"),
    "quantity": _l("测的是总余氯还是游离余氯"),
    "contact_hours": _l("接触时间"),
    "effluent_class": _l("污水处理厂执行的排放级别"),
    "store_celsius": _l("贮存温度"),
    "total_chlorine": _l("总余氯读数（本标准按总余氯判定）"),
    "free_chlorine": _l("游离余氯读数（本方案按游离余氯判定）"),
    "number": _l("测得的数值（只写“检出”不能判定）"),
    "finer_method": _l("检出限更低或量程更合适的读数"),
    "longer_contact": _l("1小时以上的接触时间（不足1小时的没有规定数值，应提高投加量）"),
    "standard": _l("该项目的标准限值（本系统未收录）"),
}
# The sentence under a reading. The device fills the same texts, hence {name} placeholders instead of %(name)s.
SENTENCES = {
    Verdict.WITHIN: _l("达标（{range}{unit}） · {document} {clause}"),
    Verdict.ABOVE: _l("高于上限 {high}{unit} · {document} {clause}"),
    Verdict.BELOW: _l("低于下限 {low}{unit} · {document} {clause}"),
    Verdict.NO_LIMIT: _l("该项目在此没有限值，只记录不判定"),
    Verdict.UNDETERMINED: _l("无法判定，还缺：{missing}"),
}
# The text beside a field before a value is typed.
BEFOREHAND = {
    "limit": _l("限值 {range}{unit} · {document} {clause}"),
    "missing": _l("限值待定，还缺：{missing}"),
    "none": _l("此处没有限值"),
}
ABSENT = _l("检出，应不得检出 · {document} {clause}")
GUIDANCE = _l("（参考，条款待核对原文）")
INDICATIVE = _l("单次采样，供参考（限值为日均值）")


def unit_of(limit: Limit) -> str:
    return limit.unit_en if current() == "en" and limit.unit_en else limit.unit


def range_of(limit: Limit) -> str:
    """The range in words: 6.5–10, ≤ 60, > 6.5, not detected, no limit, or a dash without a number."""
    if limit.absent:
        return str(_("不得检出"))
    if limit.no_limit or limit.unstated:
        return str(_("不设限值")) if limit.no_limit else "—"
    if limit.low is not None and limit.high is not None:
        return f"{limit.low}–{limit.high}"
    if limit.low is not None:
        return f"{'≥' if limit.low_inclusive else '>'} {limit.low}"
    return f"{'≤' if limit.high_inclusive else '<'} {limit.high}"


def scope_of(limit: Limit) -> str:
    """The institutions, points and conditions of a limit, in words."""
    is_any_medical = set(limit.institution) == INSTITUTIONS.keys() - {"municipal"}
    is_any_medical = is_any_medical or bool(limit.except_institution)
    words = [MEDICAL] if is_any_medical else [INSTITUTIONS[code] for code in limit.institution]
    words += [CIRCUMSTANCES[code] for code in (limit.route, limit.disinfectant, limit.regime) if code]
    words += [_l("接触时间 ≥ %(hours)s h", hours=limit.contact_at_least)] if limit.contact_at_least else []
    words += [_l("接触时间 < %(hours)s h", hours=limit.contact_below)] if limit.contact_below else []
    words += [_l("贮存温度 ≥ %(celsius)s ℃", celsius=limit.celsius_at_least)] if limit.celsius_at_least else []
    words += [_l("贮存温度 < %(celsius)s ℃", celsius=limit.celsius_below)] if limit.celsius_below else []
    return str(_("、")).join(str(word) for word in words)


def sentence(judgement: Judgement) -> str:
    """The sentence under a reading, with the limit and its clause."""
    limit, missing = judgement.limit, _("、").join(str(MISSING.get(name, name)) for name in judgement.missing)
    is_detected = limit is not None and limit.absent and judgement.verdict is Verdict.ABOVE
    text = str(ABSENT if is_detected else SENTENCES[judgement.verdict])
    if limit is None:
        return text.format(missing=missing)
    unit = unit_of(limit)
    filled = text.format(
        range=range_of(limit),
        low=limit.low,
        high=limit.high,
        unit=f" {unit}" if unit else "",
        document=localised(limit, "document"),
        clause=localised(limit, "clause"),
        missing=missing,
    )
    return filled if limit.may_cite or judgement.verdict is Verdict.UNDETERMINED else f"{filled} {GUIDANCE}"
