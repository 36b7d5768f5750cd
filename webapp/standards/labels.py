"""The words of verdicts, sampling points and limits."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.i18n import localised
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
MISSING = {
    "institution": _l("医疗机构类别"),
    "route": _l("排放去向"),
    "disinfectant": _l("消毒剂种类"),
    "point": _l("采样点"),
    "quantity": _l("测的是总余氯还是游离余氯"),
    "contact_hours": _l("接触时间"),
    "total_chlorine": _l("总余氯读数(本标准按总余氯判定)"),
    "free_chlorine": _l("游离余氯读数(本方案按游离余氯判定)"),
}
# The sentence under a reading; the phone fills the same ones, so they have {places}, not %(places)s.
SENTENCES = {
    Verdict.WITHIN: _l("达标({range}{unit}) · {document} {clause}"),
    Verdict.ABOVE: _l("高于上限 {high}{unit} · {document} {clause}"),
    Verdict.BELOW: _l("低于下限 {low}{unit} · {document} {clause}"),
    Verdict.NO_LIMIT: _l("该项目在此没有限值,只记录不判定"),
    Verdict.UNDETERMINED: _l("无法判定,还缺:{missing}"),
}
GUIDANCE = _l("(参考,条款待核对原文)")
INDICATIVE = _l("单次采样,供参考(限值为日均值)")


def range_of(limit: Limit) -> str:
    """Its two ends as people write them: 6.5–10, ≤ 60, > 6.5, not detected."""
    if limit.absent:
        return _("不得检出")
    if limit.low is not None and limit.high is not None:
        return f"{limit.low}–{limit.high}"
    if limit.low is not None:
        return f"{'≥' if limit.low_inclusive else '>'} {limit.low}"
    return f"{'≤' if limit.high_inclusive else '<'} {limit.high}"


def sentence(judgement: Judgement) -> str:
    """What stands under a reading, with the limit and its clause."""
    limit = judgement.limit
    text = str(SENTENCES[judgement.verdict])
    if limit is None:
        return text.format(missing=_("、").join(str(MISSING.get(name, name)) for name in judgement.missing))
    unit = f" {limit.unit}" if limit.unit else ""
    said = text.format(
        range=range_of(limit),
        low=limit.low,
        high=limit.high,
        unit=unit,
        document=localised(limit, "document"),
        clause=localised(limit, "clause"),
        missing="",
    )
    return said if limit.may_cite else f"{said} {GUIDANCE}"


