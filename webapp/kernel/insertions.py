"""Insertions that leave what is there, and those whose values are bound before a lock is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult, Dialect, Insert, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from webapp.extensions import Base, db
from webapp.kernel.database import connection, is_sqlite


def insert_ignoring(model: type[Base], values: dict[str, Any], unique: Sequence[str] = ()) -> bool:
    """Insert a row unless one with the same `unique` columns exists; True when inserted.

    A table with several unique keys is given none of them: PostgreSQL reports a conflict with another key, if it sees
    that one first, as an error.
    """
    return db.session.execute(_insert_ignoring(model, tuple(unique), is_sqlite()), values).first() is not None


def insert_ignoring_statement(model: type[Base], unique: Sequence[str], column: str) -> Insert:
    """Insert a row and return one of its columns; nothing if a row with the same `unique` columns exists."""
    return _insert_ignoring(model, tuple(unique), is_sqlite(), column)


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement with its values as the driver takes them."""

    text: str
    values: Any

    def run(self) -> CursorResult[Any]:
        """Execute it in the open transaction."""
        return connection().exec_driver_sql(self.text, self.values)


def ready(statement: Insert, values: dict[str, Any]) -> Ready:
    """Bind and seal the values of an insertion now, before a lock is taken: executing it then costs no more than the
    driver does.
    """
    compiled, processors = _compiled(statement, tuple(values), db.engine.dialect)
    bound = compiled.construct_params(values)
    bound |= {name: process(bound[name]) for name, process in processors.items()}
    return Ready(str(compiled), tuple(bound[name] for name in compiled.positiontup) if compiled.positional else bound)


@lru_cache(maxsize=64)
def _compiled(statement: Insert, names: tuple[str, ...], dialect: Dialect) -> tuple[Any, dict[str, Any]]:
    """The statement for these columns, and how their values are bound. Raises TypeError if a column has a default that
    SQLAlchemy would compute when it executes.
    """
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.insert_prefetch:
        raise TypeError(f"give a value for {[column.name for column in compiled.insert_prefetch]}")
    types = {name: parameter.type for name, parameter in compiled.binds.items()}
    processors = {name: type_.dialect_impl(dialect).bind_processor(dialect) for name, type_ in types.items()}
    return compiled, {name: process for name, process in processors.items() if process}


def insert_ignoring_all(model: type[Base], rows: Sequence[dict[str, Any]], unique: Sequence[str]) -> None:
    """Insert rows in order by one statement, except those whose `unique` columns exist already."""
    dialect = sqlite if is_sqlite() else postgresql
    statement = dialect.insert(model.__table__).on_conflict_do_nothing(index_elements=unique)
    db.session.connection().execute(statement, list(rows))


@lru_cache(maxsize=64)
def _insert_ignoring(model: type[Base], unique: tuple[str, ...], for_sqlite: bool, column: str = "") -> Insert:
    """The statement has RETURNING because the two drivers report row counts differently."""
    dialect = sqlite if for_sqlite else postgresql
    table = model.__table__
    inserted: Insert = dialect.insert(table).on_conflict_do_nothing(index_elements=unique or None)
    return inserted.returning(table.c[column] if column else literal_column("1"))
