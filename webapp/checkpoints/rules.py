"""Rules of the gate: plates, classification of search texts, and the proposed decision."""

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
    """The choices for the visit of a person who is also inside another gate."""

    MOVE = "move"
    STAY = "stay"


class Reason(StrEnum):
    """The reasons of a proposal."""

    FEVER = "fever"
    RISK_AREA = "risk_area"
    NO_TEMPERATURE = "no_temperature"


class PlateKind(StrEnum):
    ORDINARY = "ordinary"
    NEW_ENERGY = "new_energy"
    OTHER = "other"


class Looks(StrEnum):
    """The kind of a search text."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    DOCUMENT = "document"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed decision with its reasons."""

    decision: Decision
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """The digests that identify a visitor: a document, else phone and name.

    A phone alone does not identify a person, since families share one. Different documents are different persons.
    """

    document: str | None
    phone: str | None
    name: str | None

    def is_of(self, other: "Identity") -> bool:
        """Whether both are the same person."""
        if self.document and other.document:
            return self.document == other.document
        return bool(self.phone) and (self.phone, self.name) == (other.phone, other.name)

    @staticmethod
    def text(number: str | None, phone: str | None, name: str) -> str | None:
        """The text of which the digest of a person is made; None without document and phone."""
        return number or (f"{phone} {name}" if phone else None)


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ORDINARY = re.compile(rf"^[{_PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳使领]$")
# GA 36-2018: the letter comes first for small vehicles and last for large ones.
_NEW_ENERGY = re.compile(rf"^[{_PROVINCES}][A-HJ-NP-Z](?:[DABCEFGHJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[DABCEFGHJK])$")
_PASSPORT = re.compile(r"^[A-Z0-9]{5,20}$")


def propose(celsius: Decimal | None, *, is_fever: bool, risk_area: str | None) -> Proposal:
    """The rule of the gate: a fever is refused, an arrival from a risk area is referred, and so is a person with both,
    who must go to observation and not back on the road. Without a temperature the rule lets nobody pass.
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
    """Whether a decision differs from the proposal and so needs a reason."""
    return proposal.decision is not decision


def plate_kind(text: str) -> PlateKind:
    """The kind of a plate. Military, police, emergency and temporary plates do not match: stored as typed, with a
    warning.
    """
    plain = normal_plate(text)
    if _ORDINARY.match(plain):
        return PlateKind.ORDINARY
    return PlateKind.NEW_ENERGY if _NEW_ENERGY.match(plain) else PlateKind.OTHER


def looks_like(text: str) -> Looks:
    """The field of the form for a text, also for a mistyped one, which can then be corrected there."""
    number, plate = normal_number(text), normal_plate(text)
    if re.match(r"^[0-9]{14,}X?$", number):
        return Looks.ID_NUMBER
    if parse_phone(text) or re.match(r"^[+]?[0-9]{6,}$", number):
        return Looks.PHONE
    if plate_kind(plate) is not PlateKind.OTHER or re.match(r"^(?:WJ|[^\W\dA-Z_]).*[0-9]{3}", plate):
        return Looks.PLATE
    return Looks.DOCUMENT if _PASSPORT.match(number) and re.search("[0-9]", number) else Looks.NAME
