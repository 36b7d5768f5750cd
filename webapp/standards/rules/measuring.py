"""A measured value as people and laboratories write it."""

import re
from dataclasses import dataclass
from decimal import Decimal

from webapp.kernel.parse.folding import fold
from webapp.kernel.parse.numbers import parse_number

_SHAPE = re.compile(r"([<>]?) *([^-+<>Ll ][^<>Ll]*?) *([Ll]?)")
_WORDS = {"未检出": Decimal(0), "ND": Decimal(0), "检出": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as read: itself, or what it is less than (limit of detection), or beyond (the method's range)."""

    value: Decimal
    below_detection: bool = False
    beyond_range: bool = False

    @property
    def written(self) -> str:
        """As it is kept and printed: 6.5, <0.01, >24000."""
        return f"{'<' if self.below_detection else '>' if self.beyond_range else ''}{self.value}"


def parse_measured(text: str) -> Measured | None:
    """Read "6.5", "<0.01" or the reports' "0.004L" (below detection), ">24000", 未检出/ND, 检出; None for others."""
    plain = fold(text)
    if plain.upper() in _WORDS:
        return Measured(_WORDS[plain.upper()])
    match = _SHAPE.fullmatch(plain)
    value = parse_number(match[2]) if match and not (match[1] and match[3]) else None
    if match is None or value is None:
        return None
    return Measured(value, match[1] == "<" or bool(match[3]), match[1] == ">")
