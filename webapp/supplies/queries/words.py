"""Texts for the ids and numbers in a Refusal, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from webapp.supplies.labels import amount_in, item_name, lot_name, measure_name
from webapp.supplies.models import Item
from webapp.supplies.queries.items import find_item, measures_of
from webapp.supplies.rules import Measure

_NONE = "—"


def _item(data: Mapping[str, Any]) -> str:
    item = find_item(UUID(data["id"]))
    return item_name(item) if item else _NONE


def _lot(data: Mapping[str, Any]) -> str:
    return lot_name(data["number"])


def _amount(data: Mapping[str, Any]) -> str:
    item = find_item(UUID(data["item"]))
    return amount_in(data["steps"], _measure_of(item, data["measure"]), item) if item else _NONE


def _measure(data: Mapping[str, Any]) -> str:
    item = find_item(UUID(data["item"]))
    return measure_name(_measure_of(item, data["measure"])) if item else _NONE


def _measure_of(item: Item, key: str) -> Measure:
    measures = measures_of(item)
    return next((measure for measure in measures if measure.key == key), measures[0])


WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "item": _item,
    "lot": _lot,
    "amount": _amount,
    "measure": _measure,
}
