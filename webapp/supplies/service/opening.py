"""Import of items and opening stock from a spreadsheet: all rows or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.columns import canonical
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry, hashed
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Outcome
from webapp.kernel.spreadsheets.sheets import SheetRow
from webapp.supplies import queries
from webapp.supplies.rules import Reason
from webapp.supplies.service import shelves
from webapp.supplies.service.items import put_item
from webapp.supplies.service.moves import count

COUNT = "stock.count"  # the kind of entry of an opening count


def import_rows(rows: Sequence[SheetRow], by: Actor, at: datetime, claim: Claim) -> Outcome:
    """Add new items, and one opening slip for each warehouse. All rows were checked before.

    A row with a quantity states the stock of the shelf, like a count, so that the same file again changes nothing.
    """
    outcome = Outcome(len(rows))
    with transaction():
        claim(outcome)
        known = {code_key(code) for code in queries.items_by_code(row.values["code"] for row in rows)}
        for row in rows:
            if (key := code_key(row.values["code"])) not in known:
                known.add(key)
                _keep_item(row.values, by, at)
        stocked = sorted({row.values["place"] for row in rows if row.values.get("place")}, key=str)
        shelves.enter(stocked)
        for place_id in stocked:
            _open_stock(place_id, [row.values for row in rows if row.values.get("place") == place_id], by, at)
        journal.write("stock.imported", "item", "-", by=by, at=at, rows=len(rows))
    return outcome


def _keep_item(values: dict[str, Any], by: Actor, at: datetime) -> None:
    scale = int(values["scale"] or 1)
    level = values["low_level"]
    put_item(
        by=by,
        at=at,
        code=values["code"],
        name=values["name"],
        name_en=values["name_en"],
        category=values["category"],
        unit_zh=values["unit"],
        unit_en=None,
        scale=scale,
        has_expiry=bool(values["has_expiry"]),
        low_level=None if level is None else int(level * scale),
    )


def _open_stock(place_id: UUID, lines: Sequence[dict[str, Any]], by: Actor, at: datetime) -> None:
    """Record a count, as a keeper would, in the import's transaction."""
    items = queries.items_by_code(line["code"] for line in lines)
    counted = [
        {
            "item": items[line["code"]].id,
            "lot": line["lot"],
            "made_on": line["made_on"],
            "expires_on": line["expires_on"],
            "quantity": line["quantity"],
            "measure": "base",
            "book": None,
        }
        for line in lines
    ]
    texts = [{name: str(value) for name, value in line.items()} for line in lines]
    content = canonical({"place": str(place_id), "lines": texts})
    values = {"author_id": by.id, "received_at": at, **hashed(COUNT, content)}
    entry = Entry(uuid=uuid4(), kind=COUNT, **values)
    db.session.add(entry)
    db.session.flush()
    data = {"place": place_id, "reason": Reason.OPENING, "lines": counted}
    count(entry, data, (), by=by, at=at)
