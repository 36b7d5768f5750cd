"""Labels and refusals of publicity."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext, npgettext

from webapp.publicity import rules
from webapp.publicity.rules import Means, Unit

MEANS = {
    Means.NOTICE: _l("通告"),
    Means.LETTER: _l("公开信"),
    Means.BANNER: _l("横幅"),
    Means.SCREEN: _l("LED屏"),
    Means.VAN: _l("宣传车"),
    Means.BOARD: _l("宣传栏"),
    Means.LOUDSPEAKER: _l("广播"),
    Means.POST: _l("微信、QQ"),
}
UNITS = {
    Unit.COPY: lazy_pgettext("publicity", "份"),
    Unit.PIECE: lazy_pgettext("publicity", "条"),
    Unit.SITE: lazy_pgettext("publicity", "处"),
    Unit.VEHICLE: lazy_pgettext("publicity", "台"),
    Unit.POST: lazy_pgettext("publicity", "篇"),
}
_AMOUNTS: dict[Unit, Callable[[int], str]] = {
    Unit.COPY: lambda count: ngettext("%(num)d 份", "%(num)d 份", count),
    Unit.PIECE: lambda count: npgettext("publicity", "%(num)d 条", "%(num)d 条", count),
    Unit.SITE: lambda count: ngettext("%(num)d 处", "%(num)d 处", count),
    Unit.VEHICLE: lambda count: ngettext("%(num)d 台", "%(num)d 台", count),
    Unit.POST: lambda count: ngettext("%(num)d 篇", "%(num)d 篇", count),
}
REFUSALS = {
    "publicity-out-of-reach": _l("这个单位或场所不在您的管辖范围内。请重新选择，或请管理员调整管辖范围。"),
}


def unit_of(means: Means) -> str:
    return str(UNITS[rules.UNIT_OF[means]])


def amount(means: Means, count: int) -> str:
    """A count with the unit of its means."""
    return _AMOUNTS[rules.UNIT_OF[means]](count)
