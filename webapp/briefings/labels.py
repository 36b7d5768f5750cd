"""Words of reports: presets, problems of templates, refusals."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Holds, Preset, Problem, Section, Span
from webapp.kernel.logged import Group, Logged

PREFIX = "HB"  # 汇报
PRESETS = {
    Preset.ZONE: (_l("园区防控工作情况汇报"), _l("组织领导、宣传教育、责任落实三部分")),
    Preset.SUPPLIES: (_l("防控物资保障工作情况汇报"), _l("主要工作、问题和困难、下一步打算三部分")),
    Preset.ENVIRONMENT: (_l("生态环境疫情应对工作情况汇报"), _l("抗击举措、组织架构、督查监管三部分")),
}
HOLDS = {
    Holds.DAYS: _l("按所选时间段"),
    Holds.NOW: _l("现在的数"),
    Holds.LAST: _l("结束日期当天的数"),
    Holds.TEXT: _l("文字"),
    Holds.LIST: _l("逐行列出"),
    Holds.TYPED: _l("生成时填写"),
    Holds.NOTHING: _l("还没有功能登记，打印为 __"),
}
SECTIONS = {
    Section.SUMMARY: _l("主要工作情况"),
    Section.PROBLEMS: _l("存在问题和困难"),
    Section.NEXT_STEPS: _l("下一步工作打算"),
}
SPANS = {
    Span.PERIOD: _l("所选时间段"),
    Span.TOTAL: _l("累计到结束日期"),
    Span.DAY: _l("结束日期当天"),
}
_PROBLEMS = {
    Problem.UNKNOWN: _l("没有“%(code)s”这个代码。请到代码表里复制现在的代码。"),
    Problem.SPAN: _l("“%(code)s”没有这种时间段：%(base)s 不能取累计或当天的数。请改成 %(base)s，或换一个代码。"),
    Problem.FIELD: _l("“%(code)s”里没有这一项。请到代码表里看逐行列出的各项。"),
    Problem.NO_LIST: _l("“%(code)s”不是逐行列出的代码，不能用 for 循环。请直接写 %(base)s。"),
    Problem.LIST: _l("“%(code)s”要用 for 循环逐行列出，不能直接打印。请照代码表里的写法。"),
}
_FORBIDDEN = _l("这里用了模板不支持的写法（%(what)s）。只能写代码表里的代码、for 循环和 if 判断。")
_SYNTAX = _l("花括号不成对，或写法不完整（%(what)s）。请照代码表重新复制。")
_EXTERNAL = _l("这里会从外面读取内容或链接到外面（%(what)s），不能作模板。请取消这个链接、附加的模板或域，再上传。")
_UNFILLED = _l("这里（%(what)s）的代码不会填。请把代码移到正文、页眉、页脚、脚注或文本框里。")
_CONSTRUCTS = {"syntax": _SYNTAX, "external": _EXTERNAL, "unfilled": _UNFILLED}
ENDLESS = _l("这里的循环（for）要算很久，没有算完，已停止。请不要在循环里再套循环，也不要在循环里放大表格。")
PARTS = {
    "header": _l("页眉"),
    "footer": _l("页脚"),
    "footnotes": _l("脚注"),
    "endnotes": _l("尾注"),
    "properties": _l("文件属性"),
    "box": _l("文本框"),
}

LOGGED = (
    Logged("briefing.made", _l("生成工作情况汇报"), Group.RECORD),
    Logged("briefing_template.added", _l("添加汇报模板"), Group.MASTER),
    Logged("briefing_template.changed", _l("上传新的一版汇报模板"), Group.MASTER),
    Logged("briefing_template.closed", _l("停用汇报模板"), Group.MASTER),
    Logged("briefing_template.reopened", _l("恢复使用汇报模板"), Group.MASTER),
)
SUBJECTS = {"briefing": _l("工作情况汇报"), "briefing_template": _l("汇报模板")}
REFUSALS = {
    "template-missing": _l("请先选择 Word 模板文件（.docx）。"),
    "template-too-large": _l(
        "文件太大，没有保存。模板最多 10 MB，生成的汇报最多 20 MB：请压缩或删除里面的图片后再上传。"
    ),
    "template-old": _l(
        "这是旧版 Word（.doc）或加了密码的文件。请在 Word 中另存为“Word 文档（.docx）”、不设密码，再上传。"
    ),
    "template-not-docx": _l("这不是 Word 文档（.docx）。请用 Word 打开后另存为 .docx 再上传。"),
    "template-broken": _l("这个文件打不开，可能没有传完整。没有保存，请在 Word 中打开检查、重新另存为 .docx 再上传。"),
    "template-macros": _l("文件里带有宏，不能作模板。请另存为不带宏的“Word 文档（.docx）”再上传。"),
    "template-embeds": _l("文件里嵌有其他文件或控件，不能作模板。请删除后另存为 .docx 再上传。"),
    "template-too-slow": _l("这个模板要算很久，没有算完，已停止，没有保存。请去掉里面的循环（for）或大表格再试。"),
    "template-forbidden": _l("模板里用了不支持的写法，没有生成。请在模板页重新检查，改好后再上传。"),
    "template-busy": _l("正在处理别人的模板或汇报。请过几秒再试一次，您填写的内容都还在。"),
    "template-name-taken": _l("已有同名的模板。请换一个名称，或到那个模板的页面上传新的一版。"),
    "template-gone": _l("这个模板已经停用或不存在。请重新选择模板。"),
    "briefing-other-content": _l("这份汇报已经生成过了。请重新打开“生成汇报”再做一份。"),
    "briefing-out-of-reach": _l("这个单位不在您的管辖范围内。请重新选择单位。"),
}


def problem(kind: Problem, code: str, base: str) -> str:
    """What is wrong with a code, and what to write instead."""
    return str(_PROBLEMS[kind]) % {"code": code, "base": f"{{{{ {base} }}}}"}


def construct(kind: str, detail: str) -> str:
    """What is wrong with a construct that a template may not use."""
    words = str(_CONSTRUCTS.get(kind, _FORBIDDEN))
    return words % {"what": detail or kind}


def spot(number: int, words: str, part: str = "") -> str:
    """A paragraph of a template, as its reader finds it."""
    place: str = _("第 %(n)d 段“%(words)s”", n=number, words=words) if number else _("“%(words)s”", words=words)
    return _("%(what)s：%(part)s", what=PARTS[part], part=place) if part else place


def file_name(briefing: Any) -> str:
    """The name of the downloaded file."""
    return f"{briefing.version.template.name}-{briefing.number}.docx"
