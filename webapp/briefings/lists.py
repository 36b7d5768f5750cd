"""The list of reports."""

from flask_babel import lazy_gettext as _l

from webapp.briefings import queries
from webapp.briefings.forms import BriefingFilter
from webapp.briefings.models import Briefing
from webapp.kernel.listing import Column, Listing, PageOf

BRIEFINGS = Listing(
    id="briefings",
    template="briefings/index.html",
    title=_l("工作情况汇报"),
    columns=(
        Column("number", _l("编号"), lambda row: row.number),
        Column("template", _l("模板"), lambda row: row.version.template.name),
        Column("unit", _l("单位"), lambda row: row.unit.name, priority=2),
        Column("since", _l("开始日期"), lambda row: row.since, kind="day", priority=2),
        Column("until", _l("结束日期"), lambda row: row.until, kind="day"),
        Column("made_at", _l("生成时间"), lambda row: row.made_at, kind="moment"),
        Column("author", _l("生成人"), lambda row: row.author.name, priority=3),
    ),
    select=queries.briefings,
    order=(Briefing.made_at, Briefing.id),
    filters=BriefingFilter,
    url=PageOf("briefings.show", "briefing_id"),
    empty_title=_l("还没有工作情况汇报"),
    empty_text=_l("选好模板、单位和时间段，汇报里的数字由系统填好，可以下载 Word 文件。"),
)
