"""The lots of an act: found, created or completed, in the lock order of all transactions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import connection, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.insertions import insert_ignoring
from webapp.kernel.parse.codes import lot_key
from webapp.supplies import queries
from webapp.supplies.models import Lot
from webapp.supplies.queries import AnyItem, KnownLot
from webapp.supplies.service.terms import item_term, lot_term

_table: Any = Lot.__table__


@dataclass(frozen=True, slots=True)
class NamedLot:
    """A lot as named by a line; spellings of the same number are equal."""

    item: AnyItem
    number: str
    made_on: date | None
    expires_on: date | None

    @property
    def key(self) -> tuple[UUID, str]:
        return self.item.id, lot_key(self.number)


def keep_lots(named: Sequence[NamedLot], *, is_late: bool, by: Actor, at: datetime) -> list[KnownLot]:
    """The lot of each line, created if necessary. A missing expiry is filled in by the first line that has it.

    Raises Refusal `lot-differs` for another expiry than the recorded one; a late fact puts the lot on hold instead.
    """
    known = queries.lots_of({line.item.id for line in named}, {line.number for line in named})
    ordered = sorted(named, key=lambda line: line.key)
    made = [line for line in ordered if line.key not in known and _make(line)]
    if made or any(line.key not in known for line in named):
        known = queries.lots_of({line.item.id for line in named}, {line.number for line in named})
    for line in ordered:
        known[line.key] = _complete(known[line.key], line, is_late=is_late, by=by, at=at)
    return [known[line.key] for line in named]


def settle_expiry(lot_id: UUID, expires_on: date, *, by: Actor, at: datetime) -> None:
    """Decide between two expiry dates of a lot. Raises Refusal `lot-settled` for another date or undisputed lot."""
    with transaction():
        lot = db.session.get_one(Lot, lot_id, with_for_update=True, populate_existing=True)
        if lot.disputed_on is None or expires_on not in (lot.expires_on, lot.disputed_on):
            raise Refusal("lot-settled")
        lot.expires_on, lot.disputed_on = expires_on, None
        journal.write("lot.expiry-settled", "lot", lot_id, by=by, at=at, day=expires_on.isoformat())


def _make(named: NamedLot) -> bool:
    values = {"id": uuid4(), "item_id": named.item.id, "number": named.number}
    return insert_ignoring(
        Lot, values | {"made_on": named.made_on, "expires_on": named.expires_on}, ["item_id", "number_key"]
    )


def _complete(lot: KnownLot, named: NamedLot, *, is_late: bool, by: Actor, at: datetime) -> KnownLot:
    """The lot with the expiry that a line names for it, written into it or beside it."""
    if not named.expires_on or lot.expires_on == named.expires_on:
        return lot
    if lot.expires_on is None and (lot := _dated(lot, named)).expires_on == named.expires_on:
        return lot
    if not is_late:
        day = lot.expires_on.isoformat() if lot.expires_on else "—"
        raise Refusal("lot-differs", item=item_term(named.item), lot=lot_term(lot.number), day=day)
    if lot.disputed_on is None:
        days = [lot.expires_on.isoformat() if lot.expires_on else "", named.expires_on.isoformat()]
        connection().execute(update(_table).where(_table.c.id == lot.id).values(disputed_on=named.expires_on))
        journal.write("lot.disputed", "lot", lot.id, by=by, at=at, days=days)
        return replace(lot, disputed_on=named.expires_on)
    return lot


def _dated(lot: KnownLot, named: NamedLot) -> KnownLot:
    """A lot whose missing expiry was filled in, unless another transaction has just done so."""
    blank = update(_table).where(_table.c.id == lot.id, _table.c.expires_on.is_(None))
    connection().execute(blank.values(expires_on=named.expires_on))
    expires_on = connection().execute(select(_table.c.expires_on).where(_table.c.id == lot.id)).scalar_one()
    return replace(lot, expires_on=expires_on)
