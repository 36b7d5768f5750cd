"""The figures of all features (kernel/figures.py): the same numbers that Today and the lists show."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds, Span, Value, span_of
from webapp.briefings.sources.group import Asked, Group, Remedy
from webapp.kernel import figures
from webapp.kernel.access import Actor, may_open
from webapp.kernel.figures import Figure

_LABELS = {
    "publicity": _l("宣传教育"),
    "inspections": _l("检查和问题"),
    "checkpoints": _l("卡口来访"),
    "supplies": _l("物资单据"),
    "tasks": _l("交办事项"),
    "reports": _l("日报告的签报情况"),
    "alerts": _l("提醒"),
    "audit": _l("日志"),
    "sync": _l("设备"),
}


def groups() -> list[Group]:
    """A group for each feature that has figures."""
    prefixes = dict.fromkeys(code.partition(".")[0] for code in _offered())
    return [
        Group(prefix, _LABELS.get(prefix, prefix), _codes_of(prefix), _values, _link, _remedy) for prefix in prefixes
    ]


def _offered() -> dict[str, Figure]:
    """Without the figures of one person."""
    return {code: figure for code, figure in figures.figures().items() if not figure.is_personal}


def _codes_of(prefix: str) -> Any:
    return lambda: [_code(figure) for code, figure in _offered().items() if code.startswith(f"{prefix}.")]


def _code(figure: Figure) -> Code:
    """The total of what lasts for days would count the same things again every day."""
    spans = (Span.DAY,) if figure.is_peak else (Span.TOTAL, Span.DAY)
    holds = Holds.DAYS if figure.is_of_day else Holds.NOW
    return Code(figure.code, figure.title or figure.label, holds, figure.unit, spans if figure.is_of_day else ())


def _values(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    known = _offered()
    for name in names:
        base, span = (name, Span.PERIOD) if name in known else span_of(name)
        if base in known:
            yield _value(known[base], name, span, asked)


def _value(figure: Figure, name: str, span: Span, asked: Asked) -> Value:
    """Blank for somebody who may not see it, and of a unit where its list cannot be narrowed to one."""
    since, until = asked.scope.days_of(span)
    unit = "" if asked.is_whole else asked.unit.code
    reach = asked.reach_into(figure.endpoint, is_own=figures.is_recountable(figure) and not figure.beside)
    if not reach.grants or (unit and not figure.is_by_unit):
        return Value(name, None)
    number = str(figures.value(figure, reach, since, until, unit=unit))
    if not figure.is_of_day:
        return Value(name, number, about=unit)
    return Value(name, number, since, until, about=unit)


def _link(printed: Mapping[str, Any], actor: Actor) -> str | None:
    base, _span = span_of(printed["code"])
    known = _offered()
    figure = known.get(printed["code"]) or known.get(base)
    is_shown = printed["text"] is not None and printed["about"] != "*"  # which reports made before narrowing have
    if figure is None or not is_shown or not may_open(figure.endpoint, actor):
        return None
    days = [date.fromisoformat(printed[name]) if printed[name] else date.min for name in ("since", "until")]
    return figures.url_of(figure, days[0], until=days[1], unit=printed["about"])


def _remedy(_printed: Mapping[str, Any], _actor: Actor) -> Remedy:
    return Remedy(_l("这个数不能按单位算，或您的角色看不到。请换全区的汇报、换人生成，或在 Word 里补填。"))
