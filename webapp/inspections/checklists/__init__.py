"""Checklists as versioned data files: `<code>.v<version>.toml`. A used version is never changed; a new one is added."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class ItemKind(StrEnum):
    YES_NO_NA = "yes_no_na"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    PHOTO = "photo"
    DATETIME = "datetime"


class Severity(StrEnum):
    """How bad a finding is: days to put it right are the checklist's default, the inspector decides."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Option:
    """One of a choice."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of a checklist.

    A number that is a reading names its `parameter` (webapp/standards) and the `point` it is taken at; `quantities`
    are offered where it matters which chlorine was measured. `context` names what an answer tells the judge:
    contact_hours, disinfectant. `basis` is the clause behind a yes/no item; without a grade A or B it is guidance.
    """

    code: str
    zh: str
    en: str
    kind: ItemKind
    required: bool = True
    help_zh: str = ""
    help_en: str = ""
    unit: str = ""
    places: int = 2
    highest: str = "1000000"
    parameter: str | None = None
    point: str | None = None
    quantities: tuple[str, ...] = ()
    context: str | None = None
    options: tuple[Option, ...] = ()
    basis_zh: str = ""
    basis_en: str = ""
    grade: str = "C"
    severity: Severity = Severity.MINOR
    days: int = 3
    wants_photo: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    zh: str
    en: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """`kinds` are the kinds of place it is for."""

    code: str
    version: int
    zh: str
    en: str
    valid_from: date
    kinds: tuple[str, ...]
    sections: tuple[Section, ...]
    valid_to: date | None = None

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def item(self, code: str) -> ChecklistItem:
        """Raises KeyError for a code it does not have."""
        return {item.code: item for item in self.items}[code]


@lru_cache(maxsize=1)
def checklists() -> tuple[Checklist, ...]:
    """All versions of all checklists. Raises ValueError naming the file and item that is wrong."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def find(code: str, version: int) -> Checklist | None:
    return next((c for c in checklists() if (c.code, c.version) == (code, version)), None)


def current(code: str, on: date) -> Checklist | None:
    """The newest version in force on a day."""
    valid = [
        c for c in checklists() if c.code == code and c.valid_from <= on and (c.valid_to is None or on <= c.valid_to)
    ]
    return max(valid, key=lambda c: c.version, default=None)


def _read(path: Path) -> Checklist:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sections = tuple(
        Section(row["code"], row["zh"], row["en"], tuple(_item(path, one) for one in row["items"]))
        for row in data["section"]
    )
    codes = [item.code for section in sections for item in section.items]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"{path.name}: item codes used twice: {sorted(twice)}")
    head = {name: data[name] for name in ("code", "version", "zh", "en", "valid_from")}
    return Checklist(**head, kinds=tuple(data["kinds"]), sections=sections, valid_to=data.get("valid_to"))


def _item(path: Path, row: dict[str, Any]) -> ChecklistItem:
    known = {one.name for one in fields(ChecklistItem)}
    if unknown := row.keys() - known:
        raise ValueError(f"{path.name}, {row.get('code')}: unknown {sorted(unknown)}")
    options = tuple(Option(**one) for one in row.get("options", ()))
    kind, severity = ItemKind(row["kind"]), Severity(row.get("severity", "minor"))
    values = row | {
        "kind": kind,
        "severity": severity,
        "options": options,
        "quantities": tuple(row.get("quantities", ())),
    }
    return ChecklistItem(**values)


__all__ = ["Checklist", "ChecklistItem", "ItemKind", "Option", "Section", "Severity", "checklists", "current", "find"]
