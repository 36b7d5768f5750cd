"""Reads the data files of limits into checked values; errors name the file and the row."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from webapp.standards.rules import EVERY_PARAMETER, Limit, Point, Quantity

_DECIMALS = frozenset({"low", "high", "contact_at_least", "contact_below", "celsius_at_least", "celsius_below"})
_FIELDS = frozenset(field.name for field in fields(Limit))
_INSTITUTIONS = frozenset({"infectious", "tuberculosis", "general", "small", "municipal"})
_SEVERAL = {
    "points": frozenset(Point),
    "institution": _INSTITUTIONS,
    "except_institution": _INSTITUTIONS,
}
_WORDS = {
    "route": frozenset({"surface_water", "sewer"}),
    "disinfectant": frozenset({"chlorine", "other"}),
    "regime": frozenset({"covid"}),
    "quantity": frozenset(Quantity),
    "effluent_class": frozenset({"1A", "1B", "2"}),
    "grade": frozenset("ABCD"),  # rows of grade E are not shown until they are checked
}


class BrokenData(ValueError):
    """A data file is invalid; the message names the file, the row and the error."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A measured quantity. `places` decimals are stored; a value above `highest` is a typing error. `detected`: its
    values are yes and no. `words`: a laboratory may report it in words (not detected).
    """

    code: str
    zh: str
    en: str
    unit: str
    places: int
    highest: Decimal
    detected: bool = False
    words: bool = True
    unit_en: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A standard or regulation; the short name is shown beside a verdict."""

    code: str
    zh: str
    en: str
    short_zh: str
    short_en: str
    valid_from: date
    valid_to: date | None = None
    note_zh: str = ""
    note_en: str = ""


def read_parameters(path: Path) -> dict[str, Parameter]:
    """All parameters by code, in the order of the file."""
    rows = _toml(path).items()
    try:
        return {code: Parameter(code, **row | {"highest": Decimal(row["highest"])}) for code, row in rows}
    except (TypeError, KeyError, InvalidOperation) as error:
        raise BrokenData(f"{path.name}: {error}") from error


def read_limits(path: Path, parameters: dict[str, Parameter]) -> tuple[Document, list[Limit]]:
    """The document of a file with its limits. Raises BrokenData."""
    data = _toml(path)
    try:
        document = Document(**data["document"])
        rows = [(table, row) for table in data["table"] for row in table["rows"]]
    except (TypeError, KeyError) as error:
        raise BrokenData(f"{path.name}: {error}") from error
    return document, [_limit(path, document, table, row, parameters) for table, row in rows]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenData(f"{path.name}: {error}") from error


def _limit(
    path: Path, document: Document, table: dict[str, Any], row: dict[str, Any], parameters: dict[str, Parameter]
) -> Limit:
    where = f"{path.name}, {table.get('prefix')}.{row.get('code')}"
    values = {
        "document_zh": document.short_zh,
        "document_en": document.short_en,
        "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        **{name: value for name, value in table.items() if name not in ("prefix", "rows", "applies")},
        **_places(table.get("applies", {})),
        **_places(row),
        "code": f"{table.get('prefix')}.{row.get('code')}",
    }
    if problem := _problem(values, parameters):
        raise BrokenData(f"{where}: {problem}")
    known = parameters.get(values["parameter"])
    units = {"unit": known.unit, "unit_en": known.unit_en or known.unit} if known else {"unit": "", "unit_en": ""}
    try:
        typed: dict[str, Any] = {name: Decimal(value) if name in _DECIMALS else value for name, value in values.items()}
    except (InvalidOperation, TypeError) as error:
        raise BrokenData(f"{where}: a limit must be a number in quotation marks") from error
    limit = Limit(**(typed | units))
    if limit.low is not None and limit.high is not None and limit.low > limit.high:
        raise BrokenData(f"{where}: low {limit.low} is above high {limit.high}")
    return limit


def _places(row: dict[str, Any]) -> dict[str, Any]:
    """Expand the short forms of a row: `point` for `points`, and a single institution for a list."""
    plain = dict(row)
    if "point" in plain:
        plain["points"] = plain.pop("point")
    for name in _SEVERAL.keys() & plain.keys():
        plain[name] = (plain[name],) if isinstance(plain[name], str) else tuple(plain[name])
    return plain


def _problem(values: dict[str, Any], parameters: dict[str, Parameter]) -> str | None:
    if unknown := values.keys() - _FIELDS:
        return f"unknown {sorted(unknown)}"
    if absent := {"parameter", "clause_zh", "clause_en", "grade"} - values.keys():
        return f"without {sorted(absent)}"
    if values["parameter"] not in {EVERY_PARAMETER, *parameters}:
        return f"no parameter {values['parameter']!r}"
    return _strange_word(values) or _strange_demand(values)


def _strange_word(values: dict[str, Any]) -> str | None:
    for name, words in _WORDS.items():
        if name in values and values[name] not in words:
            return f"{name} cannot be {values[name]!r}"
    for name, words in _SEVERAL.items():
        if strange := set(values.get(name, ())) - words:
            return f"{name} cannot be {sorted(strange)}"
    return None


def _strange_demand(values: dict[str, Any]) -> str | None:
    demands = [bool(values.get(name)) for name in ("absent", "no_limit", "unstated")]
    if sum([*demands, "low" in values or "high" in values]) != 1:
        return "needs one of low/high, absent, no_limit, unstated"
    if values["grade"] == "D" and (values["clause_zh"] or values["clause_en"]):
        return "grade D is guidance and names no clause"
    return None
