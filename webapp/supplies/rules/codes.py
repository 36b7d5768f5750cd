"""What a scanned code says: GS1 element strings, EAN and its kin, our own labels, or a code typed by hand."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import biip
from biip.gs1_messages import GS1Message

LONGEST = 200
_GS = "\x1d"
_GS_SPELLINGS = re.compile(r"<GS>|\{GS\}|␝|\^\]", re.IGNORECASE)
_BRACKETED = re.compile(r"\(\d{2,4}\)")
_ELEMENTS = re.compile(r"\](C1|d2|Q3|e0|J1)|01\d{14}\S")
_NOT_GS1 = re.compile(r"^\](?!C1|d2|Q3|e0|J1)[A-Za-z][0-9A-Za-z]")  # how a camera names the kind of symbol it read
_OWN_ITEM = re.compile(r"FL:I:([A-Z0-9-]{1,20})")
_OWN_LOT = re.compile(r"FL:L:([A-Z0-9-]{1,20}):(\d{6}|-):(.{1,20})")


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """What a code said. `gtin` has 14 digits; `item_code` is from our own label or typed; `is_broken` when it
    looks like a GS1 code but does not follow its rules (cut short, wrong check digit, impossible date).
    """

    text: str
    gtin: str | None = None
    lot: str | None = None
    made_on: date | None = None
    expires_on: date | None = None
    serial: str | None = None
    item_code: str | None = None
    is_broken: bool = False


def scan(typed: str) -> ScannedCode:
    """Read a code as a scanner, a camera or a person gives it; never raises."""
    text = _NOT_GS1.sub("", _normal(typed))
    if own := _own(text):
        return own
    if _BRACKETED.match(text):
        return _elements(text, bracketed=True)
    if _ELEMENTS.match(text):
        return _elements(text, bracketed=False)
    if gtin := _gtin(text):
        return ScannedCode(text, gtin=gtin)
    return ScannedCode(text, item_code=text.upper())


def item_label(item_code: str) -> str:
    """The text of our own label of an item."""
    return f"FL:I:{item_code}"


def lot_label(item_code: str, number: str, expires_on: date | None) -> str:
    """The text of our own label of a batch: it says everything, so that it reads without a network."""
    return f"FL:L:{item_code}:{expires_on.strftime('%y%m%d') if expires_on else '-'}:{number or '-'}"


def _normal(typed: str) -> str:
    """Full-width brackets and digits of a Chinese keyboard become plain; spelt-out separators become GS."""
    plain = unicodedata.normalize("NFKC", _GS_SPELLINGS.sub(_GS, typed[:LONGEST])).strip(" \t\r\n")
    return "".join(c for c in plain if c == _GS or unicodedata.category(c) not in ("Cc", "Cs", "Cf"))


def _own(text: str) -> ScannedCode | None:
    upper = text.upper()
    if found := _OWN_ITEM.fullmatch(upper):
        return ScannedCode(text, item_code=found.group(1))
    if found := _OWN_LOT.fullmatch(text if text.startswith("FL:") else upper):
        code, day, number = found.groups()
        try:
            expires_on = None if day == "-" else date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
        except ValueError:
            return ScannedCode(text, is_broken=True)
        return ScannedCode(text, item_code=code, lot="" if number == "-" else number, expires_on=expires_on)
    return None


def _elements(text: str, *, bracketed: bool) -> ScannedCode:
    try:
        message = GS1Message.parse_hri(text) if bracketed else biip.parse(text).gs1_message
    except biip.ParseError:
        message = None
    if message is None:
        return ScannedCode(text, is_broken=True)
    found = {element.ai.ai: element for element in message.element_strings}
    unit = found.get("01")
    if unit is None or unit.gtin is None:
        return ScannedCode(text, is_broken=True)
    values = {ai: element.value for ai, element in found.items()}
    days = {ai: element.date for ai, element in found.items()}
    return ScannedCode(
        text,
        gtin=unit.gtin.as_gtin_14(),
        lot=values.get("10"),
        made_on=days.get("11"),
        expires_on=days.get("17"),
        serial=values.get("21"),
    )


def _gtin(text: str) -> str | None:
    """EAN-13, EAN-8, UPC-A and ITF-14 are the same number with zeros in front."""
    digits = re.fullmatch(r"(?:\](?:E\d|I\d))?(\d{8}|\d{12,14})", text, re.ASCII)
    if digits is None:
        return None
    gtin = biip.parse(digits.group(1)).gtin
    return gtin.as_gtin_14() if gtin else None
