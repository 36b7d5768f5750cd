"""Processing a scan at the counter, with a fixed number of queries."""

import re
from dataclasses import dataclass, replace
from datetime import date

from webapp.kernel.parse.codes import lot_key
from webapp.kernel.parse.numbers import parse_number
from webapp.places import queries as places
from webapp.places.rules import REAL, PlaceKind
from webapp.supplies.counter.adding import Outcome, bring, count, drafted, fetch, instead_of, values_of
from webapp.supplies.counter.draft import Draft
from webapp.supplies.labels import amount_in, item_name
from webapp.supplies.queries.articles import AnyItem
from webapp.supplies.queries.items import find_item, find_scanned, measures_of
from webapp.supplies.queries.stock import candidates, find_lot, shelves_anywhere
from webapp.supplies.queries.typed import identity
from webapp.supplies.rules import ScannedCode, SlipKind, scan

_TIMES = re.compile(r"([0-9０-９]{1,7})[ \u00a0\u3000]*[*＊×](.*)|[*＊][ \u00a0\u3000]*([0-9０-９]{1,7})", re.DOTALL)
_AROUND = " \t\r\n\u00a0\u200b-\u200f\u2060\u3000\ufeff"  # not a group separator: it ends a lot
_OUTSIDE = re.compile(f"^[{_AROUND}]+|[{_AROUND}]+$")


def split_times(typed: str) -> tuple[int | None, str]:
    """The multiplier before a code, or alone for the previous line (`40*`), and the rest.

    `splitTimes` is the same on the device; `tests/parse/times.json` runs against both.
    """
    text = _OUTSIDE.sub("", typed)
    match = _TIMES.fullmatch(text)
    if match is None:
        return None, text
    return int(match.group(1) or match.group(3)), _OUTSIDE.sub("", match.group(2) or "")


_MOST_DIGITS = 7  # eight and more are a barcode


def bare_number(text: str) -> str | None:
    """The quantity of a bare number in a count; None for a possible barcode or any other text."""
    plain = parse_number(text)
    digits = sum(character.isdigit() for character in text)
    return format(plain, "f") if plain is not None and plain >= 0 and digits <= _MOST_DIGITS else None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an open question: the chosen reading, that a serial number is another piece, or whether a number is
    an item's code or a quantity.
    """

    reading: int | None = None
    is_another: bool = False
    is_code: bool = False
    is_number: bool = False


NO_ANSWER = Answer()


def take(draft: Draft, typed: str, today: date, answer: Answer = NO_ANSWER) -> Outcome:
    """Process input: `code`, `40*code`, `40*` or a number for the previous line, or a place's label."""
    outcome = _take(draft, typed, today, answer)
    has_code = bool(split_times(typed)[1])  # `40*` alone leaves no question open
    return replace(outcome, asked=typed) if outcome.stop and has_code else outcome


def _take(draft: Draft, typed: str, today: date, answer: Answer) -> Outcome:
    times, text = split_times(typed)
    if not text:
        return Outcome("already") if times is None else _set_last(draft, str(times))
    if draft.place_id is None:
        return Outcome("refused", "no-warehouse")
    code = scan(text)
    match = find_scanned(code)
    number = bare_number(text) if draft.kind is SlipKind.COUNT and times is None and not answer.is_code else None
    if number is not None and not (match and not draft.lines):
        is_open = match and not answer.is_number
        return Outcome("refused", "number-or-code", {"code": text}) if is_open else _set_last(draft, number)
    if match is None and code.readings:
        return _take_reading(draft, code, times, today, answer)
    if match is None:
        return _unknown(draft, code, text)
    return _take_code(draft, code, match, times, today, answer)


def _take_reading(draft: Draft, code: ScannedCode, times: int | None, today: date, answer: Answer) -> Outcome:
    """Process a code with several readings, because a separator may have been lost: a person has to choose one."""
    possible = code.readings
    if answer.reading is not None:
        possible = possible[min(answer.reading, len(possible) - 1) :][:1]
    chosen, match = next(
        ((reading, known) for reading in possible if (known := find_scanned(reading))), (possible[0], None)
    )
    if match is None:
        return Outcome("refused", "unknown", {"code": shown(code.text)}, unknown=code.text)
    if answer.reading is None:
        values = {"item": item_name(match[0]), "code": shown(code.text)}
        return Outcome("refused", "readings", values, readings=code.readings)
    return _take_code(draft, chosen, match, times, today, answer)


