"""The parser of typed, scanned and imported numbers; static/js/parse/numbers.js does the same.

- Decimal sign: a point or an ideographic stop (6.5, 6。5, .5, 37.), or one comma between digits (0,025; 1,5).
- A comma groups digits only in the form d{1,3}(,ddd)+ whose first group does not begin with 0: 1,500 is 1500,
  0,500 is 0.5.
- Two numbers (6 5), exponents (1e2), NaN, infinity, units, 万 and digits of other scripts are not numbers.
"""

import re
from decimal import Decimal

from webapp.kernel.parse.folding import fold

_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)((?:[.。][0-9]+)?)")
_DECIMAL = re.compile(r"([0-9]+)[.。]?|([0-9]*)[.。]([0-9]+)|(0|[1-9][0-9]*),([0-9]+)")
LONGEST_WHOLE = 15
MOST_PLACES = 10


def parse_number(text: str) -> Decimal | None:
    """The number of a text, with its decimals as written (6.50 has two); None if it is not a number."""
    plain = plain_number(text)
    return None if plain is None else Decimal(plain)


def plain_number(text: str) -> str | None:
    """A number in plain form, as in JavaScript: "-0.5", "1500", "6.50"; None if it is not a number."""
    folded = fold(text)
    sign = folded[:1] if folded[:1] in ("-", "+") else ""
    parts = _parts(folded[len(sign) :])
    if parts is None:
        return None
    whole, places = parts[0].lstrip("0") or "0", parts[1]
    if len(whole) > LONGEST_WHOLE or len(places) > MOST_PLACES:
        return None
    is_zero = not (whole + places).strip("0")
    return ("-" if sign == "-" and not is_zero else "") + whole + ("." + places if places else "")


def _parts(text: str) -> tuple[str, str] | None:
    """The digits before and after the decimal sign."""
    if grouped := _GROUPED.fullmatch(text):
        return grouped[1].replace(",", ""), grouped[2][1:]
    match = _DECIMAL.fullmatch(text)
    return match and (match[1] or match[2] or match[4] or "", match[3] or match[5] or "")
