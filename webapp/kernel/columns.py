"""Column types that return values exactly as they were stored, on SQLite too."""

import json
import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    String,
    Text,
    TypeDecorator,
    Uuid,
    case,
    event,
    false,
    literal_column,
    null,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from webapp.kernel.parse.codes import KEY_LENGTH
from webapp.kernel.personal import is_unopened
from webapp.kernel.sealing import Unreadable, blind, keyring

log = logging.getLogger(__name__)
E = TypeVar("E", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. Raises ValueError for a naive one."""

    impl = DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Decimals(TypeDecorator[Decimal]):
    """An exact decimal with a fixed number of places, stored as an integer. Raises ValueError for more places."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        if value is None:
            return None
        whole = Decimal(value).scaleb(self.places)
        if whole != int(whole):
            raise ValueError(f"{value} has more than {self.places} places")
        return int(whole)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


PURGED = ""  # what a sealed column holds instead of what was purged; nothing sealed is as short


class SealedText(str):
    """A value of a sealed column that is sealed already (`sealed_early`)."""


class Sealed(TypeDecorator[str]):
    """Text encrypted at rest; `purpose` is table.column.

    A value that cannot be decrypted (another key, changed by hand) reads as a marker, so that one cell does not break
    a whole page. A purged value (`emptied`) reads as a marker of its own. Raises Unreadable instead of storing either.
    """

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is None or isinstance(value, SealedText):
            return value
        if is_unopened(value):
            raise Unreadable(self.purpose)
        return keyring().seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        if value == PURGED:
            return str(_("∅ 已清除"))
        try:
            return None if value is None else keyring().open(value, self.purpose)
        except Unreadable:
            log.error("a value of %s does not open with this key", self.purpose)
            return str(_("⚠ 打不开"))


class Blind(TypeDecorator[str]):
    """A blind index: a keyed digest of a particular beside its sealed column, by which equal ones are found.

    `key` gives the form in which the particular is compared. The column holds digests: `of` makes one of what was
    typed, `matches` compares with it.
    """

    impl = String
    cache_ok = True

    def __init__(self, purpose: str, key: Callable[[str], str] = str) -> None:
        super().__init__(64)
        self.purpose = purpose
        self.key = key

    def of(self, text: str | None) -> str | None:
        """The digest of a particular; None of nothing."""
        return blind(self.key(text), self.purpose) if text else None


def sealed_early(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values of columns with those of sealed columns sealed now, before a lock is taken. Raises Unreadable."""
    types = {name: model.__table__.c[name].type for name in values}
    return {
        name: SealedText(types[name].process_bind_param(value, None))
        if value is not None and isinstance(types[name], Sealed)
        else value
        for name, value in values.items()
    }


def digest(column: Any, text: str | None) -> str | None:
    """What a blind index holds of a particular; None of nothing."""
    kept: Blind = column.type
    return kept.of(text)


def matches(column: Any, text: str | None) -> ColumnElement[bool]:
    """Does a blind index hold this particular?"""
    sought = digest(column, text)
    condition: ColumnElement[bool] = column == sought if sought else false()
    return condition


def emptied(table: Any, apart: Collection[str] = ()) -> dict[str, Any]:
    """Values that take everything personal out of a table's rows: sealed columns and blind indexes."""
    sealed = [column for column in table.columns if isinstance(column.type, Sealed)]
    values: dict[str, Any] = {
        column.name: case((column.is_(None), null()), else_=literal_column(f"'{PURGED}'")) for column in sealed
    }
    values |= {column.name: None for column in table.columns if isinstance(column.type, Blind)}
    return {name: value for name, value in values.items() if name not in apart}


class Enumerated(TypeDecorator[E]):
    """A StrEnum stored as its text; an unknown text in the database raises ValueError."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[E], length: int = 40) -> None:
        super().__init__(length)
        self.kind = kind

    def process_bind_param(self, value: E | str | None, dialect: Any) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Any) -> E | None:
        return None if value is None else self.kind(value)


class Json(TypeDecorator[Any]):
    """Plain data as canonical JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


class SealedJson(Sealed):
    """Plain data as canonical JSON text, encrypted at rest. A value that cannot be decrypted reads as None."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return super().process_bind_param(None if value is None else canonical(value), dialect)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        text = super().process_result_value(value, dialect)
        return None if text is None or is_unopened(text) else json.loads(text)


def canonical(value: Any) -> str:
    """Canonical JSON: keys sorted, no spaces, Chinese unescaped. Equal values give equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class as_uuid(FunctionElement[UUID]):  # noqa: N801  (a function of SQL)
    """The UUID of a column of text, in which anything may stand: NULL for a text that is none."""

    name = "as_uuid"
    type = Uuid()
    inherit_cache = True


@compiles(as_uuid)
def _cast(element: Any, compiler: Any, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return f"CASE WHEN {text} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN CAST({text} AS UUID) END"


@compiles(as_uuid, "sqlite")
def _without_hyphens(element: Any, compiler: Any, **more: Any) -> str:
    return f"replace({compiler.process(element.clauses, **more)}, '-', '')"


def key_column(source: str, key: Callable[[str | None], str]) -> Mapped[str]:
    """A column derived from another for comparison: set on every insert, and on changes where `follow` is called."""
    return mapped_column(
        String(KEY_LENGTH),
        default=lambda context: key(context.get_current_parameters()[source]),
        server_default="",
    )


def follow(attribute: Any, name: str, key: Callable[[str | None], str]) -> None:
    """Recompute the key whenever the attribute is set on an object."""

    def changed(target: Any, value: str | None, _before: Any, _initiator: Any) -> None:
        setattr(target, name, key(value))

    event.listen(attribute, "set", changed)
