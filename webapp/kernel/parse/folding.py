"""Folding of full-width and small forms to ASCII; drops invisible format characters and outer spaces.

Not NFKC, which turns 10² into 102 and ½ into three characters. Other characters stay, for the parser to refuse.
static/js/parse/folding.js does the same.
"""

import re

_PLAIN = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # full width ! to ~
    **dict.fromkeys((0x00A0, 0x2007, 0x2009, 0x202F, 0x3000), 0x20),  # spaces
    **dict.fromkeys((0x2010, 0x2011, 0x2013, 0x2212, 0xFE63), ord("-")),
    **dict(zip(map(ord, "﹐﹒﹢﹤﹥｡"), map(ord, ",.+<>。"), strict=True)),
}
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
LONGEST = 60  # characters: no number or day is longer


def fold(text: str) -> str:
    """The folded text for a parser; "" for a text that is too long to be a number or a day."""
    if len(text) > LONGEST:
        return ""
    return _INVISIBLE.sub("", text).translate(_PLAIN).strip(" \t\r\n")
