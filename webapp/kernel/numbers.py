"""Document numbers such as RK261127-0001, from a counter per series and district day.

The number is taken in the transaction that writes the document, so that a rollback frees it. Counting documents instead
would give two concurrent ones the same number.
"""

from datetime import date
from functools import lru_cache

from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from webapp.extensions import Model, db
from webapp.kernel.database import is_sqlite, is_writing


class DocumentNumber(Model):
    """The last number issued in a series on a day."""

    __tablename__ = "document_number"

    series: Mapped[str] = mapped_column(String(8), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(series: str, day: date) -> str:
    """The next number of a series on a district day; locks the series for other writers until the transaction ends.

    Raises RuntimeError outside a write transaction.
    """
    if not is_writing():
        raise RuntimeError("a document is numbered in the transaction that writes it")
    last = db.session.execute(_counting(is_sqlite()), {"series": series, "day": day, "last": 1}).scalar_one()
    return f"{series}{day:%y%m%d}-{last:04d}"


@lru_cache(maxsize=2)
def _counting(for_sqlite: bool) -> ReturningInsert[tuple[int]]:
    dialect = sqlite if for_sqlite else postgresql
    table = DocumentNumber.__table__
    key, following = ["series", "day"], {"last": table.c.last + 1}
    first = dialect.insert(table).on_conflict_do_update(index_elements=key, set_=following)
    counting: ReturningInsert[tuple[int]] = first.returning(table.c.last)
    return counting
