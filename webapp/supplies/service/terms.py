"""Terms of refusals: ids and numbers that are put into words in the reader's language."""

from webapp.kernel.errors import Term, term
from webapp.supplies.queries import AnyItem
from webapp.supplies.rules import Measure


def item_term(item: AnyItem) -> Term:
    return term("item", id=str(item.id))


def lot_term(number: str) -> Term:
    return term("lot", number=number)


def amount_term(steps: int, item: AnyItem, measure: Measure | None = None) -> Term:
    """An amount of an item, in the requested unit."""
    return term("amount", item=str(item.id), steps=steps, measure=measure.key if measure else "base")


def measure_term(item: AnyItem, measure: Measure) -> Term:
    return term("measure", item=str(item.id), measure=measure.key)
