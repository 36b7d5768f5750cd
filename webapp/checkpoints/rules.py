"""Identifiers, masking, and the decision at the gate."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

LOWEST_CELSIUS = Decimal("34.0")
HIGHEST_CELSIUS = Decimal("43.0")
SUSPICIOUSLY_COLD = Decimal("35.0")


class IdType(StrEnum):
    """What somebody shows. Residence permits of Hong Kong, Macau and Taiwan carry the resident ID's number."""

    RESIDENT_ID = "resident_id"
    TRAVEL_PERMIT = "travel_permit"
    FOREIGN_RESIDENT = "foreign_resident"
    PASSPORT = "passport"


class Decision(StrEnum):
    PASS = "pass"
    REFUSE = "refuse"
    REFER = "refer"


class Reason(StrEnum):
    """Why the rule proposes what it proposes."""

    FEVER = "fever"
    RISK_AREA = "risk_area"
    NO_TEMPERATURE = "no_temperature"


class PlateKind(StrEnum):
    ORDINARY = "ordinary"
    NEW_ENERGY = "new_energy"
    OTHER = "other"


class Looks(StrEnum):
    """What a text typed to find somebody looks like."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    DOCUMENT = "document"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rule proposes, and why."""

    decision: Decision
    reasons: tuple[Reason, ...] = ()


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ORDINARY = re.compile(rf"^[{_PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳使领]$")
# GA 36-2018: small cars lead with the letter, large ones end with it.
_NEW_ENERGY = re.compile(rf"^[{_PROVINCES}][A-HJ-NP-Z](?:[DABCEFGHJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[DABCEFGHJK])$")
# The first two digits of GB/T 2260, and 81 to 83 of the residence permits of Hong Kong, Macau and Taiwan.
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_PHONE = re.compile(r"^1[3-9][0-9]{9}$")
_TRAVEL_PERMIT = re.compile(r"^(?:[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{8})$")
_PASSPORT = re.compile(r"^[A-Z0-9]{5,20}$")
_FOREIGN_OLD = re.compile(r"^[A-Z]{3}[0-9]{12}$")


def propose(celsius: Decimal | None, *, is_fever: bool, risk_area: str | None) -> Proposal:
    """The rule of the gate: a fever is refused entry, an arrival from a risk area is referred, and somebody with both
    is referred (the observation side must see them, not the road). Without a temperature nobody passes by rule.
    """
    reasons = []
    if celsius is None:
        reasons.append(Reason.NO_TEMPERATURE)
    if is_fever:
        reasons.append(Reason.FEVER)
    if risk_area:
        reasons.append(Reason.RISK_AREA)
        return Proposal(Decision.REFER, tuple(reasons))
    return Proposal(Decision.REFUSE if reasons else Decision.PASS, tuple(reasons))


def is_override(proposal: Proposal, decision: Decision) -> bool:
    """Does the person on duty decide otherwise than the rule? Then a reason is needed."""
    return proposal.decision is not decision


def normal_number(text: str) -> str:
    """An identifier as it is compared and kept: half width, upper case, no spaces or hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def is_id_number(kind: IdType, number: str) -> bool:
    """Is the number one of its kind: resident IDs by checksum (GB 11643-1999), the others by shape?"""
    plain = normal_number(number)
    if kind is IdType.RESIDENT_ID:
        return has_good_checksum(plain) and bool(_PROVINCE.match(plain)) and _has_birth_date(plain)
    if kind is IdType.FOREIGN_RESIDENT:
        return bool(_FOREIGN_OLD.match(plain)) or (plain[:1] == "9" and has_good_checksum(plain))
    return bool((_TRAVEL_PERMIT if kind is IdType.TRAVEL_PERMIT else _PASSPORT).match(plain))


def has_good_checksum(number: str) -> bool:
    """ISO 7064 mod 11-2 as GB 11643-1999 uses it, over 18 characters."""
    if not re.match(r"^[0-9]{17}[0-9X]$", number):
        return False
    return bool(ric.calc_check_digit(number) == number[-1])


def _has_birth_date(number: str) -> bool:
    """A real day; the county is not looked up, since counties of old cards no longer exist."""
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return True


def is_phone(text: str) -> bool:
    """A mainland mobile number."""
    return bool(_PHONE.match(normal_number(text)))


def plate_kind(text: str) -> PlateKind:
    """Military, police, emergency and temporary plates do not match: they are kept as typed, with a warning."""
    plain = normal_plate(text)
    if _ORDINARY.match(plain):
        return PlateKind.ORDINARY
    return PlateKind.NEW_ENERGY if _NEW_ENERGY.match(plain) else PlateKind.OTHER


def looks_like(text: str) -> Looks:
    """Where a text belongs on the form, mistyped ones too, so that they can be put right there."""
    number, plate = normal_number(text), normal_plate(text)
    if re.match(r"^[0-9]{14,}X?$", number):
        return Looks.ID_NUMBER
    if re.match(r"^[0-9]{6,}$", number):
        return Looks.PHONE
    if plate_kind(plate) is not PlateKind.OTHER or re.match(r"^(?:WJ|[^\W\dA-Z_]).*[0-9]{3}", plate):
        return Looks.PLATE
    return Looks.DOCUMENT if _PASSPORT.match(number) and re.search("[0-9]", number) else Looks.NAME


def normal_plate(text: str) -> str:
    return re.sub(r"[\s·•.\-]", "", unicodedata.normalize("NFKC", text)).upper()


def mask_name(name: str) -> str:
    """王秀英 -> 王**, a long name 古***. What only steers the writing direction is no first letter."""
    name = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3) if name else ""


def mask_number(number: str | None) -> str:
    """110105194912310021 -> 110105********0021; short ones keep their ends."""
    if not number:
        return ""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:2]}{'*' * max(len(number) - 4, 2)}{number[-2:]}"


def mask_phone(phone: str | None) -> str:
    """13800138000 -> 138****8000."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) >= 7 else "*" * len(phone or "")


def mask_plate(plate: str | None) -> str:
    """鲁A12345 -> 鲁A·1**45."""
    if not plate:
        return ""
    if len(plate) <= 5:
        return f"{plate[:1]}***"
    return f"{plate[:2]}·{plate[2:3]}{'*' * max(len(plate) - 5, 1)}{plate[-2:]}"
