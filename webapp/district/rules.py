"""What a district decides, with defaults that are presets, not duties (README, sources)."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Regime(StrEnum):
    """Which limits stand beside the ordinary ones."""

    ORDINARY = "ordinary"
    COVID = "covid"


class Comparison(StrEnum):
    """When a temperature is a fever: operators differed from place to place, so the district says."""

    AT_LEAST = "at_least"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings of the district. `fever_celsius` 37.3 with `at_least` is the national guides' practice of 2020.

    A count asks for a reason when it differs from the book by more than `count_share` per cent of it and by more than
    `count_amount` base units.
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

    def is_fever(self, celsius: Decimal) -> bool:
        """Is this body temperature (°C) a fever by the district's threshold and operator?"""
        if self.fever_comparison is Comparison.AT_LEAST:
            return celsius >= self.fever_celsius
        return celsius > self.fever_celsius

    def risk_area_of(self, origin: str) -> str | None:
        """The listed risk area an origin lies in, if any: one name contains the other, spaces ignored."""
        here = "".join(origin.split())
        closed_up = ((area, "".join(area.split())) for area in self.risk_areas)
        return next((area for area, plain in closed_up if here and plain and (plain in here or here in plain)), None)
