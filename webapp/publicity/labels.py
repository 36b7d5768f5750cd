"""Labels and refusals of publicity."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext, npgettext

from webapp.publicity.rules import Means

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
# The unit of a count, alone and with a number.
_Unit = tuple[Any, Callable[[int], str]]
_COPY: _Unit = lazy_pgettext("publicity", "份"), lambda count: ngettext("%(num)d 份", "%(num)d 份", count)
_PIECE: _Unit = (
    lazy_pgettext("publicity", "条"),
    lambda count: npgettext("publicity", "%(num)d 条", "%(num)d 条", count),
)
_SITE: _Unit = lazy_pgettext("publicity", "处"), lambda count: ngettext("%(num)d 处", "%(num)d 处", count)
_VEHICLE: _Unit = lazy_pgettext("publicity", "台"), lambda count: ngettext("%(num)d 台", "%(num)d 台", count)
_POST: _Unit = lazy_pgettext("publicity", "篇"), lambda count: ngettext("%(num)d 篇", "%(num)d 篇", count)
_UNITS = {
    Means.NOTICE: _COPY,
    Means.LETTER: _COPY,
    Means.BANNER: _PIECE,
    Means.SCREEN: _SITE,
    Means.VAN: _VEHICLE,
    Means.BOARD: _SITE,
    Means.LOUDSPEAKER: _SITE,
    Means.POST: _POST,
}
REFUSALS = {
    "publicity-out-of-reach": _l("这个单位或场所不在您的管辖范围内。请重新选择，或请管理员调整管辖范围。"),
}


def unit_of(means: Means) -> Any:
    return _UNITS[means][0]


def amount(means: Means, count: int) -> str:
    """A count with the unit of its means."""
    return _UNITS[means][1](count)
