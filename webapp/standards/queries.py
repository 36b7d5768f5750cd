"""The limits and parameters, read from their data files once."""

import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.standards.rules import Limit

FOLDER = Path(__file__).parent / "limits"
_DECIMALS = {"low", "high", "contact_at_least", "contact_below"}
_NAMES = {field.name for field in fields(Limit)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something measured. `places` decimals are kept; above `highest` it is a typing error. `detected`: yes or no."""

    code: str
    zh: str
    en: str
    unit: str
    places: int
    highest: Decimal
    detected: bool = False


@lru_cache(maxsize=1)
def parameters() -> dict[str, Parameter]:
    """All parameters by code."""
    data = tomllib.loads((FOLDER / "parameters.toml").read_text(encoding="utf-8"))
    return {code: Parameter(code, **row | {"highest": Decimal(row["highest"])}) for code, row in data.items()}


@lru_cache(maxsize=1)
def limits() -> tuple[Limit, ...]:
    """All limits of all documents. Raises ValueError naming the file and row that is wrong."""
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name != "parameters.toml")
    found = [limit for path in files for limit in _read(path)]
    codes = [limit.code for limit in found]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"limit codes used twice: {sorted(twice)}")
    return tuple(found)


def _read(path: Path) -> list[Limit]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_limit(path, data["document"], table, row) for table in data["table"] for row in table["rows"]]


def _limit(path: Path, document: dict[str, Any], table: dict[str, Any], row: dict[str, Any]) -> Limit:
    code = f"{table['prefix']}.{row['code']}"
    parameter = parameters().get(row["parameter"])
    if parameter is None:
        raise ValueError(f"{path.name}, {code}: no parameter {row['parameter']!r}")
    values = {
        "document_zh": table.get("document_zh", document["short_zh"]),
        "document_en": table.get("document_en", document["short_en"]),
        "valid_from": document["valid_from"],
        "valid_to": document.get("valid_to"),
        "clause_zh": table["clause_zh"],
        "clause_en": table["clause_en"],
        "grade": table["grade"],
        **table.get("applies", {}),
        **row,
        "code": code,
        "unit": parameter.unit,
    }
    if unknown := values.keys() - _NAMES:
        raise ValueError(f"{path.name}, {code}: unknown {sorted(unknown)}")
    return Limit(**{name: Decimal(value) if name in _DECIMALS else value for name, value in values.items()})
