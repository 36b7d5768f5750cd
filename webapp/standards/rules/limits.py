"""A line of a standard, and the circumstances that decide whether it applies."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

EVERY_PARAMETER = "*"


class Quantity(StrEnum):
    """The quantity of chlorine that was measured."""

    TOTAL = "total"
    FREE = "free"


class Point(StrEnum):
    """The sampling point (GB 18466-2005, 6.1)."""

    CONTACT_TANK_OUTLET = "contact_tank_outlet"
    EXTERNAL_OUTLET = "external_outlet"
    DEPARTMENT_OUTLET = "department_outlet"
    DECAY_TANK_OUTLET = "decay_tank_outlet"
    STATION_AIR = "station_air"
    SLUDGE = "sludge"
    WASTE_STORE = "waste_store"
    DISPOSAL_PLANT = "disposal_plant"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The facts that decide which limit applies. None means "unknown", not "irrelevant".

    institution: infectious, tuberculosis, general, small or municipal (works); route: surface_water or sewer;
    disinfectant: chlorine or other; regime: ordinary or covid; contact_hours: contact time of the disinfectant;
    effluent_class: 1A, 1B or 2 of a municipal works; store_celsius: of a disposal plant's waste store.
    """

    institution: str | None = None
    route: str | None = None
    disinfectant: str | None = None
    point: str | None = None
    regime: str = "ordinary"
    quantity: str | None = None
    contact_hours: Decimal | None = None
    effluent_class: str | None = None
    store_celsius: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A line of a standard. `low` and `high` are in `unit`; grades A and B may be cited, others are guidance.

    `no_limit`: the document sets no limit here. `unstated`: the document requires something without a number; the text
    names the remedy.
    """

    code: str
    parameter: str
    unit: str
    document_zh: str
    document_en: str
    clause_zh: str
    clause_en: str
    grade: str
    valid_from: date
    valid_to: date | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    absent: bool = False
    no_limit: bool = False
    unstated: str = ""
    process: bool = False
    daily_mean: bool = False
    guidance: bool = False
    institution: tuple[str, ...] = ()
    except_institution: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    route: str | None = None
    disinfectant: str | None = None
    regime: str | None = None
    quantity: str | None = None
    effluent_class: str | None = None
    contact_at_least: Decimal | None = None
    contact_below: Decimal | None = None
    celsius_at_least: Decimal | None = None
    celsius_below: Decimal | None = None
    unit_en: str = ""
    note_zh: str = ""
    note_en: str = ""

    @property
    def may_cite(self) -> bool:
        """Whether the clause may be cited as law; otherwise it is guidance, to be checked in the original."""
        return self.grade in ("A", "B") and not self.guidance

    @property
    def point(self) -> str | None:
        return self.points[0] if self.points else None

    @property
    def rank(self) -> int:
        """The precedence: a limit of a preset over the base text, and that over a row for every parameter."""
        return 1 if self.regime else -1 if self.parameter == EVERY_PARAMETER else 0


_DECIMALS = frozenset({"low", "high", "contact_at_least", "contact_below", "celsius_at_least", "celsius_below"})
_DAYS = frozenset({"valid_from", "valid_to"})


def as_plain(limit: Limit) -> dict[str, str | bool | list[str]]:
    """A limit as plain data without default values, for devices and for storage in a reading."""
    pairs = [(column.name, getattr(limit, column.name), column.default) for column in fields(limit)]
    return {name: _plain(value) for name, value, default in pairs if value != default}


def from_plain(plain: Mapping[str, Any]) -> Limit:
    """The limit of `as_plain` data; unknown keys of other versions are ignored."""
    known = {column.name for column in fields(Limit)}
    return Limit(**{name: _typed(name, value) for name, value in plain.items() if name in known})


def _plain(value: object) -> str | bool | list[str]:
    if isinstance(value, bool):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def _typed(name: str, value: Any) -> Any:
    if name in _DECIMALS:
        return Decimal(value)
    if name in _DAYS:
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
