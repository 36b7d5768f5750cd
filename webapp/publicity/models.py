"""The table of publicity."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import Recorded
from webapp.extensions import Model
from webapp.kernel.columns import Enumerated, Sealed
from webapp.publicity.rules import Means


class Publicity(Recorded, Model):
    """One use of a means; `area` describes the location in words, in addition to a place or instead of one."""

    __tablename__ = "publicity"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("place_id IS NOT NULL OR area IS NOT NULL", name="somewhere"),
        CheckConstraint("until_on >= from_on", name="days"),
        UniqueConstraint("record_id", "version"),
        Index("ix_publicity_from_on_id", "from_on", "id"),
    )

    means: Mapped[Means] = mapped_column(Enumerated(Means))
    count: Mapped[int]
    area: Mapped[str | None] = mapped_column(String(120))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Sealed("publicity.note"))
