"""Cursors of keyset paging: the values of the keyset's columns, tagged with their types, as one token."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy import Row as Tuple
from sqlalchemy import and_, false, or_

_TAGS = {datetime: "t", date: "d", UUID: "u", int: "n"}
_OPENERS: dict[str, Callable[[Any], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "n": int,
    "s": str,
    "-": lambda _nothing: None,
}


def key_of(row: Any, order: Sequence[Any]) -> list[Any]:
    """The values of the keyset's columns in a row; a row of several entities has each under the name of its class."""
    if isinstance(row, Tuple):
        return [_in_tuple(row, column) for column in order]
    return [getattr(row, column.key) for column in order]


def _in_tuple(row: Any, column: Any) -> Any:
    if column.class_.__name__ in row._fields:
        return getattr(getattr(row, column.class_.__name__), column.key)
    return getattr(row, column.key)


def ordered(order: Sequence[Any], descending: bool, backwards: bool) -> list[Any]:
    """The ORDER BY of a list, or of paging backwards. NULLs come last, on both databases and in both directions."""
    clauses = []
    for column in order:
        clause = column.desc() if descending != backwards else column.asc()
        if _may_be_null(column):  # omitted otherwise, because an index supports the plain order only
            clause = clause.nulls_first() if backwards else clause.nulls_last()
        clauses.append(clause)
    return clauses


def beyond(order: Sequence[Any], key: Sequence[Any], descending: bool, backwards: bool) -> Any:
    """The condition for rows after a key: a <= x and (a < x or (a = x and b < y)).

    Written out because the databases compare row values differently. The first part follows from the second; without
    it no index leads to the key, and every page and chunk would walk past all rows before it.
    """
    cases = []
    for place, column in enumerate(order):
        same = [earlier == value for earlier, value in zip(order[:place], key[:place], strict=True)]
        cases.append(and_(*same, _is_beyond(column, key[place], descending, backwards)))
    if key[0] is None or _may_be_null(order[0]):
        return or_(*cases)
    return and_(order[0] <= key[0] if descending != backwards else order[0] >= key[0], or_(*cases))


def _is_beyond(column: Any, value: Any, descending: bool, backwards: bool) -> Any:
    if value is None:
        return column.is_not(None) if backwards else false()
    further = column < value if descending != backwards else column > value
    return or_(further, column.is_(None)) if _may_be_null(column) and not backwards else further


def _may_be_null(column: Any) -> bool:
    return bool(column.expression.nullable)


def written(key: Sequence[Any]) -> str:
    """A key as a token for an address."""
    token = json.dumps([_tagged(value) for value in key])
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def opened(token: str, order: Sequence[Any]) -> list[Any]:
    """The key of a token. Aborts with 400 for a token that was made up or belongs to another list."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        values = [_OPENERS[tag](value) for tag, value in parts]
    except (ValueError, TypeError, KeyError, RecursionError):
        abort(400)
    if len(values) != len(order) or not all(map(_fits, order, values)):
        abort(400)
    if any(_is_beyond_storing(value) for value in values):
        abort(400)
    return values


def _fits(column: Any, value: Any) -> bool:
    if value is None:
        return _may_be_null(column)
    return bool(_tagged(value)[0] == _TAGS.get(column.type.python_type, "s"))


def _tagged(value: Any) -> list[Any]:
    if value is None:
        return ["-", None]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, UUID):
        return ["u", str(value)]
    return ["n" if isinstance(value, int) else "s", value if isinstance(value, int) else str(value)]


def _is_beyond_storing(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None
    return abs(value) >= 2**63 if isinstance(value, int) else "\0" in str(value)
