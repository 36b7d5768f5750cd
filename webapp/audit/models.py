"""The index of the journal by unit. It holds nothing that the journal does not; the chain does not cover it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.kernel.columns import UtcDateTime


class JournalScope(Model):
    """A row of the journal in a unit: that of its actor, those of its subject, and every unit above these, as they were
    when the row was placed.
    """

    __tablename__ = "journal_scope"
    __table_args__ = ({"sqlite_with_rowid": False},)

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class JournalPlaced(Model):
    """Which rows of the journal are placed: those from `first_seq` to `last_seq`. There is one row at most."""

    __tablename__ = "journal_placed"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
