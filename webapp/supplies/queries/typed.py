"""What the texts of a page spell: the id of something, a quantity."""

from decimal import Decimal
from uuid import UUID

from webapp.kernel.parse.numbers import parse_number


def quantity_of(line: dict[str, str]) -> Decimal:
    """The typed quantity, or 0 while it is not a number."""
    return max(parse_number(line["quantity"]) or Decimal(0), Decimal(0))


def identity(text: str | None) -> UUID | None:
    """The id a text spells, or None."""
    try:
        return UUID((text or "")[:40])
    except ValueError:
        return None
