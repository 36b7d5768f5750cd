"""Digests of serial numbers, by which a page recognises a scanned piece; js/parse/serials.js makes the same ones.

FNV-1a of 128 bits, folded to 72: a collision among a million pieces occurs about once in ten billion slips and causes
an unnecessary question. The digest is not meant to hide anything.
"""

import re

_OFFSET, _PRIME = 0x6C62272E07BB014262B821756295C58D, 0x0000000001000000000000000000013B
_ALL, _KEPT = (1 << 128) - 1, (1 << 72) - 1
# A key is upper case (`lot_key`), so it cannot be confused with a digest.
_DIGESTS = re.compile(r"x[0-9a-f]{18}(?:\.x[0-9a-f]{18})*")


def digest_of(key: str) -> str:
    """The digest of a serial number's key, 19 characters."""
    value = _OFFSET
    for byte in key.encode("utf-8", "replace"):
        value = ((value ^ byte) * _PRIME) & _ALL
    return f"x{(value ^ (value >> 56)) & _KEPT:018x}"


def digests_in(text: str) -> list[str]:
    """The digests in a page's text for one item, or the digest of the key that an older page posted."""
    return text.split(".") if _DIGESTS.fullmatch(text) else [digest_of(text)]
