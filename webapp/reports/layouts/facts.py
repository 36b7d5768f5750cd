"""The names that cells of a superior's workbook may have, and what they hold for a unit and a day.

checks_day             what the unit states for the line computed by inspections.checks; also l1_day, by the code
checks_total           the same figure, up to that day, from the records as they are now
unit_ZONE_checks       what one unit below it states
report_missing …       about the report itself (ABOUT)
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.figures import value
from webapp.kernel.i18n import write_moment
from webapp.reports import counting, queries, totals, upward
from webapp.reports.rules import Line, lines_of
from webapp.sync import queries as sync
from webapp.units import queries as units

BEGINNING = date(2000, 1, 1)
Value = str | int | None
ABOUT = {
    "report_kind": _l("日报告的名称"),
    "report_unit": _l("单位"),
    "report_day": _l("日期"),
    "report_version": _l("版次"),
    "report_signer": _l("签报人"),
    "report_signed": _l("签报时间"),
    "report_digest": _l("摘要码"),
    "report_owed": _l("应报单位数"),
    "report_in": _l("已报单位数"),
    "report_missing": _l("还没有报的单位"),
    "report_devices": _l("还有未发送记录的设备数"),
    "report_cutoff": _l("截止时间"),
    "report_computed": _l("算到什么时候"),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for, in words, and the value of a cell with this name."""

    name: str
    words: Any
    read: Callable[["Facts"], Value]


@dataclass(frozen=True)
class Facts:
    """What is stated for a unit and a day: `stated` and `texts` by line, `of_units` by unit and line."""

    about: upward.About
    at: datetime
    added: upward.Sum
    whole: totals.Completeness
    signed: Any
    is_sum: bool
    stated: Mapping[str, int]
    texts: Mapping[str, str]
    of_units: Mapping[str, Mapping[str, int]]


def facts(about: upward.About, at: datetime) -> Facts:
    """The newest signed numbers of a unit: its consolidated report, else its own one, else what its units add up to."""
    day = upward.of_day(counting.reach_of(about.unit.id), about.kind.id, about.day)
    added, newest = day.sum(about.unit.path), upward.newest(about)
    own = next((row for row in day.rows if row.unit_id == about.unit.id and row.report_id), None)
    report = newest or (queries.find_report(own.report_id) if own else None)
    marked = totals.marks(day.under(about.unit.path) or day.rows, at, sync.waiting_by_unit())
    return Facts(
        about=about,
        at=at,
        added=added,
        whole=totals.completeness(marked, at),
        signed=report,
        is_sum=newest is not None,
        stated={code: n[-1] for code, n in report.numbers.items()} if report else added.summed,
        texts={name[2:]: text for name, text in (report.words or {}).items() if name[:2] == "t_"} if report else {},
        of_units={str(unit.unit_id): unit.part.numbers for unit in day.units.values() if unit.part},
    )


def meanings(kind: Any, below: Iterable[Any]) -> dict[str, Meaning]:
    """Every name that a workbook for a kind may use, by its lower case; `below` are the units of which it may ask."""
    lines = lines_of(kind.lines)
    rows = [Meaning(name, words, partial(_about, name)) for name, words in ABOUT.items()]
    for line in lines:
        rows += _of_line(line, _slugs(line, lines))
    for unit in below:
        code = re.sub(r"\W", "_", unit.code)
        for line in (line for line in lines if line.is_number):
            words = _("%(unit)s 的“%(line)s”", unit=unit.name, line=line.name)
            read = partial(_of_unit, str(unit.id), line.code)
            rows += [Meaning(f"unit_{code}_{slug}", words, read) for slug in _slugs(line, lines)]
    return {row.name.lower(): row for row in rows}


def _slugs(line: Line, lines: Iterable[Line]) -> list[str]:
    """What a line is called in names: the end of its figure's code, where no other line has it, and its own code."""
    ends = Counter(other.figure.rpartition(".")[2] for other in lines if other.figure)
    end = line.figure.rpartition(".")[2]
    return [*([end] if end and ends[end] == 1 else []), line.code]


def _of_line(line: Line, slugs: list[str]) -> list[Meaning]:
    read = partial(_stated if line.is_number else _text, line.code)
    rows = [Meaning(f"{slug}_day", line.name, read) for slug in slugs]
    figure = counting.choosable().get(line.figure)
    if figure and figure.is_of_day:
        words = _("“%(line)s”累计到当天（按现在的记录）", line=line.name)
        rows += [Meaning(f"{slug}_total", words, partial(_total, line.figure)) for slug in slugs]
    return rows


def _stated(code: str, known: Facts) -> Value:
    return known.stated.get(code)


def _text(code: str, known: Facts) -> Value:
    return known.texts.get(code)


def _of_unit(unit_id: str, code: str, known: Facts) -> Value:
    return known.of_units.get(unit_id, {}).get(code)


def _total(figure: str, known: Facts) -> Value:
    return value(counting.choosable()[figure], counting.reach_of(known.about.unit.id), BEGINNING, known.about.day)


def _about(name: str, known: Facts) -> Value:
    about, signed, whole = known.about, known.signed, known.whole
    values: dict[str, Value] = {
        "report_kind": about.kind.name,
        "report_unit": about.unit.name,
        "report_day": about.day.isoformat(),
        "report_version": signed and signed.version,
        "report_signer": signed and signed.writer.name,
        "report_signed": signed and write_moment(signed.signed_at),
        "report_digest": signed and signed.digest,
        "report_owed": whole.owed,
        "report_in": whole.signed,
        "report_missing": _("、").join(unit.name for unit in known.added.absent) or None,
        "report_devices": whole.devices,
        "report_cutoff": write_moment(whole.due_at) if whole.due_at else None,
        "report_computed": write_moment(known.at),
    }
    return values[name]


def values_of(names: Iterable[str], known: Facts) -> dict[str, Value]:
    """The values of the names (in lower case) that mean something."""
    below = [unit for unit in units.tree(counting.reach_of(known.about.unit.id)) if unit.id != known.about.unit.id]
    every = meanings(known.about.kind, below)
    with force_locale("zh_CN"):  # the file goes to a superior, whoever downloads it
        return {name: every[name].read(known) for name in names if name in every}
