"""GS1 element strings, and the possible readings if a separator was lost.

`static/js/parse/gs1.js` does the same on the device. Each language has its own library for the application identifiers;
the cases in `tests/parse/scans.json` run against both.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import biip
from biip.gs1_messages import GS1Message

GS = "\x1d"
_CONFIG = biip.ParseConfig(gs1_element_strings_verify_date=False)
_CHARACTERS = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+", re.ASCII)  # GS1's character set 82
_LOST_BEFORE = re.compile(r"(?=((?:11|15|17)(\d{6})|01\d{14}))", re.ASCII)
_DATED = frozenset({"11", "12", "13", "15", "16", "17", "7003"})
_DEVICE_DOES_NOT_READ = frozenset({"425", "717", "7041", "8014", "8040", "8041", "8042", "8043", "8111", "8112"})
_CENTURY = 80  # smaller years are of this century: no goods are dated 1980 or last until 2080

Element = tuple[str, str]


class BrokenCode(ValueError):
    """The text is not a valid element string; `reason` is broken or doubled."""

    def __init__(self, reason: str = "broken") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reading:
    """The data of an element string. `count` is the number of articles, `unused` are elements without a field."""

    gtin: str
    lot: str | None = None
    made_on: date | None = None
    expires_on: date | None = None
    serial: str | None = None
    count: int | None = None
    unused: tuple[Element, ...] = ()


def read(text: str) -> Reading:
    """The reading of a text with its separators. Raises BrokenCode."""
    values: dict[str, str] = {}
    for segment in filter(None, text.split(GS)):
        for ai, value in _elements(segment):
            if ai in values:
                raise BrokenCode("doubled")
            values[ai] = value
    return _reading(values)


def readings(text: str) -> list[Reading]:
    """All readings of a text without separators: with one inserted wherever it may have been lost, last unchanged.

    There are at most as many as a scan of `LONGEST` characters has dates and article numbers after a lot.
    """
    possible = []
    for match in _LOST_BEFORE.finditer(text):
        if match.start() and _may_begin(match.group(1)) and _swallows(text[: match.start()]):
            possible.append(text[: match.start()] + GS + text[match.start() :])
    distinct: list[Reading] = []
    for spelling in [*possible, text]:
        try:
            reading = read(spelling)
        except BrokenCode:
            continue
        if reading not in distinct:
            distinct.append(reading)
    return distinct


def day_of(digits: str) -> date | None:
    """The day of YYMMDD, with 00 for the last day of the month; None for an invalid day."""
    year, month, day = (int(digits[at : at + 2]) for at in (0, 2, 4))
    year += 2000 if year < _CENTURY else 1900
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None


def is_gtin(digits: str) -> bool:
    """Whether the check digit of 8, 12, 13 or 14 digits is right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits[:-1])))
    return (total + int(digits[-1])) % 10 == 0


def _elements(segment: str) -> list[Element]:
    """The elements between two separators, of which only the last may have a variable length. Raises BrokenCode."""
    if not _CHARACTERS.fullmatch(segment):
        raise BrokenCode
    try:
        strings = GS1Message.parse(segment, config=_CONFIG).element_strings
    except biip.ParseError:
        raise BrokenCode from None
    if any(element.ai.separator_required for element in strings[:-1]):
        raise BrokenCode
    elements = [(element.ai.ai, element.value) for element in strings]
    if any(not value or ai in _DEVICE_DOES_NOT_READ or not _is_possible(ai, value) for ai, value in elements):
        raise BrokenCode
    return elements


def _is_possible(ai: str, value: str) -> bool:
    if ai == "7007":  # of a range of harvest days the device reads only the first
        return len(value) == 6
    return ai not in _DATED or day_of(value[:6]) is not None


def _may_begin(element: str) -> bool:
    """Whether a separator may have been lost before these digits: a valid day, or a complete GTIN."""
    return is_gtin(element[2:]) if element.startswith("01") else day_of(element[2:]) is not None


def _swallows(head: str) -> bool:
    """Whether the text ends with a lot or serial number, which includes everything that follows."""
    try:
        *_before, last = _elements(head)
    except BrokenCode:
        return False
    return last[0] in ("10", "21")


def _reading(values: dict[str, str]) -> Reading:
    used = _used(values)
    gtin = values.get("01") or values.get("02")
    if gtin is None or ("01" in values and "02" in values) or not is_gtin(gtin):
        raise BrokenCode
    expiry = next((values[ai][:6] for ai in ("17", "7003", "15") if ai in used), None)
    count = next((int(values[ai]) for ai in ("37", "30") if ai in used), None)
    return Reading(
        gtin,
        lot=values.get("10"),
        made_on=day_of(values["11"]) if "11" in values else None,
        expires_on=day_of(expiry) if expiry else None,
        serial=values.get("21"),
        count=count,
        unused=tuple((ai, value) for ai, value in values.items() if ai not in used),
    )


def _used(values: dict[str, str]) -> set[str]:
    """The identifiers whose values are used: of several expiry days and of several counts only one."""
    used = {"01", "02", "10", "11", "21"}
    used |= set(_first(("17", "7003", "15"), values))
    order = ("37", "30") if "02" in values else ("30", "37")
    return used | set(_first([ai for ai in order if int(values.get(ai) or 0)], values))


def _first(order: Sequence[str], values: dict[str, str]) -> list[str]:
    return [ai for ai in order if ai in values][:1]
