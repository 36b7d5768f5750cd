"""Display texts of purging."""

from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.kernel.kinds import kinds
from webapp.kernel.purging import kind_of
from webapp.kernel.retention import rules_of
from webapp.kernel.space import Space
from webapp.kernel.tombstones import REQUEST, RESTORE, UNKNOWN

OTHER = _l("其他记录")
RULES = {
    REQUEST: _l("按申请清除"),
    RESTORE: _l("恢复备份后再次清除"),
    UNKNOWN: _l("本版本不认识的离线记录"),
}
SPACES = {
    Space.REWRITTEN: _l("数据库文件已整体重写，腾出的空间已覆盖，预写日志已清空。"),
    Space.OVERWRITTEN: _l("数据库中腾出的空间已覆盖，预写日志已清空；文件较大，没有整体重写。"),
    Space.VACUUMED: _l("已请数据库清理相关的表；页面的空闲处、数据库日志和备机上可能还留有旧的密文，写满后覆盖。"),
    Space.LEFT: _l("当时有人在读数据库，腾出的空间没有清理完，会在下一次清除时再清理。"),
}
JOB_WORDS = (
    (r"(?P<n>\d+) entries", _l("清除 %(n)s 条记录中的个人信息")),
    (r"(?P<n>\d+) entries could not be purged, (?P<done>\d+) were", _l("%(n)s 条没有清除成功，%(done)s 条已清除")),
)
REFUSALS = {
    "purge-not-found": _l("没有这条记录。请核对回执号或记录编号。"),
    "purge-done": _l("这条记录中的个人信息已经清除过了。"),
}


def rule_name(rule: str) -> Any:
    """The rule or request of a run."""
    if rule in RULES:
        return RULES[rule]
    keeps, _kinds = rules_of(kinds()).get(rule, (None, ()))
    return keeps.label if keeps else rule


def kind_name(name: str) -> Any:
    """The name of a kind's entries."""
    kind = kind_of(name)
    return kind.label if kind else OTHER
