"""Rules of the daily report: its lines, the state of an expectation, the checks between lines, and the digest."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from webapp.district.rules import is_workday

AHEAD = 7  # days for which expectations exist in advance
URGE_EVERY = timedelta(minutes=30)
EVERY_DAY = "1234567"
EVIL_DAYS = 30  # for which the four evils are shown unless other days are asked for
JUMP_DAYS, JUMP_SHARE, JUMP_LEAST, JUMP_NEEDS = 7, 2, 5, 3  # a jump differs by half of the mean, and by more than 5


class LineKind(StrEnum):
    FIGURE = "figure"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report. `figure` is the code of the figure that computes it; `unit` a measure word."""

    code: str
    name: str
    kind: LineKind
    figure: str = ""
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind is not LineKind.TEXT


class CheckKind(StrEnum):
    SUM = "sum"
    BALANCE = "balance"
    PART = "part"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Check:
    """A check between lines, by their codes.

    SUM: total, then its parts. BALANCE: stock, received, issued. PART: part, whole. JUMP: the line.
    """

    kind: CheckKind
    lines: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it names as many different lines as its kind needs."""
        least, most = {
            CheckKind.SUM: (3, 20),
            CheckKind.BALANCE: (3, 3),
            CheckKind.PART: (2, 2),
            CheckKind.JUMP: (1, 1),
        }[self.kind]
        return least <= len(self.lines) <= most and len(set(self.lines)) == len(self.lines)


@dataclass(frozen=True, slots=True)
class Note:
    """What a check says about a report: the number that it expects and the number that stands there."""

    kind: CheckKind
    lines: tuple[str, ...]
    expected: int
    stated: int


class Standing(StrEnum):
    """The stored state of a signed version. UNSURE: when it arrived from a device, the records were no longer those
    that its writer saw.
    """

    SIGNED = "signed"
    UNSURE = "unsure"
    RETURNED = "returned"
    REPLACED = "replaced"


class State(StrEnum):
    """The state of an expectation, derived from the newest report, the deadline and the time."""

    DUE = "due"
    MISSING = "missing"
    ZERO = "zero"
    REPORTED = "reported"
    LATE = "late"
    AMENDED = "amended"
    UNSURE = "unsure"
    RETURNED = "returned"


TO_ANSWER = {Standing.RETURNED: State.RETURNED, Standing.UNSURE: State.UNSURE}  # what a clerk has to sign again


class Evil(StrEnum):
    """The four evils: wrong 错报, late 迟报, hidden 瞒报, missing 漏报."""

    WRONG = "wrong"
    LATE = "late"
    HIDDEN = "hidden"
    MISSING = "missing"


def state_of(
    due_at: datetime,
    at: datetime,
    *,
    version: int | None,
    signed_at: datetime | None,
    is_zero: bool | None,
    standing: Standing | None = Standing.SIGNED,
) -> State:
    """The state of an expectation. `version`, `is_zero` and `standing` are of the newest report, None without one;
    `signed_at` is the time of its first signature.
    """
    if version is None or signed_at is None:
        return State.DUE if at < due_at else State.MISSING
    if standing in TO_ANSWER:
        return TO_ANSWER[standing]
    if version > 1:
        return State.AMENDED
    if signed_at > due_at:
        return State.LATE
    return State.ZERO if is_zero else State.REPORTED


def may_urge(urged_at: datetime | None, at: datetime) -> bool:
    """Whether a missing report may be urged (again)."""
    return urged_at is None or at - urged_at >= URGE_EVERY


def deadline(day: date, cutoff: str, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of the cut-off "17:00" on a district day."""
    return datetime.combine(day, time.fromisoformat(cutoff), zone).astimezone(UTC)


class Days(StrEnum):
    """On which days a kind of report is owed."""

    EVERY = "every"
    WORKDAYS = "workdays"
    WEEKDAYS = "weekdays"


@dataclass(frozen=True, slots=True)
class Owed:
    """The days of a kind: all, the working days by the district's calendar, or the ISO weekdays "1" to "7" chosen."""

    days: Days
    weekdays: str
    calendar: Mapping[date, bool]

    def includes(self, day: date) -> bool:
        if self.days is Days.WEEKDAYS:
            return str(day.isoweekday()) in self.weekdays
        return self.days is Days.EVERY or is_workday(day, self.calendar)

    def between(self, since: date, until: date) -> list[date]:
        """The days from `since` to `until`, both included."""
        every = (since + timedelta(days=number) for number in range((until - since).days + 1))
        return [day for day in every if self.includes(day)]


def spoken(
    checks: Iterable[Check],
    today: Mapping[str, int],
    yesterday: Mapping[str, int],
    before: Sequence[Mapping[str, int]],
) -> list[Note]:
    """What the checks say; a check whose numbers are not all there says nothing.

    `yesterday` are the numbers of the day before, `before` those of up to the last seven days; both by line.
    """
    notes = (_note(check, today, yesterday, before) for check in checks)
    return [note for note in notes if note is not None]


def _note(
    check: Check, today: Mapping[str, int], yesterday: Mapping[str, int], before: Sequence[Mapping[str, int]]
) -> Note | None:
    if any(code not in today for code in check.lines):
        return None
    first, *others = [today[code] for code in check.lines]
    if check.kind is CheckKind.JUMP:
        return _jump(check, first, [day[check.lines[0]] for day in before if check.lines[0] in day])
    if check.kind is CheckKind.PART:
        return Note(check.kind, check.lines, others[0], first) if first > others[0] else None
    if check.kind is CheckKind.SUM:
        expected = sum(others)
    elif check.lines[0] in yesterday:
        expected = yesterday[check.lines[0]] + others[0] - others[1]
    else:
        return None
    return Note(check.kind, check.lines, expected, first) if first != expected else None


