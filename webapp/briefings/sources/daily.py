"""What units signed in their daily reports: their numbers beside the computed ones, and their texts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds, Span, Value, span_of
from webapp.briefings.sources.group import Asked, Group, Remedy
from webapp.kernel.access import Actor, may_open
from webapp.kernel.figures import figures
from webapp.reports import queries
from webapp.reports.rules import Line, lines_of
from webapp.units.queries import units_under

PREFIX = "daily"
LISTED = "reports.listed"


class _Known(NamedTuple):
    """A line of a kind of report. `adds_up`: its number of a period is the sum of the days."""

    kind: Any
    line: Line

    @property
    def adds_up(self) -> bool:
        figure = figures().get(self.line.figure)
        return self.line.is_number and (figure is None or (figure.is_of_day and not figure.is_peak))

    def code(self) -> Code:
        name, words = f"{PREFIX}.{self.kind.code}_{self.line.code}", {"what": self.kind.name, "part": self.line.name}
        if not self.line.is_number:
            return Code(name, _("%(what)s：%(part)s（各单位所写）", **words), Holds.TEXT)
        if self.line.figure:
            words["part"] = _("%(part)s（系统算出的数是 %(code)s）", part=self.line.name, code=self.line.figure)
        label = _("%(what)s：单位签报的%(part)s", **words)
        spans = (Span.DAY,) if self.adds_up else ()
        return Code(name, label, Holds.DAYS if spans else Holds.LAST, self.line.unit, spans)


def _known() -> dict[str, _Known]:
    lines = [_Known(kind, line) for kind in queries.kinds(ended=True) for line in lines_of(kind.lines)]
    return {f"{PREFIX}.{known.kind.code}_{known.line.code}": known for known in lines}


def _codes() -> list[Code]:
    return [known.code() for known in _known().values()]


def _values(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    """In one statement each."""
    known = _known()
    for name in names:
        base, span = (name, Span.PERIOD) if name in known else span_of(name)
        if base in known:
            yield _value(known[base], name, span, asked)


def _value(known: _Known, name: str, span: Span, asked: Asked) -> Value:
    is_last = known.line.is_number and not known.adds_up
    since, until = asked.scope.days_of(Span.DAY if is_last else span)
    about = f"{known.kind.id} {'' if asked.is_whole else asked.unit.code}"
    given = known.kind.code, known.line.code, units_under(asked.unit.id), since, until
    reach = asked.reach_into(LISTED)
    if known.line.is_number:
        numbers = queries.stated(reach, *given)
        text = str(queries.sum_of(numbers)) if numbers else None
    else:
        written = {f"{row.unit_name}：{row.text}": None for row in queries.texts(reach, *given)}
        text = "\a".join(line for paragraph in written for line in paragraph.splitlines()) or None
    return Value(name, text, since, until, about=about)


def _link(printed: Mapping[str, Any], actor: Actor) -> str | None:
    """The signed reports of the kind."""
    kind_id, _space, unit = printed["about"].partition(" ")
    if not kind_id or not printed["since"] or not may_open(LISTED, actor):
        return None
    days = {name: printed[name] for name in ("since", "until")}
    return url_for(LISTED, kind=kind_id, state=queries.IN, unit=unit or None, **days)


def _remedy(printed: Mapping[str, Any], actor: Actor) -> Remedy:
    url = url_for("reports.index") if may_open("reports.index", actor) else None
    return Remedy(_l("这段时间没有签报的日报告。请催报，或在 Word 里补填。"), url)


GROUP = Group(PREFIX, _l("日报告：单位签报的数和文字"), _codes, _values, _link, _remedy)
