"""Lots as plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from webapp.kernel.database import connection
from webapp.kernel.parse.codes import lot_key
from webapp.supplies.models import Lot

_lot = Lot.__table__.c
_SHOWN = (_lot.id, _lot.item_id, _lot.number, _lot.number_key, _lot.made_on, _lot.expires_on, _lot.disputed_on)
_NUMBERED = select(*_SHOWN).where(
    _lot.item_id.in_(bindparam("items", expanding=True)), _lot.number_key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True)
class KnownLot:
    """A lot as it stood when it was read. The fields are those of `Lot`."""

    id: UUID
    item_id: UUID
    number: str
    number_key: str
    made_on: date | None
    expires_on: date | None
    disputed_on: date | None


AnyLot = KnownLot | Lot


def lots_of(item_ids: Collection[UUID], numbers: Collection[str]) -> dict[tuple[UUID, str], KnownLot]:
    """The lots of these items with these numbers, by (item id, `lot_key` of the number)."""
    if not item_ids:
        return {}
    keys = {lot_key(number) for number in numbers}
    rows = connection().execute(_NUMBERED, {"items": list(item_ids), "keys": list(keys)})
    return {(lot.item_id, lot.number_key): lot for lot in (KnownLot(*row) for row in rows)}