def _jump(check: Check, stated: int, earlier: Sequence[int]) -> Note | None:
    if len(earlier) < JUMP_NEEDS:
        return None
    mean = sum(earlier) / len(earlier)
    is_jump = abs(stated - mean) > max(mean / JUMP_SHARE, JUMP_LEAST)
    return Note(check.kind, check.lines, round(mean), stated) if is_jump else None


Rows = Sequence[tuple[str, int]]  # ids of records and the numbers of their corrections, 0 first


def digest_of(due_id: str, version: int, numbers: Mapping[str, Any], rows: Mapping[str, Rows]) -> str:
    """The digest (SHA-256, hex) that binds a signature to its numbers and to exactly the rows they count."""
    bound = {line: sorted(map(list, counted)) for line, counted in rows.items()}
    return _sha256({"due": due_id, "version": version, "numbers": numbers, "rows": bound})


def _sha256(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_unsure(numbers: Mapping[str, Sequence[int | None]], seen: Mapping[str, int | None]) -> bool:
    """Whether a report that arrives from a device needs a second look: a line states another number than the records
    count now, and not because of what its writer saw. `numbers` are [computed, stated], `seen` what the device showed.
    """
    return any(
        code in seen and computed is not None and computed not in (stated, seen[code])
        for code, (computed, stated) in numbers.items()
    )


@dataclass(frozen=True, slots=True)
class LaterRows:
    """The ids of the rows of a line that came, changed and went since the signature."""

    came: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[str]


def later_rows(signed: Iterable[Sequence[Any]], present: Iterable[Sequence[Any]]) -> LaterRows:
    """Compare the rows bound by a signature with those that are counted now."""
    before, now = dict(map(tuple, signed)), dict(map(tuple, present))
    changed = [key for key in now.keys() & before.keys() if now[key] != before[key]]
    return LaterRows(sorted(now.keys() - before.keys()), sorted(changed), sorted(before.keys() - now.keys()))


@dataclass(frozen=True, slots=True)
class Later:
    """How many rows of a line have changed since the signature."""

    added: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: "Later") -> "Later":
        return Later(self.added + other.added, self.changed + other.changed, self.gone + other.gone)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def later(signed: Iterable[Sequence[Any]], present: Iterable[Sequence[Any]]) -> Later:
    """How many of `later_rows` there are."""
    rows = later_rows(signed, present)
    return Later(len(rows.came), len(rows.changed), len(rows.gone))


@dataclass(frozen=True, slots=True)
class Part:
    """A signed version that a consolidated report adds up: a unit's report, or with `is_sum` its consolidated one.

    `unit` and `id` are UUIDs as text; `numbers` are the stated ones by line.
    """

    unit: str
    id: str
    version: int
    is_sum: bool
    numbers: Mapping[str, int]


def sum_digest(about: Sequence[str], version: int, numbers: Mapping[str, Any], parts: Iterable[Part]) -> str:
    """The digest (SHA-256, hex) of a consolidated report, of the versions that it adds up and of nothing else.

    `about` are the ids of its kind and unit, and its day.
    """
    bound = sorted([part.id, part.version, dict(part.numbers)] for part in parts)
    return _sha256({"about": list(about), "version": version, "numbers": numbers, "parts": bound})


@dataclass(frozen=True, slots=True)
class Moved:
    """A unit whose newest version is another one than that which was added up; None: there was or is none.

    `numbers` are, by line, what is different: the number that was added up and the one of now.
    """

    unit: str
    before: int | None
    after: int | None
    numbers: Mapping[str, tuple[int, int]]


def moved(signed: Iterable[Part], present: Iterable[Part]) -> list[Moved]:
    """Compare the versions that were added up with those that would be now."""
    before, now = ({part.unit: part for part in parts} for parts in (signed, present))
    units = [unit for unit in {**before, **now} if _version(before.get(unit)) != _version(now.get(unit))]
    return [_moved(unit, before.get(unit), now.get(unit)) for unit in units]


def _version(part: Part | None) -> tuple[str, int] | None:
    return (part.id, part.version) if part else None


def _moved(unit: str, before: Part | None, after: Part | None) -> Moved:
    old, new = (part.numbers if part else {} for part in (before, after))
    pairs = {code: (old.get(code, 0), new.get(code, 0)) for code in {**old, **new}}
    changed = {code: pair for code, pair in pairs.items() if pair[0] != pair[1]}
    return Moved(unit, before.version if before else None, after.version if after else None, changed)


def parts_of(stored: Iterable[Mapping[str, Any]]) -> list[Part]:
    return [Part(**part) for part in stored]


def topmost(paths: Mapping[Any, str]) -> list[Any]:
    """The keys of the units that have no other of these units above them, in the order of the paths."""
    tops: list[Any] = []
    above: str | None = None
    for key, path in sorted(paths.items(), key=itemgetter(1)):  # what is below a unit follows it at once
        if above is None or not path.startswith(above):
            tops.append(key)
            above = path
    return tops


def plain(parts: Iterable[Line | Check | Note | Part]) -> list[dict[str, Any]]:
    """Lines, checks, notes or parts as plain data for a column."""
    return [asdict(part) for part in parts]


def lines_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(**{**line, "kind": LineKind(line["kind"])}) for line in stored)


def checks_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Check, ...]:
    return tuple(Check(CheckKind(check["kind"]), tuple(check["lines"])) for check in stored)


def notes_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Note, ...]:
    return tuple(
        Note(CheckKind(note["kind"]), tuple(note["lines"]), note["expected"], note["stated"]) for note in stored
    )
