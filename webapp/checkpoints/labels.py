"""Labels and refusals of checkpoints."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.checkpoints.rules import Decision, Elsewhere, Reason
from webapp.kernel import personal
from webapp.kernel.logged import Group, Logged
from webapp.kernel.personal import IdType

ID_TYPES = {
    IdType.RESIDENT_ID: _l("居民身份证（含港澳台居民居住证）"),
    IdType.TRAVEL_PERMIT: _l("港澳台通行证"),
    IdType.FOREIGN_RESIDENT: _l("外国人永久居留身份证"),
    IdType.PASSPORT: _l("护照"),
}
DECISIONS = {Decision.PASS: _l("放行"), Decision.REFUSE: _l("劝返"), Decision.REFER: _l("转送留观")}
DECISION_STATUS = {Decision.PASS: "ok", Decision.REFUSE: "refused", Decision.REFER: "warning"}
ELSEWHERE = {Elsewhere.MOVE: _l("已经过来了：在那边登记离开"), Elsewhere.STAY: _l("两边都保留")}
UNDO_REASONS = (_l("按错了"), _l("登记错了人"), _l("人没有进来"))
REASONS = {
    Reason.FEVER: _l("体温异常"),
    Reason.RISK_AREA: _l("来自风险地区"),
    Reason.NO_TEMPERATURE: _l("未测体温"),
}
WHILE_TYPING = {
    "cold": _l("体温偏低，请再测一次"),
    "unreadable": _l("体温请填成 36.5 的样子"),
}
# What the device says before it keeps an entry (js/checkpoints-offline.js), as the server says it of the same form.
ON_A_DEVICE = {
    "gate": _l("请先选择卡口。"),
    "reachable": _l("手机号和证件号码至少填一项。"),
    "phone": _l("请填写11位手机号；港澳台和国外号码前加 + 和区号，例如 +852 91234567。"),
    "id_number": _l("证件号码不对，请对照证件再核对一遍。"),
    "id_type": _l("请选择证件类型。"),
    "who": _l("请填写手机号、车牌或证件号。"),
}
LOGGED = (
    Logged("visit.revealed", _l("查看来访人全号"), Group.REVEAL),
    Logged("visit.searched", _l("按个人信息查找来访"), Group.REVEAL),
    Logged("visit.departure-undone", _l("撤销离开登记"), Group.CHANGE),
)
SUBJECTS = {"visit": _l("来访登记")}
REFUSALS = {
    "gate-out-of-reach": _l("这个卡口不在您的值守范围内。请返回选择您值守的卡口。"),
    "already-inside": _l("这个人已登记在内，还没有登记离开。请先在“卡口值守”的在内人员里登记离开，再提交一次。"),
    "inside-elsewhere": _l("这个人在%(place)s登记在内，还没有登记离开。请选择怎样处理，再提交一次。"),
    "already-undone": _l("这次到达登记已经撤销过了，不用再撤销。"),
    "arrival-undone": _l("这次到达登记已经撤销，不用再登记离开。"),
    "arrival-missing": _l("这个人的到达登记还没有送到。请等到达登记送到后再提交。"),
    "nobody-inside": _l(
        "在内人员里没有找到这个人：可能已登记离开，也可能到达登记还没有送到。请核对手机号、车牌或证件号。"
    ),
    "several-inside": _l("有几个在内人员和这个号码相符。请选出离开的那一位。"),
    "already-left": _l("这个人已经登记离开，不用再登记。"),
    "left-too-long-ago": _l("离开登记已超过10分钟，不能撤销。如人员返回，请重新登记进入。"),
    "reason-needed": _l("您的决定和规则建议不同，请填写理由后再提交。"),
}


def _gates(term: Mapping[str, Any]) -> str:
    """The names of all gates in a refusal, with the punctuation of the reader's language."""
    return str(_("、")).join(str(_("“%(name)s”", name=name)) for name in term["names"])


TERMS = {"gates": _gates}


def who(visit: Any) -> str:
    """A visitor as pages name them: masked, with the plate or else the phone."""
    more = personal.mask_plate(visit.plate) if visit.plate else personal.mask_phone(visit.phone)
    return f"{personal.mask_name(visit.name)} {more}" if more else personal.mask_name(visit.name)
