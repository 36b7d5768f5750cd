"""Labels and refusals of the district's preferences."""

from flask_babel import lazy_gettext as _l

from webapp.district.rules import Comparison, Regime
from webapp.kernel.logged import Group, Logged

REGIMES = {Regime.ORDINARY: _l("平时（常规标准）"), Regime.COVID: _l("疫情（应急标准）")}
COMPARISONS = {Comparison.AT_LEAST: _l("大于或等于"), Comparison.ABOVE: _l("大于")}
LOGGED = (
    Logged("district.changed", _l("修改全区设置"), Group.SETTING),
    Logged("calendar.changed", _l("修改放假和调休"), Group.SETTING, "district"),
    Logged("retention.changed", _l("修改个人信息保存期限"), Group.SETTING, "district"),
)
SUBJECTS = {"district": _l("全区设置")}
REFUSALS: dict[str, object] = {}
