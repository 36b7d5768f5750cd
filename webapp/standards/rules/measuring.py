"""Measured values as people and laboratories write them; static/js/readings.js does the same.

A result in words has no number: "not detected" is below the laboratory's limit of detection, whatever that is, and
"detected" gives no amount. The text is stored as it was written.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from webapp.kernel.parse.folding import fold
from webapp.kernel.parse.numbers import parse_number

_SHAPE = re.compile(r"([<>]?) *([^-+<>Ll ][^<>Ll]*?) *([Ll]?)")
LONGEST = 24  # characters of a stored reading


class Word(StrEnum):
    """A result in words."""

    NOT_DETECTED = "not_detected"
    DETECTED = "detected"


_WORDS = {
    "未检出": Word.NOT_DETECTED,
    "ND": Word.NOT_DETECTED,
    "N.D.": Word.NOT_DETECTED,
    "检出": Word.DETECTED,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value: exact, below a limit of detection, beyond the range of the method, or a word without a value.

    `text` is the value as written.
    """

    value: Decimal | None
    below_detection: bool = False
    beyond_range: bool = False
    word: Word | None = None
    text: str = field(default="", compare=False)

    @property
    def written(self) -> str:
        """The value as stored and printed: the original text, else such as 6.5, <0.01, >24000."""
        return self.text or f"{'<' if self.below_detection else '>' if self.beyond_range else ''}{self.value}"


def parse_measured(text: str) -> Measured | None:
    """Read "6.5", "<0.01" or the reports' "0.004L" (below detection), ">24000", 未检出/ND, 检出; None for others."""
    plain, text = fold(text), text.strip()
    if len(text) > LONGEST:
        return None
    if (word := _WORDS.get(plain.upper())) is not None:
        return Measured(None, word=word, text=text)
    match = _SHAPE.fullmatch(plain)
    value = parse_number(match[2]) if match and not (match[1] and match[3]) else None
    if match is None or value is None:
        return None
    return Measured(value, match[1] == "<" or bool(match[3]), match[1] == ">", text=text)
