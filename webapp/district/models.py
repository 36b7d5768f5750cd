"""The tables of the district's preferences and of its holidays."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from webapp.district.rules import Comparison, Regime
from webapp.extensions import Model
from webapp.kernel.columns import Decimals, Enumerated, Json, UtcDateTime


class District(Model):
    """The preferences, in a single row with id 1."""

    __tablename__ = "district"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    disease_zh: Mapped[str] = mapped_column(String(100))
    disease_en: Mapped[str] = mapped_column(String(100))
    regime: Mapped[Regime] = mapped_column(Enumerated(Regime))
    fever_celsius: Mapped[Decimal] = mapped_column(Decimals(1))
    fever_comparison: Mapped[Comparison] = mapped_column(Enumerated(Comparison))
    observation_days: Mapped[int]
    risk_areas: Mapped[Any] = mapped_column(Json)
    count_share: Mapped[int] = mapped_column(server_default="20")
    count_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    correction_days: Mapped[int] = mapped_column(server_default="7")
    stamps_photos: Mapped[bool] = mapped_column(server_default=true())
    retention: Mapped[Any] = mapped_column(Json, default=dict, server_default="{}")  # rule -> days (rules.BACKUPS too)
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarDay(Model):
    """A holiday, or a day of a weekend on which people work. Any other day follows the week."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(20))
