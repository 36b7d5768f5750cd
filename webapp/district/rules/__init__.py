"""The preferences of a district; the defaults are presets, not statutory (README, sources)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from webapp.district.rules.days import LONGEST, MOST_DAYS, Exceptional, Fault, Reading, read, written

__all__ = [
    "BACKUPS",
    "BACKUP_DAYS",
    "LEAST_BACKUP_DAYS",
    "LONGEST",
    "MOST_BACKUP_DAYS",
    "MOST_DAYS",
    "Comparison",
    "Exceptional",
    "Fault",
    "Preferences",
    "Reading",
    "Regime",
    "is_workday",
    "read",
    "written",
]
BACKUPS = "backups"  # beside the rules of the kinds: how long backups are kept
BACKUP_DAYS, LEAST_BACKUP_DAYS, MOST_BACKUP_DAYS = 90, 7, 3650


class Regime(StrEnum):
    """The set of limits that applies in addition to the ordinary ones."""

    ORDINARY = "ordinary"
    COVID = "covid"


class Comparison(StrEnum):
    """How a temperature is compared with the fever threshold; practice differed between districts."""

    AT_LEAST = "at_least"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings of the district. `fever_celsius` 37.3 with `at_least` is the national guides' practice of 2020.

    Whoever recorded a check corrects it for `correction_days` days, then overseers do.

    A stock count needs a reason if it differs from the book by more than `count_share` per cent and by more than
    `count_amount` base units. `stamps_photos`: devices draw time, place and author onto the photos they send.
    """

    name_zh: str = "防线区"
    name_en: str = "Frontline District"
    disease_zh: str = "新型冠状病毒感染"
    disease_en: str = "COVID-19"
    regime: Regime = Regime.COVID
    fever_celsius: Decimal = Decimal("37.3")
    fever_comparison: Comparison = Comparison.AT_LEAST
    observation_days: int = 14
    risk_areas: tuple[str, ...] = field(default=())
    count_share: int = 20
    count_amount: int = 0
    correction_days: int = 7
    stamps_photos: bool = True

    def is_fever(self, celsius: Decimal) -> bool:
        """Whether a body temperature (°C) is a fever by the district's threshold and comparison."""
        if self.fever_comparison is Comparison.AT_LEAST:
            return celsius >= self.fever_celsius
        return celsius > self.fever_celsius

    def risk_area_of(self, origin: str) -> str | None:
        """The listed risk area of an origin, if one name contains the other (ignoring spaces); else None."""
        here = "".join(origin.split())
        closed_up = ((area, "".join(area.split())) for area in self.risk_areas)
        return next((area for area, plain in closed_up if here and plain and (plain in here or here in plain)), None)


def is_workday(day: date, calendar: Mapping[date, bool]) -> bool:
    """Whether people work on a day: as the calendar of holidays and working weekends says, else as the week does."""
    return calendar.get(day, day.isoweekday() <= 5)
