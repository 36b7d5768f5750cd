"""The requested lines of a slip, and the lots that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp.kernel import clock
from webapp.kernel.access import Actor
from webapp.kernel.errors import Refusal
from webapp.kernel.parse.codes import lot_key
from webapp.supplies import queries
from webapp.supplies.queries import AnyItem, KnownLot
from webapp.supplies.rules import TAKES_EXPIRED, Expiry, Measure, Reason, expiry_of, steps_of
from webapp.supplies.service.lots import NamedLot, keep_lots
from webapp.supplies.service.terms import item_term, lot_term, measure_term


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """A line of a posted slip: item, unit and steps."""

    item: AnyItem
    measure: Measure
    steps: int
    raw: dict[str, Any]

    @property
    def lot(self) -> NamedLot:
        """The named lot; an invisible number counts as empty."""
        number = self.raw["lot"] if lot_key(self.raw["lot"]) else ""
        return NamedLot(self.item, number, self.raw["made_on"], self.raw["expires_on"])


def requested_lines(data: dict[str, Any], *, may_be_zero: bool = False) -> list[RequestedLine]:
    """The lines with their items and units. Raises Refusal `item-gone`, `measure-unknown`, `quantity-not-whole`."""
    lines = []
    items = queries.find_items(raw["item"] for raw in data["lines"])
    for number, raw in enumerate(data["lines"], 1):
        item = items.get(raw["item"])
        if item is None:
            raise Refusal("item-gone", line=number)
        measure = next((m for m in queries.measures_of(item) if m.key == (raw["measure"] or "base")), None)
        if measure is None:
            raise Refusal("measure-unknown", item=item_term(item))
        steps = steps_of(raw["quantity"], measure)
        if steps is None or (steps == 0 and not may_be_zero):
            unit = measure_term(item, measure)
            raise Refusal("quantity-not-whole", item=item_term(item), typed=str(raw["quantity"]), unit=unit)
        lines.append(RequestedLine(item, measure, steps, raw))
    return lines


def incoming_lots(lines: Sequence[RequestedLine], *, is_late: bool, by: Actor, at: datetime) -> list[KnownLot]:
    """The lots of received goods, with number and expiry if the item has an expiry.

    Raises Refusal `lot-needed`, `lot-differs`.
    """
    lots = keep_lots([line.lot for line in lines], is_late=is_late, by=by, at=at)
    for line, lot in zip(lines, lots, strict=True):
        if line.item.has_expiry and not (lot.number and lot.expires_on):
            raise Refusal("lot-needed", 422, item=item_term(line.item))
    return lots


def counted_lots(lines: Sequence[RequestedLine], *, is_late: bool, by: Actor, at: datetime) -> list[KnownLot]:
    """The counted lots; an unknown one needs its number and expiry like received goods.

    Raises Refusal `lot-needed`, `lot-differs`.
    """
    known = queries.lots_of({line.item.id for line in lines}, {line.lot.number for line in lines})
    for line in lines:
        is_dated = line.raw["expires_on"] or line.lot.key in known
        if line.item.has_expiry and not (line.lot.number and is_dated):
            raise Refusal("lot-needed", 422, item=item_term(line.item))
    return keep_lots([line.lot for line in lines], is_late=is_late, by=by, at=at)


def outgoing_lots(lines: Sequence[RequestedLine], *, is_late: bool, by: Actor, at: datetime) -> list[KnownLot]:
    """The lots of issued goods; an unknown lot is created only for a late fact.

    Raises Refusal `lot-needed`, `stock-nowhere`, `lot-held`.
    """
    known = queries.lots_of({line.item.id for line in lines}, {line.lot.number for line in lines})
    for line in lines:
        if line.item.has_expiry and not line.lot.number:
            raise Refusal("lot-needed", 422, item=item_term(line.item))
        if not is_late and line.lot.key not in known:
            raise Refusal("stock-nowhere", item=item_term(line.item), lot=lot_term(line.lot.number))
    if is_late:
        return keep_lots([line.lot for line in lines], is_late=True, by=by, at=at)
    return [known[line.lot.key] for line in lines]


def refuse_expired(lines: Sequence[RequestedLine], lots: Sequence[KnownLot], reason: Reason, at: datetime) -> None:
    """Raises Refusal `stock-expired`."""
    today: date = clock.district_day(at)
    for line, lot in zip(lines, lots, strict=True):
        if reason not in TAKES_EXPIRED and expiry_of(lot.expires_on, today) is Expiry.EXPIRED:
            named: dict[str, Any] = {"item": item_term(line.item), "lot": lot_term(lot.number)}
            raise Refusal("stock-expired", **named, day=str(lot.expires_on))


def refuse_held(lines: Sequence[RequestedLine], lots: Sequence[KnownLot], reason: Reason) -> None:
    """Raises Refusal `lot-held` for a lot whose expiry is disputed."""
    for line, lot in zip(lines, lots, strict=True):
        if lot.disputed_on and reason not in TAKES_EXPIRED:
            named: dict[str, Any] = {"item": item_term(line.item), "lot": lot_term(lot.number)}
            raise Refusal("lot-held", **named, day=str(lot.expires_on), other=str(lot.disputed_on))
