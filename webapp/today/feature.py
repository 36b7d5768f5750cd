"""The contributions of Today and of the pages that everybody has."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import EVERYONE, Role
from webapp.kernel.board import Action, Panel
from webapp.kernel.deadlines import DueRows
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry
from webapp.today import following
from webapp.today.board import masters, unwell_jobs
from webapp.today.lists import AUTHORS, MINE
from webapp.today.views import bp

RECORDERS = (Role.INSPECTOR, Role.GATEKEEPER, Role.KEEPER, Role.CLERK, Role.ADMINISTRATOR)
READERS = (Role.APPROVER, Role.COMMANDER, Role.AUDITOR)
OVERSEERS = (Role.COMMANDER, Role.AUDITOR)
ADMINISTRATORS = (Role.ADMINISTRATOR,)

FEATURE = Feature(
    name="today",
    blueprint=bp,
    hub="today.area",
    navigation=(
        NavEntry("today.index", _l("今日"), "today", EVERYONE, order=0, bar=1),
        NavEntry("today.record", _l("登记"), "record", RECORDERS, order=1, bar=2),
        NavEntry("today.record", lazy_pgettext("list", "记录"), "list", READERS, order=1, bar=2),
        NavEntry("today.scan", _l("扫码"), "scan", EVERYONE, order=2, bar=3),
        NavEntry("today.tasks", _l("待办"), "tasks", EVERYONE, order=3, bar=4),
        NavEntry("today.me", _l("我的"), "me", EVERYONE, order=4, bar=5),
        NavEntry("today.mine", _l("我的记录"), "history", AUTHORS, order=5),
        NavEntry("today.system", _l("系统状态"), "warning", ADMINISTRATORS, Area.SYSTEM, order=95),
    ),
    actions=(Action("today.tasks", _l("督办待办事项"), "tasks", OVERSEERS, order=70, is_record=False),),
    lists=(MINE,),
    init_app=following.init_app,
    panels=(Panel("masters", ADMINISTRATORS, template="today/_masters.html", load=masters, order=60),),
    due=(
        DueRows(
            ADMINISTRATORS, unwell_jobs, kinds={"job.unwell": _l("定时工作失败"), "disk.low": _l("服务器磁盘快满了")}
        ),
    ),
)
