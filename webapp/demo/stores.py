"""Sixty days of two warehouses: weekly receipts, daily issues by earliest expiry, occasional counts."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import clock
from webapp.supplies.kinds import IN, OUT
from webapp.supplies.models import Item
from webapp.supplies.service import load_catalogue

if TYPE_CHECKING:
    from webapp.demo.history import Line, Stage

_KEEPERS = {"WH-01": "keeper", "WH-02": "keeper2"}
_CONSUMERS = ("CP-01", "CP-02", "CP-03", "G-01", "G-02", "H-01", "H-02", "F-01", "F-02")
_SUPPLIERS = ("区医药公司", "江南医疗器械有限公司", "洁净消毒用品厂", "省应急物资储备库调拨", "爱心企业捐赠")
_SHELF_LIVES = (240, 365, 730)  # days; an item keeps its own, so that a batch has one expiry


class Shelves:
    """The stock by place, so that only existing stock is issued."""

    def __init__(self, stage: "Stage", days: int) -> None:
        self.stage = stage
        load_catalogue(by=None, at=stage.moment(days + 1, 8))
        self.items = {item.code: self._facts(item) for item in db.session.scalars(select(Item).order_by(Item.code))}
        self.lots: dict[tuple[str, str], list[list[Any]]] = {}  # (warehouse, item) -> [expiry, lot, quantity] ...

    @staticmethod
    def _facts(item: Item) -> tuple[str, bool, Decimal, int]:
        """(id, has expiry, low level in base units, scale) of an item."""
        return str(item.id), item.has_expiry, Decimal(item.low_level or 100) / item.scale, item.scale

    def day(self, days_ago: int) -> Iterator["Line"]:
        """Receipts in the morning (twice a week), then issues all day."""
        for warehouse, username in _KEEPERS.items():
            actor = self.stage.actors[username]
            if days_ago % 4 == 0:
                at = self.stage.moment(days_ago, 8, self.stage.random.randrange(30))
                yield IN, MultiDict(self._receipt(warehouse, days_ago)), actor, at
            for number in range(self.stage.random.randrange(2, 5)):
                at = self.stage.moment(days_ago, 9 + 2 * number, self.stage.random.randrange(60))
                fields = self._issue(warehouse)
                if fields and at <= self.stage.now:
                    yield OUT, MultiDict(fields), actor, at

    def _receipt(self, warehouse: str, days_ago: int) -> dict[str, str]:
        random = self.stage.random
        fields = {
            "place": str(self.stage.places[warehouse]),
            "reason": "purchase",
            "counterparty": random.choice(_SUPPLIERS),
            "document": f"SH{random.randrange(10**6):06d}",
        }
        is_opening = not any(place == warehouse for place, _item in self.lots)
        chosen = list(self.items) if is_opening else random.sample(list(self.items), 7)
        for number, code in enumerate(chosen):
            item_id, has_expiry, low, scale = self.items[code]
            halves = random.choice((1, 2, 3)) if is_opening else random.choice((1, 2))
            quantity = _rounded(low * halves / 2, scale)
            made_on = clock.district_day(self.stage.moment(days_ago, 8)) - timedelta(days=random.randrange(20, 200))
            expires_on = made_on + timedelta(days=_SHELF_LIVES[list(self.items).index(code) % 3])
            lot = f"{made_on:%Y%m%d}{random.choice('ABC')}"
            fields |= {f"lines-{number}-item": item_id, f"lines-{number}-quantity": str(quantity)}
            if has_expiry:
                fields |= {
                    f"lines-{number}-lot": lot,
                    f"lines-{number}-made_on": made_on.isoformat(),
                    f"lines-{number}-expires_on": expires_on.isoformat(),
                }
            self._shelve(warehouse, code, lot if has_expiry else "", expires_on, quantity)
        return fields

    def _shelve(self, warehouse: str, code: str, lot: str, expires_on: Any, quantity: Decimal) -> None:
        shelf = self.lots.setdefault((warehouse, code), [])
        known = next((row for row in shelf if row[1] == lot), None)
        if known:
            known[2] += quantity
        else:
            shelf.append([expires_on, lot, quantity])
            shelf.sort(key=lambda row: row[0])

    def _issue(self, warehouse: str) -> dict[str, str]:
        random = self.stage.random
        fields = {
            "place": str(self.stage.places[warehouse]),
            "reason": "issue",
            "other": str(self.stage.places[random.choice(_CONSUMERS)]),
        }
        today = clock.district_day(self.stage.now)
        lines = 0
        for code in random.sample(list(self.items), 3):
            item_id, _has_expiry, low, scale = self.items[code]
            shelf = [row for row in self.lots.get((warehouse, code), ()) if row[2] > 0 and row[0] > today]
            quantity = _rounded(low * Decimal(random.randrange(2, 9)) / 100, scale)
            if not shelf or not 0 < quantity <= shelf[0][2]:
                continue
            shelf[0][2] -= quantity
            fields |= {
                f"lines-{lines}-item": item_id,
                f"lines-{lines}-quantity": str(quantity),
                f"lines-{lines}-lot": shelf[0][1],
            }
            lines += 1
        return fields if lines else {}


def _rounded(quantity: Decimal, scale: int) -> Decimal:
    """The quantity rounded to the item's scale."""
    step = Decimal(1) / scale
    return (quantity / step).to_integral_value() * step
