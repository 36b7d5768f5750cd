"""Labels and refusals of units."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.logged import Group, Logged
from webapp.units.rules import UnitKind

KINDS = {
    UnitKind.DISTRICT: _l("区（县）"),
    UnitKind.GROUP: _l("领导小组"),
    UnitKind.BUREAU: _l("部门"),
    UnitKind.TASK_FORCE: _l("工作专班"),
    UnitKind.SUBDISTRICT: _l("街道（乡镇）"),
    UnitKind.INSTITUTION: _l("单位"),
}
LOGGED = (
    Logged("unit.added", _l("添加单位"), Group.MASTER),
    Logged("unit.changed", _l("修改单位"), Group.MASTER),
)
SUBJECTS = {"unit": lazy_pgettext("list", "单位")}
REFUSALS = {
    "unit-code-taken": _l("这个单位编号已经有了，请换一个编号。"),
    "unit-circle": _l("有的单位互为上级。请检查“上级单位编号”这一列。"),
    "unit-beyond-reach": _l("只能在您管辖的单位之内添加和修改单位。请选择上级单位；最上级单位请全区管理员添加。"),
    "unit-too-deep": _l("单位层级太深，请放到更上一级的单位下面。"),
}
