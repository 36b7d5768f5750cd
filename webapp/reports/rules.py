"""Rules of the daily report: its lines, the state of an expectation, the checks between lines, and the digest."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

AHEAD = 7  # days for which expectations exist in advance
EVERY_DAY = "1234567"
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


class State(StrEnum):
    """The state of an expectation, derived from the newest report, the deadline and the time."""

    DUE = "due"
    MISSING = "missing"
    ZERO = "zero"
    REPORTED = "reported"
    LATE = "late"
    AMENDED = "amended"


SIGNED = (State.ZERO, State.REPORTED, State.LATE, State.AMENDED)


class Evil(StrEnum):
    """The four evils: wrong 错报, late 迟报, hidden 瞒报, missing 漏报."""

    WRONG = "wrong"
    LATE = "late"
    HIDDEN = "hidden"
    MISSING = "missing"


def state_of(
    due_at: datetime, at: datetime, *, version: int | None, signed_at: datetime | None, is_zero: bool | None
) -> State:
    """The state of an expectation. `version` and `is_zero` are of the newest report, None without one; `signed_at` is
    the time of its first signature.
    """
    if version is None or signed_at is None:
        return State.DUE if at < due_at else State.MISSING
    if version > 1:
        return State.AMENDED
    if signed_at > due_at:
        return State.LATE
    return State.ZERO if is_zero else State.REPORTED


def deadline(day: date, cutoff: str, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of the cut-off "17:00" on a district day."""
    return datetime.combine(day, time.fromisoformat(cutoff), zone).astimezone(UTC)


def days_of(weekdays: str, since: date, until: date) -> list[date]:
    """The days from `since` to `until`, both included, that fall on one of the ISO weekdays "1" to "7"."""
    every = (since + timedelta(days=number) for number in range((until - since).days + 1))
    return [day for day in every if str(day.isoweekday()) in weekdays]


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
    content = {"due": due_id, "version": version, "numbers": numbers, "rows": bound}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Later:
    """How the rows of a line have changed since the signature."""

    added: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: "Later") -> "Later":
        return Later(self.added + other.added, self.changed + other.changed, self.gone + other.gone)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def later(signed: Iterable[Sequence[Any]], present: Iterable[Sequence[Any]]) -> Later:
    """Compare the rows bound by a signature with those that are counted now."""
    before, now = dict(map(tuple, signed)), dict(map(tuple, present))
    changed = sum(now[key] != before[key] for key in now.keys() & before.keys())
    return Later(len(now.keys() - before.keys()), changed, len(before.keys() - now.keys()))


def topmost(paths: Mapping[Any, str]) -> list[Any]:
    """The keys of the units that have no other of these units above them, by the path of each."""
    return [key for key, path in paths.items() if not any(path != up and path.startswith(up) for up in paths.values())]


def plain(parts: Iterable[Line | Check | Note]) -> list[dict[str, Any]]:
    """Lines, checks or notes as plain data for a column."""
    return [asdict(part) for part in parts]


def lines_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(**{**line, "kind": LineKind(line["kind"])}) for line in stored)


def checks_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Check, ...]:
    return tuple(Check(CheckKind(check["kind"]), tuple(check["lines"])) for check in stored)


def notes_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Note, ...]:
    return tuple(
        Note(CheckKind(note["kind"]), tuple(note["lines"]), note["expected"], note["stated"]) for note in stored
    )
