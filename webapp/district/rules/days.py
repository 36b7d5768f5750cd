"""The district's list of holidays and working weekends, as a person pastes it: line by line, or the official notice."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST = 500  # characters of a line
MOST_DAYS = 60  # of one stretch; the longest holiday has 9
_NOTES = re.compile(r"\([^()]*\)")
_DATE = r"(?:([0-9]{4})(?:[-/.]| ?年 ?))?(?:([0-9]{1,2})(?:[-/.]| ?月 ?))?([0-9]{1,2})(?![0-9])(?: ?日)?"
_STRETCH = rf"{_DATE}(?: ?(?:至|到|to|—+|~) ?{_DATE})?"
_ACT = r"(放假|休息|holiday|上班|补班|workday)"
_CLAUSE = re.compile(rf"((?:{_STRETCH}[、,; ]*)+?) ?(?:均|正常|照常)?{_ACT}", re.IGNORECASE)
_ONE = re.compile(_STRETCH, re.IGNORECASE)
_DATED = re.compile(r"[0-9]+ ?[月日]|[0-9]{4}[-/.][0-9]")
_HOLIDAY = {"放假", "休息", "holiday"}
_NAME = re.compile(r"^[一二三四五六七八九十0-9]*[、.]? *([^0-9:]{1,20}): *")
_ENDING = re.compile(r"[^0-9。;,、]{1,20}")


class Fault(StrEnum):
    """What is wrong with a line."""

    NO_ACT = "no_act"
    NO_DAY = "no_day"
    OTHER_YEAR = "other_year"
    TWICE = "twice"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A holiday, or a day of a weekend on which people work."""

    day: date
    is_workday: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list says: its days, the faults by number of line (from 1), and the lines that name no day."""

    days: tuple[Exceptional, ...]
    faults: tuple[tuple[int, Fault], ...]
    skipped: tuple[int, ...]


class _Faulty(Exception):
    """A line has a fault, which is the argument."""


def read(text: str, year: int) -> Reading:
    """Read a list of days of a year. Accepts lines such as "2026-10-01 放假 国庆节", with a stretch "2026-10-01 至
    2026-10-07 放假", and the sentences of the official notice: "1月1日(周四)至3日(周六)放假调休。1月4日(周日)上班。"
    """
    days: dict[date, Exceptional] = {}
    faults: list[tuple[int, Fault]] = []
    skipped: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST:
            faults.append((number, Fault.TOO_LONG))
            continue
        plain = _plain(line)
        if plain and not _DATED.search(plain):
            skipped.append(number)
        try:
            for row in _line(plain, year) if _DATED.search(plain) else ():
                if days.setdefault(row.day, row).is_workday != row.is_workday:
                    raise _Faulty(Fault.TWICE)
        except _Faulty as fault:
            faults.append((number, fault.args[0]))
    return Reading(tuple(days[day] for day in sorted(days)), tuple(faults), tuple(skipped))


def _plain(line: str) -> str:
    """A line with half-width signs, single spaces and without notes in brackets, such as the day of the week."""
    return " ".join(_NOTES.sub("", unicodedata.normalize("NFKC", line)).split())


def _line(line: str, year: int) -> Iterator[Exceptional]:
    named = _NAME.match(line)
    rest, clauses = line[named.end() :] if named else line, 0
    left = _CLAUSE.sub("", rest)
    for clause in _CLAUSE.finditer(rest):
        clauses += 1
        act = clause.groups()[-1]
        name = named[1].strip() if named else _name_after(rest[clause.end() :])
        for stretch in _ONE.finditer(clause[1]):
            for day in _days(stretch, year):
                yield Exceptional(day, act.lower() not in _HOLIDAY, name)
    if not clauses or _DATED.search(left):  # a date without an act
        raise _Faulty(Fault.NO_ACT)


def _name_after(text: str) -> str:
    """The name that stands behind the act, as in "2026-10-01 放假 国庆节"."""
    match = _ENDING.match(text.strip())
    return match[0].strip() if match and text.startswith(" ") else ""


def _days(stretch: re.Match[str], year: int) -> Iterator[date]:
    """The days of a stretch; what a date leaves out is that of the date before it. Raises _Faulty."""
    first = _date(stretch.groups()[:3], year, None)
    last = _date(stretch.groups()[3:6], first.year, first) if stretch[6] else first
    if not first <= last or (last - first).days >= MOST_DAYS:
        raise _Faulty(Fault.TOO_LONG)
    if {first.year, last.year} != {year}:
        raise _Faulty(Fault.OTHER_YEAR)
    yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def _date(parts: tuple[str | None, ...], year: int, before: date | None) -> date:
    month = int(parts[1]) if parts[1] else before.month if before else 0
    try:
        return date(int(parts[0] or year), month, int(parts[2] or 0))
    except ValueError as error:
        raise _Faulty(Fault.NO_DAY) from error


def written(days: Mapping[date, Exceptional]) -> str:
    """The list as `read` reads it, a day to a line."""
    rows = (days[day] for day in sorted(days))
    return "\n".join(f"{row.day} {'上班' if row.is_workday else '放假'} {row.name}".rstrip() for row in rows)
