"""Words of reports: states, evils, checks, refusals."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.i18n import write_number
from webapp.kernel.logged import Group, Logged
from webapp.reports.rules import CheckKind, Evil, Line, LineKind, Note, State

LOGGED = (Logged("report_kind.saved", _l("添加或修改日报告种类"), Group.SETTING),)
SUBJECTS = {"report_kind": _l("日报告种类")}
STATES = {
    State.DUE: _l("待报"),
    State.MISSING: _l("未报"),
    State.ZERO: _l("零报告"),
    State.REPORTED: _l("已报"),
    State.LATE: _l("迟报"),
    State.AMENDED: _l("报后改"),
}
# status and icon: a state is told by symbol and word, never by colour alone
STATE_STATUS = {
    State.DUE: "waiting",
    State.MISSING: "critical",
    State.ZERO: "ok",
    State.REPORTED: "ok",
    State.LATE: "warning",
    State.AMENDED: "warning",
}
ICONS = {
    State.DUE: "clock",
    State.MISSING: "cross",
    State.ZERO: "minus",
    State.REPORTED: "check",
    State.LATE: "warning",
    State.AMENDED: "edit",
}
LINE_KINDS = {
    LineKind.FIGURE: _l("系统算出的数"),
    LineKind.NUMBER: _l("单位自己报的数"),
    LineKind.TEXT: _l("文字"),
}
CHECK_KINDS = {
    CheckKind.SUM: _l("合计：总数等于各分项之和（先写总数的行号，再写各分项的）"),
    CheckKind.BALANCE: _l("结转：昨日 + 收入 − 支出 = 今日（依次写存量、收入、支出的行号）"),
    CheckKind.PART: _l("部分不超过总数（先写部分的行号，再写总数的）"),
    CheckKind.JUMP: _l("突变：与前七天的平均数差一半以上（写一个行号）"),
}
EVILS = {
    Evil.WRONG: (
        lazy_pgettext("evil", "错报"),
        _l("签报以后又改过数字的日报，后来又改回去的也算。只改文字说明的不算。"),
    ),
    Evil.LATE: (lazy_pgettext("evil", "迟报"), _l("第一次签报在截止时间之后。")),
    Evil.HIDDEN: (
        lazy_pgettext("evil", "瞒报"),
        _l("签报以后，当天的记录又有新到、更正或作废的，而日报还没有跟着改。设备没有网络也会这样，请先看是不是迟传。"),
    ),
    Evil.MISSING: (lazy_pgettext("evil", "漏报"), _l("过了截止时间还没有签报，零报告也没有。")),
}
WEEKDAYS = (
    ("1", _l("周一")),
    ("2", _l("周二")),
    ("3", _l("周三")),
    ("4", _l("周四")),
    ("5", _l("周五")),
    ("6", _l("周六")),
    ("7", _l("周日")),
)


def in_words(note: Note, lines: Iterable[Line]) -> Any:
    """What a check says, with the names of its lines."""
    names = {line.code: line.name for line in lines}
    first, *others = [names.get(code, code) for code in note.lines]
    stated, expected = write_number(note.stated), write_number(note.expected)
    if note.kind is CheckKind.SUM:
        return _(
            "“%(total)s”报了 %(stated)s，各分项（%(parts)s）加起来是 %(expected)s。",
            total=first,
            stated=stated,
            parts=_("、").join(others),
            expected=expected,
        )
    if note.kind is CheckKind.BALANCE:
        return _(
            "“%(line)s”报了 %(stated)s，按昨日的数加“%(plus)s”减“%(minus)s”应是 %(expected)s。",
            line=first,
            stated=stated,
            plus=others[0],
            minus=others[1],
            expected=expected,
        )
    if note.kind is CheckKind.PART:
        return _(
            "“%(part)s”报了 %(stated)s，比“%(whole)s”的 %(expected)s 还多。",
            part=first,
            stated=stated,
            whole=others[0],
            expected=expected,
        )
    return _(
        "“%(line)s”报了 %(stated)s，前七天平均是 %(expected)s，差了一半以上。",
        line=first,
        stated=stated,
        expected=expected,
    )


def number_words(numbers: Mapping[str, Any], code: str) -> str:
    """The stated number of a line; a dash if the version has no such line."""
    return write_number(numbers[code][1]) if code in numbers else "—"


REFUSALS = {
    "report-not-yours": _l("这份日报告不由您的单位报送，或这个单位已经撤销。请从“我的日报告”重新打开。"),
    "report-future": _l("还没有到这一天，不能提前签报。请到当天再签。"),
    "report-signed": _l(
        "刚才已有人签报了这一天的日报告，您的没有保存，内容还在下面。请先看已签的一份；数字不对的，请在那里更正。"
    ),
    "report-moved": _l("就在您填写的时候，记录有了变化，下面的数字已经换成最新的。您填写的都还在，请核对后再签报。"),
    "report-not-zero": _l("系统里已经有这一天的记录，不能按零报告签报。请核对下面的数字，逐项确认后签报。"),
    "report-kind-gone": _l("这种日报告不存在。请回到日报告种类重新打开。"),
    "report-kind-meanwhile": _l("刚才另有人添加了一种日报告，您的没有保存。请再保存一次。"),
    "report-kind-taken": _l("已经有同名的日报告，请换一个名称。"),
}
