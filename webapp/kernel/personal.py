"""Personal data: how names, phones, documents and plates are normalised, checked, compared and masked.

All input (typed, scanned, imported, searched) is normalised here. static/js/personal.js does the same on the device;
the cases in tests/personal/cases.json run against both.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_DOTS = "·•・‧∙⋅․.⸱●◦᛫"  # middle dots of different keyboards, used interchangeably in names
_DASHES = "-‐‑‒–—―−"
MIDDLE_DOTS = _DOTS + "．･"  # in a text that was not folded
_LEFT_OUT = frozenset(_DOTS + _DASHES)
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")  # GB/T 2260; 81 to 83 residence permits
_RESIDENT = re.compile("[0-9]{17}[0-9X]")
_TRAVEL_PERMIT = re.compile("[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{8}")
_PASSPORT = re.compile("[A-Z0-9]{5,20}")
_FOREIGN_OLD = re.compile("[A-Z]{3}[0-9]{12}")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_ABROAD = re.compile("[+][1-9][0-9]{6,14}")
_REGIONS = {  # country code -> pattern of the national number
    "+852": re.compile("[2-9][0-9]{7}"),
    "+853": re.compile("[268][0-9]{7}"),
    "+886": re.compile("[2-9][0-9]{7,8}"),
}
_CONTACT = re.compile("[+]?[0-9][0-9 -]{3,23}[0-9]")
_EXTENSION = re.compile("(.*?) ?(?:转|轉|ext[.]?|#) ?([0-9]{1,6})", re.IGNORECASE)
FIRST_BIRTH_YEAR = 1900


class IdType(StrEnum):
    """Identity documents. Residence permits for Hong Kong, Macau and Taiwan have numbers like resident IDs."""

    RESIDENT_ID = "resident_id"
    TRAVEL_PERMIT = "travel_permit"
    FOREIGN_RESIDENT = "foreign_resident"
    PASSPORT = "passport"


def compared(text: str) -> str:
    """The key by which texts about people are compared: NFKC, upper case, without spaces, format characters, dashes and
    middle dots.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not (c.isspace() or c in _LEFT_OUT or unicodedata.category(c) == "Cf"))


def normal_number(text: str) -> str:
    """The normalised number of a document."""
    return compared(text)


def normal_plate(text: str) -> str:
    """The normalised plate: 鲁A·12345 becomes 鲁A12345."""
    return compared(text)


def parse_phone(text: str) -> str | None:
    """The normalised phone of a person: mainland mobile without country code, others in E.164; None if invalid."""
    plain = _dialled(text)
    if _MOBILE.fullmatch(plain):
        return plain
    if plain.startswith("+86"):
        return plain[3:] if _MOBILE.fullmatch(plain[3:]) else None
    if (number := _REGIONS.get(plain[:4])) is not None:
        local = plain[4:].removeprefix("0") if plain.startswith("+886") else plain[4:]
        return plain[:4] + local if number.fullmatch(local) else None
    return plain if _ABROAD.fullmatch(plain) else None


def _dialled(text: str) -> str:
    """The digits, with a leading plus sign for a country code in any spelling: +86, 0086, 86."""
    plain = re.sub("[()]", "", compared(text))
    plain = re.sub("^00", "+", plain)
    return "+" + plain if re.fullmatch("86" + _MOBILE.pattern, plain) else plain


def contact_phone(text: str) -> str | None:
    """The normalised phone of an office or colleague: as `parse_phone`, or a landline or service number with extension.

    0794-8221234 ext. 802 becomes 0794-8221234转802.
    """
    folded = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    folded = re.sub(f"[{_DASHES}]", "-", folded).replace("(", "").replace(")", "-")
    folded = re.sub("[ -]*-[ -]*", "-", " ".join(folded.split()))
    match = _EXTENSION.fullmatch(folded)
    number, extension = (match[1], f"转{match[2]}") if match else (folded, "")
    if (reachable := parse_phone(number)) is not None:
        return reachable + extension
    is_good = _CONTACT.fullmatch(number) and 5 <= sum(c.isdigit() for c in number) <= 15
    return number + extension if is_good else None


def phone_key(text: str) -> str:
    """The key by which phones are compared; for text that is no phone, the key of any text."""
    return parse_phone(text) or compared(text)


def is_id_number(kind: IdType, number: str, on: date) -> bool:
    """Whether a document number is valid on a day: resident IDs by check digit (GB 11643-1999), province and birth
    date, others by shape. The county is not checked, because counties on old cards no longer exist.
    """
    plain = normal_number(number)
    if kind is IdType.RESIDENT_ID:
        return bool(_PROVINCE.match(plain)) and _is_numbered_person(plain, on)
    if kind is IdType.FOREIGN_RESIDENT:
        return bool(_FOREIGN_OLD.fullmatch(plain)) or (plain[:1] == "9" and _is_numbered_person(plain, on))
    return bool((_TRAVEL_PERMIT if kind is IdType.TRAVEL_PERMIT else _PASSPORT).fullmatch(plain))


def _is_numbered_person(number: str, on: date) -> bool:
    """Whether eighteen characters satisfy ISO 7064 mod 11-2 and have a birth date in the past."""
    if not _RESIDENT.fullmatch(number) or ric.calc_check_digit(number) != number[-1]:
        return False
    try:
        born: date = ric.get_birth_date(number)
    except ValidationError:
        return False
    return born.year >= FIRST_BIRTH_YEAR and born <= on


def is_unopened(text: str | None) -> bool:
    """Whether this is the marker of a sealed value that cannot be decrypted or was purged. It is shown as it is and
    never stored.
    """
    return bool(text) and str(text).startswith(("⚠ ", "∅ "))


def mask_name(name: str | None) -> str:
    """王秀英 -> 王**, a long name 古***. Direction marks are not counted as the first letter."""
    if name and is_unopened(name):
        return name
    letters = [c for c in (name or "").strip() if unicodedata.category(c) != "Cf"]
    return letters[0] + "*" * min(max(len(letters) - 1, 1), 3) if letters else ""


def mask_number(number: str | None) -> str:
    """110105194912310021 -> 110105********0021; short numbers show both ends."""
    if not number or is_unopened(number):
        return number or ""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:2]}{'*' * max(len(number) - 4, 2)}{number[-2:]}"


def mask_phone(phone: str | None) -> str:
    """13800138000 -> 138****8000, +85291234567 -> +852****567; short numbers show two digits, extensions none."""
    if phone and is_unopened(phone):
        return phone
    number, turned, _extension = (phone or "").partition("转")
    rest = "转***" if turned else ""
    if len(number) < 11:
        return ("*" * max(len(number) - 2, 1) + number[-2:] if len(number) > 3 else "*" * len(number)) + rest
    shown = (4, 3) if number.startswith("+") else (3, 4)
    return f"{number[: shown[0]]}****{number[-shown[1] :]}{rest}"


def mask_plate(plate: str | None) -> str:
    """鲁A12345 -> 鲁A·1**45."""
    if not plate or is_unopened(plate):
        return plate or ""
    if len(plate) <= 5:
        return f"{plate[:1]}***"
    return f"{plate[:2]}·{plate[2:3]}{'*' * max(len(plate) - 5, 1)}{plate[-2:]}"
