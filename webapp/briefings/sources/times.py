"""The period of a report, its unit, and when it was made; always in Chinese, as the templates are."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds, Value
from webapp.briefings.sources.group import Asked, Group
from webapp.district.queries import preferences
from webapp.kernel import clock

_PERIOD = (
    Code("period.since", _l("开始日期，例如 1月26日"), Holds.TEXT),
    Code("period.until", _l("结束日期"), Holds.TEXT),
    Code("period.range", _l("起止日期，例如 1月20日至1月26日；只有一天的写这一天"), Holds.TEXT),
    Code("period.days", _l("天数"), Holds.TEXT, _l("天")),
    Code("period.year", _l("结束日期的年份"), Holds.TEXT, _l("年")),
)
_REPORT = (
    Code("report.unit", _l("汇报的单位"), Holds.TEXT),
    Code("report.district", _l("区县名称"), Holds.TEXT),
    Code("report.disease", _l("疾病名称"), Holds.TEXT),
    Code("report.author", _l("生成人姓名"), Holds.TEXT),
    Code("report.day", _l("生成汇报的日期，例如 2020年1月26日"), Holds.TEXT),
    Code("report.time", _l("生成汇报的时间，例如 17时30分"), Holds.TEXT),
)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _of_period(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    since, until = asked.scope.since, asked.scope.until
    texts = {
        "period.since": _day(since),
        "period.until": _day(until),
        "period.range": _day(since) if since == until else f"{_day(since)}至{_day(until)}",
        "period.days": str((until - since).days + 1),
        "period.year": str(until.year),
    }
    return [Value(name, texts[name], since, until) for name in names if name in texts]


def _of_report(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    now, district = clock.local(asked.at), preferences()
    texts = {
        "report.unit": asked.unit.name,
        "report.district": district.name_zh,
        "report.disease": district.disease_zh,
        "report.author": asked.actor.name,
        "report.day": f"{now.year}年{_day(now.date())}",
        "report.time": f"{now.hour}时{now.minute:02}分",
    }
    return [Value(name, texts[name]) for name in names if name in texts]


PERIOD = Group("period", _l("时间段"), lambda: _PERIOD, _of_period)
REPORT = Group("report", _l("汇报"), lambda: _REPORT, _of_report)
