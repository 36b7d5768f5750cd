"""The posted fields of a kind while an administrator edits it: lines that say nothing, and lines that change places."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from webapp.kernel.fields import line_numbers
from webapp.kernel.presence import is_blank
from webapp.reports.forms import NUMBER, places_typed

Fields = MultiDict[str, str]
PARTS = ("code", "name", "what", "unit")


def filled(fields: Fields) -> Fields:
    """The fields without the rows that say nothing. An existing line is taken out by emptying its name."""
    empty = [f"lines-{number}-" for number in line_numbers(fields, "lines") if _is_no_line(fields, f"lines-{number}-")]
    empty += [f"checks-{number}-" for number in line_numbers(fields, "checks") if _is_no_check(fields, number)]
    return MultiDict([pair for pair in fields.items(multi=True) if not pair[0].startswith((*empty, "\0"))])


def _is_no_line(fields: Fields, prefix: str) -> bool:
    is_new = is_blank(fields.get(f"{prefix}code"))
    is_untouched = fields.get(f"{prefix}what", NUMBER) in ("", NUMBER) and is_blank(fields.get(f"{prefix}unit"))
    return is_blank(fields.get(f"{prefix}name")) and (not is_new or is_untouched)


def _is_no_check(fields: Fields, number: int) -> bool:
    return is_blank(fields.get(f"checks-{number}-kind")) and is_blank(fields.get(f"checks-{number}-places"))


def moved(fields: Fields, act: str) -> Fields:
    """The fields after "3 up" or "3 down": the line with the number 3 on the page and its neighbour change places, and
    the checks name them by their new numbers. Anything else, such as the first line up, changes nothing.
    """
    numbers = line_numbers(fields, "lines")
    typed, _space, way = act.partition(" ")
    line = int(typed) - 1 if typed.isascii() and typed.isdecimal() and len(typed) <= 3 else -1
    place = numbers.index(line) + {"up": -1, "down": 1}.get(way, 0) if line in numbers else -1
    if not 0 <= place < len(numbers) or numbers[place] == line:
        return fields
    return _swapped(fields, line, numbers[place])


def _swapped(fields: Fields, line: int, other: int) -> Fields:
    after = MultiDict(fields)
    for part in PARTS:
        pair = f"lines-{line}-{part}", f"lines-{other}-{part}"
        after[pair[0]], after[pair[1]] = fields.get(pair[1], ""), fields.get(pair[0], "")
    swap = {str(line + 1): str(other + 1), str(other + 1): str(line + 1)}
    for number in line_numbers(fields, "checks"):
        name = f"checks-{number}-places"
        if name in fields:
            after[name] = " ".join(swap.get(place, place) for place in places_typed(fields[name]))
    return after


def spare(field: Any, used: Sequence[int], count: int) -> list[Any]:
    """Blank rows after the last one."""
    first = max(used, default=-1) + 1
    return [field.line(MultiDict(), prefix=f"{field.name}-{number}-") for number in range(first, first + count)]