def _unknown(draft: Draft, code: ScannedCode, text: str) -> Outcome:
    values = {"code": shown(text)}
    if code.trouble in ("broken", "doubled"):
        return Outcome("refused", code.trouble, values)
    if place := _point(draft, code.text):
        return place
    if code.trouble:
        return Outcome("refused", code.trouble, values)
    return Outcome("refused", "unknown", values, unknown=text)


def _take_code(
    draft: Draft, code: ScannedCode, match: tuple[AnyItem, str], times: int | None, today: date, answer: Answer
) -> Outcome:
    item, key = match
    measure = next((m for m in measures_of(item) if m.key == key), measures_of(item)[0])
    if times == 0 and draft.kind is not SlipKind.COUNT:
        return Outcome("refused", "zero-times")
    if code.serial and draft.serials.has(item.id, code.serial) and not answer.is_another:
        return Outcome("refused", "serial-twice", {"item": item_name(item), "serial": code.serial})
    add = {SlipKind.IN: bring, SlipKind.COUNT: count}.get(draft.kind, fetch)
    number = (1 if times is None else times) * (code.count or 1)
    outcome = add(draft, code, item, measure, number, today)
    if code.serial and outcome.stop is None:
        draft.serials.add(item.id, code.serial)
    return replace(outcome, item=item, notes=() if outcome.stop else notes_of(code))


def notes_of(code: ScannedCode) -> list[tuple[str, str]]:
    """Data of the code without a field, and a count that was used."""
    notes = [("count", str(code.count))] if code.count else []
    notes += [("unused", f"({ai}) {value}") for ai, value in code.unused]
    return notes + ([("rest", code.rest)] if code.rest else [])


def scanned_into(draft: Draft, field_name: str) -> str:
    """Remove and return a code that was scanned or typed into a line's field instead of the box."""
    match = re.fullmatch(r"lines-([0-9]{1,3})-(lot|quantity)", field_name, re.ASCII)
    if match is None or int(match.group(1)) >= len(draft.lines):
        return ""
    line, name = draft.lines[int(match.group(1))], match.group(2)
    typed = line[name].strip()
    code = scan(typed)
    if not typed or not (_is_code_in_lot(line, code) if name == "lot" else code.gtin or code.readings):
        return ""
    line[name] = ""
    return typed


def _is_code_in_lot(line: dict[str, str], code: ScannedCode) -> bool:
    """Whether a lot field has a code (of a known item, or only possible from a scanner) instead of a known lot."""
    item_id = identity(line["item"])
    if item_id and find_lot(item_id, line["lot"]):
        return False
    is_text_of_scanner = code.readings or code.is_broken or code.lot is not None or code.text.upper().startswith("FL:")
    return bool(is_text_of_scanner or find_scanned(code))


def shown(text: str) -> str:
    """A code for display: separators as a visible character, cut to one line."""
    return text.replace("\x1d", "\u241d")[:60]


def _point(draft: Draft, text: str) -> Outcome | None:
    """Set the destination from a place's label; None if the code is not of a place."""
    place = places.find_by_label(text)
    if place is None or place.kind not in REAL or place.is_closed:
        return None
    wants_warehouse = draft.kind is SlipKind.TRANSFER
    is_fit = (place.kind is PlaceKind.WAREHOUSE) == wants_warehouse and place.id != draft.place_id
    if draft.kind not in (SlipKind.OUT, SlipKind.TRANSFER) or not is_fit:
        return Outcome("refused", "place-not-here", {"place": place.name})
    draft.head["other"] = str(place.id)
    return Outcome("ok", chosen=place.name)


def _set_last(draft: Draft, number: str) -> Outcome:
    """`40*`: set the quantity of the line touched last if the stock suffices; `0*` removes the line."""
    if not draft.lines:
        return Outcome("refused", "no-line")
    line = draft.lines[draft.last]
    if number == "0" and draft.kind is not SlipKind.COUNT:
        draft.remove(draft.last)
        return Outcome("already")
    before, line["quantity"] = line["quantity"], number
    draft.touched = draft.last
    item = find_item(identity(line["item"]))
    if item is None or draft.place_id is None or draft.kind not in (SlipKind.OUT, SlipKind.TRANSFER):
        return Outcome("already")
    measure = next((m for m in measures_of(item) if m.key == line["measure"]), measures_of(item)[0])
    free = sum(
        candidate.available
        for candidate in candidates(draft.place_id, item.id)
        if lot_key(candidate.lot) == lot_key(line["lot"])
    )
    if drafted(draft, item, line["lot"]) <= free:
        return Outcome("already")
    line["quantity"] = before
    left = amount_in(free, measure, item)
    instead = instead_of(draft, shelves_anywhere(item.id), line["lot"])
    return Outcome("refused", "short", values_of(item, line["lot"], left=left), instead, measure=measure)
