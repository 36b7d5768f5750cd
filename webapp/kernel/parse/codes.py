"""Codes and lot numbers: their canonical spelling and the keys by which they are compared.

`static/js/parse/codes.js` does the same on the device; `tests/parse/codes.json` runs against both.
"""

import re
import unicodedata

KEY_LENGTH = 400  # NFKC turns one character into at most eighteen, and a lot has at most twenty characters
_DASHES = re.compile("[\u002d\u00ad\u058a\u05be\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\u301c\u30a0]")
# Invisible characters outside the category Cf: fillers, joiners and variation selectors.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_CODE = re.compile(r"[A-Z0-9]([A-Z0-9-]*[A-Z0-9])?", re.ASCII)


def lot_key(text: str | None) -> str:
    """The key by which lot numbers are compared: NFKC, upper case, without invisible characters."""
    upper = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text or "").upper())
    seen = "".join(c for c in _IGNORABLE.sub("", upper) if unicodedata.category(c) not in _UNSEEN)
    return unicodedata.normalize("NFKC", seen)


def code_key(text: str | None) -> str:
    """The key by which codes (item, place, unit, barcode) are compared: as `lot_key`, without hyphens (h02 is H-02)."""
    return _DASHES.sub("", lot_key(_DASHES.sub("", text or "")))


def written_code(text: str | None) -> str:
    """A code as printed on labels: capital letters, ASCII digits, plain hyphens."""
    return lot_key(_DASHES.sub("-", lot_key(_DASHES.sub("-", text or ""))))


def is_code(text: str, maximum: int) -> bool:
    """Whether a canonical code is valid for an item, a place or a unit."""
    return len(text) <= maximum and bool(_CODE.fullmatch(text))


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
