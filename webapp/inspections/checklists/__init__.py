"""Checklists as versioned data files: `<code>.v<version>.toml`. A used version is never changed; a new one is added."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.standards.queries import parameters

FOLDER = Path(__file__).parent
CONTEXTS = frozenset({"contact_hours", "disinfectant", "sample", "store_celsius"})


class BrokenChecklist(ValueError):
    """A data file is invalid; the message names the file, the item and the error."""


class ItemKind(StrEnum):
    YES_NO_NA = "yes_no_na"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    PHOTO = "photo"
    DATETIME = "datetime"


class Severity(StrEnum):
    """The severity of a finding. The checklist has a default, the inspector decides."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A line of a checklist.

    A number that is a reading has a `parameter` (of webapp/standards, with unit, places and highest value) and the
    `point` of sampling; `quantities` are the choices of measured chlorine. `context` is the fact that an answer gives
    to the judgement (CONTEXTS). `basis` is the clause of an item; below grade B it is guidance.
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
    lowest: str = "0"
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

    @property
    def is_duty(self) -> bool:
        """Whether it is a required question for which "yes" means compliance."""
        return self.kind is ItemKind.YES_NO_NA and self.required


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    zh: str
    en: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A version of a checklist for places of these `kinds`."""

    code: str
    version: int
    zh: str
    en: str
    valid_from: date
    kinds: tuple[str, ...]
    sections: tuple[Section, ...]
    valid_to: date | None = None

    @property
    def name(self) -> str:
        """Code and version, as in the field of a form."""
        return f"{self.code}.v{self.version}"

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def item(self, code: str) -> ChecklistItem:
        """The item of a code. Raises KeyError."""
        return {item.code: item for item in self.items}[code]


@lru_cache(maxsize=1)
def checklists() -> tuple[Checklist, ...]:
    """All versions of all checklists. Raises BrokenChecklist with the file and item of an error."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.toml")))


def find(code: str, version: int) -> Checklist | None:
    return next((c for c in checklists() if (c.code, c.version) == (code, version)), None)


def named(name: str) -> Checklist | None:
    """The checklist with this `name`; None if there is none."""
    return next((c for c in checklists() if c.name == name), None)


def current(code: str, on: date) -> Checklist | None:
    """The newest version in force on a day."""
    versions = [checklist for checklist in checklists() if checklist.code == code]
    valid = [version for version in versions if version.valid_from <= on <= (version.valid_to or date.max)]
    return max(valid, key=lambda c: c.version, default=None)


def read(path: Path) -> Checklist:
    """Read a checklist from its file, whose name is its code and version. Raises BrokenChecklist."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        sections = tuple(
            Section(row["code"], row["zh"], row["en"], tuple(_item(path, item) for item in row["items"]))
            for row in data["section"]
        )
        head = {name: data[name] for name in ("code", "version", "zh", "en", "valid_from")}
        kinds = tuple(data["kinds"])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise BrokenChecklist(f"{path.name}: {error}") from error
    codes = [item.code for section in sections for item in section.items]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise BrokenChecklist(f"{path.name}: item codes used twice: {sorted(twice)}")
    if path.name != f"{head['code']}.v{head['version']}.toml":
        raise BrokenChecklist(f"{path.name}: is {head['code']} version {head['version']} inside")
    return Checklist(**head, kinds=kinds, sections=sections, valid_to=data.get("valid_to"))


def _item(path: Path, row: dict[str, Any]) -> ChecklistItem:
    where = f"{path.name}, {row.get('code')}"
    try:
        options = tuple(Option(**option) for option in row.get("options", ()))
        kind, severity = ItemKind(row["kind"]), Severity(row.get("severity", "minor"))
        plain = row | {"kind": kind, "severity": severity, "options": options}
        item = ChecklistItem(**_measures(row) | plain | {"quantities": tuple(row.get("quantities", ()))})
    except (TypeError, ValueError, KeyError) as error:
        raise BrokenChecklist(f"{where}: {error}") from error
    if problem := _problem(item):
        raise BrokenChecklist(f"{where}: {problem}")
    return item


def _measures(row: dict[str, Any]) -> dict[str, Any]:
    """Unit, decimals and highest value of a reading, from its parameter."""
    if "parameter" not in row:
        return {}
    known = parameters()[row["parameter"]]
    return {"unit": known.unit, "places": known.places, "highest": str(known.highest)}


def _problem(item: ChecklistItem) -> str | None:
    if item.parameter and (item.kind is not ItemKind.NUMBER or not item.point):
        return "a reading is a number and names its point"
    if (item.kind is ItemKind.CHOICE) != bool(item.options):
        return "a choice, and nothing else, has options"
    if item.context is not None and item.context not in CONTEXTS:
        return f"no context {item.context!r}"
    if item.grade not in ("A", "B", "C"):
        return f"a basis of grade {item.grade} is not shown"
    pairs = ((item.zh, item.en), (item.help_zh, item.help_en), (item.basis_zh, item.basis_en))
    return "a text stands in one language only" if any(bool(zh) != bool(en) for zh, en in pairs) else None


__all__ = [
    "BrokenChecklist",
    "Checklist",
    "ChecklistItem",
    "ItemKind",
    "Option",
    "Section",
    "Severity",
    "checklists",
    "current",
    "find",
    "named",
    "read",
]
