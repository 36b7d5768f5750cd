"""Parsing of scanned codes: GS1 element strings, EAN and related codes, our own labels, or typed codes.

`static/js/parse/scans.js` does the same on the device; `tests/parse/scans.json` runs against both.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from webapp.kernel.parse.codes import written_code
from webapp.supplies.rules.elements import GS, BrokenCode, Element, Reading, is_gtin, read, readings

LONGEST = 200
_SEPARATORS = re.compile(
    r"<GS>|\{GS\}|\[GS\]|<RS>|\{RS\}|<FNC1>|\{FNC1\}|<0x1D>|\\x1d|\\u001d|\u241d|\u241e|\^\]|[\t\x1e]",
    re.IGNORECASE | re.ASCII,
)
_SYMBOL = re.compile(r"\]([A-Za-z][0-9A-Za-z])")  # the symbology identifier of a camera or scanner
_GS1_SYMBOLS = frozenset({"C1", "d2", "Q3", "e0", "J1"})
_BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)", re.ASCII)
_LOOKS_LIKE_GS1 = re.compile(r"0[12]\d{14}|1[1-7]\d{6}[0-9]|10.{1,20}|21.{1,20}", re.ASCII)
_NUMBERS = re.compile(r"\d{8}|\d{12,14}", re.ASCII)
_DRUG = re.compile(r"[1-9]\d{19}", re.ASCII)
_MA = re.compile(r"(MA\.[^.]+\.[^.]+\.[^.]+\.[^.]+)(\..*)?", re.IGNORECASE)
_LINK = re.compile(
    r"https?://[^/?#]+(?:/[^?#]*)?/(?:01|gtin)/(\d{8,14})([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.ASCII
)
_LINK_NAMES = {"gtin": "01", "cpv": "22", "lot": "10", "ser": "21"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ESCAPED = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_OWN_ITEM = re.compile(r"FL:I:([A-Z0-9-]{1,20})", re.IGNORECASE | re.ASCII)
_OWN_LOT = re.compile(r"FL:L:([A-Z0-9-]{1,20}):(\d{6}|-):(.{1,20})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """A parsed code. `gtin` has 14 digits; `keys` are the possible keys of an item, the most likely first.

    `trouble` is broken (truncated or invalid), doubled (two values for one field) or check-digit (a number with the
    length of a barcode and a wrong check digit, valid only if it is known). `readings` are the choices if a separator
    may have been lost. `learnt` is the part to store of an unknown code; `rest` follows the product part of a maker's
    code.
    """

    text: str
    keys: tuple[str, ...] = ()
    gtin: str | None = None
    lot: str | None = None
    made_on: date | None = None
    expires_on: date | None = None
    serial: str | None = None
    item_code: str | None = None
    count: int | None = None
    rest: str | None = None
    unused: tuple[Element, ...] = ()
    readings: tuple["ScannedCode", ...] = ()
    trouble: str | None = None

    @property
    def is_broken(self) -> bool:
        return self.trouble in ("broken", "doubled")

    @property
    def learnt(self) -> str:
        if self.readings:
            return self.readings[0].learnt
        return self.gtin or (self.keys[-1] if self.keys else self.text)


def scan(typed: str) -> ScannedCode:
    """Parse the input of a scanner, a camera or a person; never raises."""
    if len(typed) > LONGEST:
        return ScannedCode(typed[:LONGEST], trouble="broken")
    text, symbol = _normal(typed)
    is_gs1 = symbol in _GS1_SYMBOLS or GS in text
    return (
        _own(text)
        or _link(text)
        or _bracketed(text)
        or (_message(text) if is_gs1 else None)
        or _bare_message(text)
        or _maker(text)
        or _number(text)
        or ScannedCode(text, (text,), item_code=written_code(text))
    )


def item_label(item_code: str) -> str:
    """The text of our own label of an item."""
    return f"FL:I:{item_code}"


def lot_label(item_code: str, number: str, expires_on: date | None) -> str:
    """The text of our own label of a batch, with all data so that it can be read without a network."""
    return f"FL:L:{item_code}:{expires_on.strftime('%y%m%d') if expires_on else '-'}:{number or '-'}"


def _normal(typed: str) -> tuple[str, str]:
    """The text without invisible characters and with GS for every separator; and the symbology, if it was named."""
    plain = unicodedata.normalize("NFKC", _SEPARATORS.sub(GS, typed.strip(" \t\r\n")))
    seen = "".join(c for c in plain if c == GS or unicodedata.category(c) not in _UNSEEN)
    text = seen.strip(" \u1680")
    symbol = _SYMBOL.match(text)
    return (text[3:], symbol.group(1)) if symbol else (text, "")


def _own(text: str) -> ScannedCode | None:
    if match := _OWN_ITEM.fullmatch(text):
        code = match.group(1).upper()
        return ScannedCode(text, (code,), item_code=code)
    if match := _OWN_LOT.fullmatch(text):
        code, day, number = match.groups()
        try:
            expires_on = None if day == "-" else date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
        except ValueError:
            return ScannedCode(text, (text,), trouble="broken")
        lot = "" if number == "-" else number
        return ScannedCode(text, (code.upper(),), item_code=code.upper(), lot=lot, expires_on=expires_on)
    return None


def _link(text: str) -> ScannedCode | None:
    """Parse a GS1 Digital Link, which has the elements in the path and query of an address."""
    if not (match := _LINK.fullmatch(text)):
        return None
    gtin, path, query = match.groups()
    parts = [part for part in path.split("/") if part]
    pairs = [("01", gtin.zfill(14)), *zip(parts[::2], parts[1::2], strict=False)]
    pairs += [(name, value) for part in re.split("[&;]", query or "") for name, _is, value in [part.partition("=")]]
    if any(not _ESCAPED.fullmatch(value) for _name, value in pairs):
        return ScannedCode(text, (text,), trouble="broken")
    named = [(_LINK_NAMES.get(name.lower(), name), unquote(value)) for name, value in pairs]
    elements = [ai + value for ai, value in named if re.fullmatch(r"\d{2,4}", ai, re.ASCII)]
    return _message(GS.join(elements) + GS, text)


def _bracketed(text: str) -> ScannedCode | None:
    if not re.match(r"\(\d{2,4}\)", text, re.ASCII):
        return None
    elements = _BRACKETED.findall(text)
    if "".join(f"({ai}){value}" for ai, value in elements) != text:
        return ScannedCode(text, (text,), trouble="broken")
    return _message(GS.join(ai + value for ai, value in elements) + GS, text)


def _message(message: str, text: str | None = None) -> ScannedCode:
    """Parse a text that is known to be an element string. If it has no separator, one may have been lost."""
    text = text or message
    try:
        possible = [read(message)] if GS in message else readings(message)
        if not possible:
            read(message)  # raises the reason
    except BrokenCode as error:
        return ScannedCode(text, (text,), trouble=error.reason)
    if GS in message or (len(possible) == 1 and possible[0] == _as_it_stands(message)):
        return _code(text, possible[0])
    return ScannedCode(text, (text,), readings=tuple(_code(text, reading) for reading in possible))


def _as_it_stands(message: str) -> Reading | None:
    try:
        return read(message)
    except BrokenCode:
        return None


def _bare_message(text: str) -> ScannedCode | None:
    """Parse a text that looks like an element string: accepted if it is valid, or begins like no other code."""
    if not _LOOKS_LIKE_GS1.match(text):
        return None
    code = _message(text)
    if code.trouble == "broken" and not re.match(r"01\d{14}", text, re.ASCII):
        return None
    return code


def _code(text: str, reading: Reading) -> ScannedCode:
    return ScannedCode(
        text,
        (text, reading.gtin),
        gtin=reading.gtin,
        lot=reading.lot,
        made_on=reading.made_on,
        expires_on=reading.expires_on,
        serial=reading.serial,
        count=reading.count,
        unused=reading.unused,
    )


def _maker(text: str) -> ScannedCode | None:
    """Chinese codes: the first five parts of an MA code, or the first seven of a drug code's twenty digits, are the
    product.
    """
    if match := _MA.fullmatch(text):
        product, rest = match.groups()
        has_serial = re.search(r"\.S[^.]", rest or "", re.IGNORECASE)
        return ScannedCode(text, (text, product), rest=rest or None, serial=text if has_serial else None)
    digits = _ungrouped(text)
    if _DRUG.fullmatch(digits):
        return ScannedCode(text, (digits, digits[:7]), serial=digits)
    return None


def _number(text: str) -> ScannedCode | None:
    """EAN-13, EAN-8, UPC-A and ITF-14 are the same number with leading zeros; UPC-E omits zeros."""
    digits = _ungrouped(text)
    if not _NUMBERS.fullmatch(digits):
        return None
    valid = list(_gtins(digits))
    if not valid:
        return ScannedCode(text, (digits,), item_code=digits, trouble="check-digit")
    return ScannedCode(text, (digits, *valid), gtin=valid[0])


def _ungrouped(text: str) -> str:
    """The digits without the grouping printed under a barcode."""
    return re.sub("[ -]", "", text)


def _gtins(digits: str) -> Iterator[str]:
    if is_gtin(digits):
        yield digits.zfill(14)
    if len(digits) == 8 and digits[0] in "01" and is_gtin(whole := _expanded(digits)):
        yield whole.zfill(14)


def _expanded(digits: str) -> str:
    """The twelve digits of UPC-A for the eight of UPC-E."""
    system, body, last, check = digits[0], digits[1:6], digits[6], digits[7]
    if last in "012":
        return f"{system}{body[:2]}{last}0000{body[2:]}{check}"
    if last == "3":
        return f"{system}{body[:3]}00000{body[3:]}{check}"
    if last == "4":
        return f"{system}{body[:4]}00000{body[4:]}{check}"
    return f"{system}{body}0000{last}{check}"
