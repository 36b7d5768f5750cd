"""What a Refusal names, as ids and numbers: words are made of them in the language of whoever reads it."""

from webapp.kernel.errors import Term, term
from webapp.supplies.models import Item
from webapp.supplies.rules import Measure


def item_term(item: Item) -> Term:
    return term("item", id=str(item.id))


def lot_term(number: str) -> Term:
    return term("lot", number=number)


def amount_term(steps: int, item: Item, measure: Measure | None = None) -> Term:
    """An amount of an item, in the unit it was asked for in."""
    return term("amount", item=str(item.id), steps=steps, measure=measure.key if measure else "base")


def measure_term(item: Item, measure: Measure) -> Term:
    return term("measure", item=str(item.id), measure=measure.key)
