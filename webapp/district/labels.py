"""Labels and refusals of the district's preferences."""

from flask_babel import lazy_gettext as _l

from webapp.district.rules import Comparison, Regime

REGIMES = {Regime.ORDINARY: _l("平时（常规标准）"), Regime.COVID: _l("疫情（应急标准）")}
COMPARISONS = {Comparison.AT_LEAST: _l("大于或等于"), Comparison.ABOVE: _l("大于")}
REFUSALS: dict[str, object] = {}
