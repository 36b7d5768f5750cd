"""The words of the gate."""

from flask_babel import lazy_gettext as _l

from webapp.checkpoints.rules import Decision, IdType, Reason

ID_TYPES = {
    IdType.RESIDENT_ID: _l("居民身份证(含港澳台居民居住证)"),
    IdType.TRAVEL_PERMIT: _l("港澳台通行证"),
    IdType.FOREIGN_RESIDENT: _l("外国人永久居留身份证"),
    IdType.PASSPORT: _l("护照"),
}
DECISIONS = {Decision.PASS: _l("放行"), Decision.REFUSE: _l("劝返"), Decision.REFER: _l("转送留观")}
DECISION_STATUS = {Decision.PASS: "ok", Decision.REFUSE: "refused", Decision.REFER: "warning"}
REASONS = {
    Reason.FEVER: _l("体温异常"),
    Reason.RISK_AREA: _l("来自风险地区"),
    Reason.NO_TEMPERATURE: _l("未测体温"),
}
COLD = _l("体温偏低,请再测一次")
UNREADABLE = _l("体温请填成 36.5 的样子")
REFUSALS = {
    "gate-out-of-reach": _l("这个卡口不在您的值守范围内。请返回选择您值守的卡口。"),
    "already-inside": _l("这个人已登记在内,还没有登记离开。请先在右侧名单登记离开,再重新登记。"),
    "already-left": _l("这个人已经登记离开,不用再登记。"),
    "left-too-long-ago": _l("离开登记已超过10分钟,不能撤销。如人员返回,请重新登记进入。"),
    "reason-needed": _l("您的决定和规则建议不同,请填写理由后再提交。"),
}
