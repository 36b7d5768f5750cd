"""Words of reports: states, evils, checks, refusals."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.district.rules import Fault
from webapp.kernel.i18n import write_number
from webapp.kernel.logged import Group, Logged
from webapp.reports.rules import Check, CheckKind, Days, Evil, Line, LineKind, Note, Standing, State

LOGGED = (
    Logged("report_kind.saved", _l("添加或修改日报告种类"), Group.SETTING),
    Logged("report_layout.added", _l("添加上级报表"), Group.MASTER),
    Logged("report_layout.changed", _l("上传新的一版上级报表"), Group.MASTER),
    Logged("report_layout.closed", _l("停用上级报表"), Group.MASTER),
    Logged("report_layout.reopened", _l("恢复使用上级报表"), Group.MASTER),
    Logged("report_due.urged", _l("催报日报告"), Group.RECORD),
)
SUBJECTS = {"report_kind": _l("日报告种类"), "report_layout": _l("上级报表"), "report_due": _l("应报的日报告")}
# why a named cell of a layout is not filled
CELL_FAULTS = {
    "sheet": _l("名称指向的工作表不存在。请在 Excel 的“名称管理器”里重新指定。"),
    "area": _l("名称指的不是一个单元格。请改成指一个单元格（合并的单元格指整块也可以）。"),
    "merged": _l("指到了合并单元格的里面。请改指它左上角的一格。"),
    "formula": _l("这一格是公式，保持原样，不填。"),
}
STATES = {
    State.DUE: _l("待报"),
    State.MISSING: _l("未报"),
    State.ZERO: _l("零报告"),
    State.REPORTED: _l("已报"),
    State.LATE: _l("迟报"),
    State.AMENDED: _l("报后改"),
    State.UNSURE: _l("待复核"),
    State.RETURNED: _l("已退回"),
}
STANDINGS = {
    Standing.SIGNED: _l("已签报"),
    Standing.UNSURE: _l("待复核"),
    Standing.RETURNED: _l("已退回"),
    Standing.REPLACED: _l("已有新的一版"),
}
# status and icon: a state is told by symbol and word, never by colour alone
STATE_STATUS = {
    State.DUE: "waiting",
    State.MISSING: "critical",
    State.ZERO: "ok",
    State.REPORTED: "ok",
    State.LATE: "warning",
    State.AMENDED: "warning",
    State.UNSURE: "warning",
    State.RETURNED: "critical",
}
ICONS = {
    State.DUE: "clock",
    State.MISSING: "cross",
    State.ZERO: "minus",
    State.REPORTED: "check",
    State.LATE: "warning",
    State.AMENDED: "edit",
    State.UNSURE: "question",
    State.RETURNED: "undo",
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
DAYS = {
    Days.EVERY: _l("每天（节假日照报）"),
    Days.WORKDAYS: _l("工作日（按放假和调休）"),
    Days.WEEKDAYS: _l("选定的星期"),
}
FAULTS = {
    Fault.NO_ACT: _l("有日期，但没有写“放假”还是“上班”。请补上；不是放假安排的，请删去这一行。"),
    Fault.NO_DAY: _l("没有这一天。请按 2026-10-01 或 10月1日 的样子写。"),
    Fault.OTHER_YEAR: _l("不是这一年的。请改年份，或把这一行移到那一年。"),
    Fault.TWICE: _l("有一天前面已经写过，而且说法相反。请留下对的一行。"),
    Fault.TOO_LONG: _l("这一行太长，或一段超过 60 天、前后颠倒。请分成几行。"),
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


def check_words(check: Check, lines: Iterable[Line]) -> Any:
    """What a check compares, with the names of its lines."""
    names = {line.code: line.name for line in lines}
    first, *others = [names[code] for code in check.lines]
    if check.kind is CheckKind.SUM:
        return _("“%(total)s”应等于各分项（%(parts)s）之和。", total=first, parts=_("、").join(others))
    if check.kind is CheckKind.BALANCE:
        plus, minus = others
        return _("“%(line)s”应等于昨日的数加“%(plus)s”减“%(minus)s”。", line=first, plus=plus, minus=minus)
    if check.kind is CheckKind.PART:
        return _("“%(part)s”不应比“%(whole)s”多。", part=first, whole=others[0])
    return _("“%(line)s”与前七天的平均数差一半以上时提示。", line=first)


def number_words(numbers: Mapping[str, Any], code: str) -> str:
    """The stated number of a line; a dash if the version has no such line."""
    return write_number(numbers[code][1]) if code in numbers else "—"


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]
) -> list[tuple[str, str, str]]:
    """What two versions state differently: (name of the line, before, after); `lines` as they are stored."""
    names = {line["code"]: line["name"] for line in lines}
    pairs = ((name, number_words(before, code), number_words(after, code)) for code, name in names.items())
    return [(name, old, new) for name, old, new in pairs if old != new]


REFUSALS = {
    "report-not-yours": _l("这份日报告不由您的单位报送，或这个单位已经撤销。请从“我的日报告”重新打开。"),
    "report-future": _l("还没有到这一天，不能提前签报。请到当天再签。"),
    "report-signed": _l(
        "刚才已有人签报了这一天的日报告，您的没有保存，内容还在下面。请先看已签的一份；数字不对的，请在那里更正。"
    ),
    "report-moved": _l("就在您填写的时候，记录有了变化，下面的数字已经换成最新的。您填写的都还在，请核对后再签报。"),
    "report-not-zero": _l("系统里已经有这一天的记录，不能按零报告签报。请核对下面的数字，逐项确认后签报。"),
    "consolidation-not-yours": _l("这份汇总不由您的单位签报，或单位、日报告种类已经没有了。请从“汇总上报”重新打开。"),
    "consolidation-empty": _l("下级单位都还没有签报，没有可以汇总的。请先催报，或等下级签报以后再来。"),
    "consolidation-signed": _l(
        "刚才已有人签了这一天的汇总，您的没有保存，内容还在下面。请先看已签的一份；数字不对的，请在那里更正。"
    ),
    "consolidation-moved": _l(
        "就在您填写的时候，下级有新签或更正的日报，合计已经换成最新的。您填写的都还在，请核对后再签报。"
    ),
    "calendar-changed-meanwhile": _l(
        "刚才已有人改过这一年的放假和调休，您的没有保存，内容还在下面。请对照现在的一份，再保存一次。"
    ),
    "layout-missing": _l("请先选择上级报表文件（.xlsx）。"),
    "layout-too-large": _l("文件太大，没有保存。最多 5 MB，名称最多 5000 个：请删去用不着的工作表和图片后再上传。"),
    "layout-old": _l(
        "这是旧版 Excel（.xls）或加了密码的文件。请在 Excel 中另存为“Excel 工作簿（.xlsx）”、不设密码，再上传。"
    ),
    "layout-not-xlsx": _l("这不是 Excel 工作簿（.xlsx）。请用 Excel 打开后另存为 .xlsx 再上传。"),
    "layout-broken": _l("这个文件打不开，可能没有传完整。没有保存，请在 Excel 中打开检查、重新另存为 .xlsx 再上传。"),
    "layout-macros": _l("文件里带有宏，不能用。请另存为不带宏的“Excel 工作簿（.xlsx）”再上传。"),
    "layout-embeds": _l("文件里嵌有其他文件或控件，不能用。请删除后另存为 .xlsx 再上传。"),
    "layout-external": _l(
        "文件会从外面读取内容或链接到外面，不能用。请在“数据”的“编辑链接”里断开链接，删去超链接和取数的公式，再上传。"
    ),
    "layout-too-slow": _l("这个文件太复杂，算了很久也没有算完，没有保存。请只留下要填的工作表再上传。"),
    "layout-busy": _l("正在处理别人的报表。请过几秒再试一次。"),
    "layout-no-names": _l(
        "文件里没有系统认得的单元格名称，没有保存。请选中要填的单元格，在 Excel 左上角的名称框里写上名称表里的名称。"
    ),
    "layout-name-taken": _l("已有同名的上级报表。请换一个名称，或到那一份的页面上传新的一版。"),
    "layout-gone": _l("这份上级报表不存在。请回到上级报表重新打开。"),
    "report-out-of-reach": _l("没有找到这份日报告，或它不在您管辖的范围内。请从日报告总表重新打开。"),
    "report-own": _l("这一版是您自己签报的，不能自己退回。请由另一位指挥人员退回，或直接更正。"),
    "report-kind-gone": _l("这种日报告不存在。请回到日报告种类重新打开。"),
    "report-kind-meanwhile": _l("刚才另有人添加了一种日报告，您的没有保存。请再保存一次。"),
    "report-kind-taken": _l("已经有同名的日报告，请换一个名称。"),
}
