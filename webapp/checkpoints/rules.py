"""Plates, what a typed text looks like, and the decision at the gate."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from webapp.kernel.personal import normal_number, normal_plate, parse_phone

LOWEST_CELSIUS = Decimal("34.0")
HIGHEST_CELSIUS = Decimal("43.0")
SUSPICIOUSLY_COLD = Decimal("35.0")
MOST_COMPANIONS = 60


class Decision(StrEnum):
    PASS = "pass"
    REFUSE = "refuse"
    REFER = "refer"


class Elsewhere(StrEnum):
    """What becomes of the visit of somebody who is inside another gate as well."""

    MOVE = "move"
    STAY = "stay"


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


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one visitor from another, as digests: a document, else phone and name.

    A phone alone is contact data: a family has one. Two documents that differ are two persons.
    """

    document: str | None
    phone: str | None
    name: str | None

    def is_of(self, other: "Identity") -> bool:
        """Is this the same person?"""
        if self.document and other.document:
            return self.document == other.document
        return bool(self.phone) and (self.phone, self.name) == (other.phone, other.name)

    @staticmethod
    def text(number: str | None, phone: str | None, name: str) -> str | None:
        """What the digest of a person is made of."""
        return number or (f"{phone} {name}" if phone else None)


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ORDINARY = re.compile(rf"^[{_PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳使领]$")
# GA 36-2018: small cars lead with the letter, large ones end with it.
_NEW_ENERGY = re.compile(rf"^[{_PROVINCES}][A-HJ-NP-Z](?:[DABCEFGHJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[DABCEFGHJK])$")
_PASSPORT = re.compile(r"^[A-Z0-9]{5,20}$")


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
    if parse_phone(text) or re.match(r"^[+]?[0-9]{6,}$", number):
        return Looks.PHONE
    if plate_kind(plate) is not PlateKind.OTHER or re.match(r"^(?:WJ|[^\W\dA-Z_]).*[0-9]{3}", plate):
        return Looks.PLATE
    return Looks.DOCUMENT if _PASSPORT.match(number) and re.search("[0-9]", number) else Looks.NAME
