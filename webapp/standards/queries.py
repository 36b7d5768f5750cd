"""The limits, documents and parameters, read from their data files once."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.standards.reading import BrokenData, Document, Parameter, read_limits, read_parameters
from webapp.standards.rules import EVERY_PARAMETER, Limit, as_plain

FOLDER = Path(__file__).parent / "limits"


@lru_cache(maxsize=1)
def parameters() -> dict[str, Parameter]:
    """All parameters by code."""
    return read_parameters(FOLDER / "parameters.toml")


@lru_cache(maxsize=1)
def by_document() -> tuple[tuple[Document, tuple[Limit, ...]], ...]:
    """Every document with its limits. Raises BrokenData with the file and row of an error."""
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name != "parameters.toml")
    documents = [(path.name, *read_limits(path, parameters())) for path in files]
    seen: dict[str, str] = {}
    for name, _document, rows in documents:
        for row in rows:
            if row.code in seen:
                raise BrokenData(f"{name}, {row.code}: already used in {seen[row.code]}")
            seen[row.code] = name
    return tuple((document, tuple(rows)) for _name, document, rows in documents)


@lru_cache(maxsize=1)
def limits() -> tuple[Limit, ...]:
    """All limits of all documents."""
    return tuple(row for _document, rows in by_document() for row in rows)


def reference(on: date, only: Collection[str] = ()) -> list[dict[str, Any]]:
    """The limits in force on a day as plain data for devices; with `only`, those of these parameters."""
    codes = {*only, EVERY_PARAMETER}
    valid = (row for row in limits() if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))
    return [as_plain(row) for row in valid if not only or row.parameter in codes]
