"""Adding and changing items, their packs and barcodes; the standard catalogue."""

import contextlib
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal, refusal_of
from webapp.kernel.parse.codes import code_key
from webapp.supplies import queries
from webapp.supplies.models import Barcode, Item, Pack
from webapp.supplies.rules import scan

CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue.toml"
FIELDS = frozenset(
    {
        "code",
        "name",
        "name_en",
        "category",
        "unit_zh",
        "unit_en",
        "scale",
        "customary_zh",
        "customary_en",
        "customary_factor",
        "has_expiry",
        "low_level",
    }
)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """A write transaction that turns violated constraints into refusals."""
    try:
        with transaction():
            yield
    except IntegrityError as error:
        if refusal := refusal_of(error):
            raise refusal from error
        raise


def add_item(*, by: Actor, at: datetime, **values: Any) -> UUID:
    """Add an item; returns its id. Raises Refusal `item-code-taken`."""
    with _refusing():
        return put_item(by=by, at=at, **values)


def put_item(*, by: Actor | None, at: datetime, **values: Any) -> UUID:
    """As `add_item`, in the open transaction. `low_level` is in steps; English texts default to the Chinese ones."""
    if unknown := values.keys() - FIELDS:
        raise TypeError(f"an item has no {sorted(unknown)}")
    item_id = uuid4()
    values["name_en"] = values.get("name_en") or values["name"]
    values["unit_en"] = values.get("unit_en") or values["unit_zh"]
    db.session.add(Item(id=item_id, **_customary(values)))
    db.session.flush()
    journal.write("item.added", "item", item_id, by=by, at=at, code=values["code"])
    return item_id


def change_item(item_id: UUID, *, by: Actor, at: datetime, **values: Any) -> None:
    """Change the data of an item, except its base unit and smallest step, in which quantities are stored."""
    with _refusing():
        item = db.session.get_one(Item, item_id)
        chosen = _customary({k: v for k, v in values.items() if k not in ("scale", "unit_zh")})
        before = {name: getattr(item, name) for name in chosen}
        for name, value in chosen.items():
            setattr(item, name, value)
        item.name_en = item.name_en or item.name
        item.unit_en = item.unit_en or item.unit_zh
        fields = sorted(name for name, value in before.items() if getattr(item, name) != value)
        journal.write("item.changed", "item", item_id, by=by, at=at, fields=fields)


def add_pack(item_id: UUID, name: str, name_en: str | None, steps: int, *, by: Actor, at: datetime) -> UUID:
    """Add a pack with this number of steps; returns its id. Raises Refusal `pack-taken`."""
    with _refusing():
        return _put_pack(item_id, name, name_en, steps, by=by, at=at)


def _put_pack(item_id: UUID, name: str, name_en: str | None, steps: int, *, by: Actor | None, at: datetime) -> UUID:
    pack_id = uuid4()
    db.session.add(Pack(id=pack_id, item_id=item_id, name=name, name_en=name_en or name, quantity=steps))
    db.session.flush()
    journal.write("item.pack-added", "item", item_id, by=by, at=at, quantity=steps)
    return pack_id


def add_barcode(item_id: UUID, typed: str, measure: str, *, by: Actor, at: datetime) -> None:
    """Attach a code as scanned to an item, or to one of its packs (`measure` is the pack's id, or `base`).

    Raises Refusal `barcode-broken`, `barcode-taken`, `measure-unknown`.
    """
    with _refusing():
        _put_barcode(item_id, typed, measure, by=by, at=at)


def _put_barcode(item_id: UUID, typed: str, measure: str, *, by: Actor | None, at: datetime) -> None:
    item = db.session.get_one(Item, item_id)
    pack = next((pack for pack in item.packs if str(pack.id) == measure), None)
    if pack is None and measure not in ("", "base"):
        raise Refusal("measure-unknown", 422, item=item.name)
    code = scan(typed)
    text = code.learnt
    if code.trouble or not code_key(text):
        refusal = "barcode-check-digit" if code.trouble == "check-digit" else "barcode-broken"
        raise Refusal(refusal, 422, field="barcode")
    known = queries.find_barcode(text)
    named = queries.find_item_by_code(text)
    if (known is not None and known.item_id != item_id) or (named is not None and named.id != item_id):
        raise Refusal("barcode-taken", field="barcode")
    if known is None:
        db.session.add(Barcode(code=text, item_id=item_id, pack_id=pack.id if pack else None))
        db.session.flush()
    else:
        known.pack_id = pack.id if pack else None
    journal.write("item.barcode-added", "item", item_id, by=by, at=at, code=text)


def remove_barcode(item_id: UUID, code: str, *, by: Actor, at: datetime) -> None:
    with transaction() as session:
        session.execute(delete(Barcode).where(Barcode.item_id == item_id, Barcode.code == code))
        journal.write("item.barcode-removed", "item", item_id, by=by, at=at, code=code)


def load_catalogue(*, by: Actor | None, at: datetime) -> int:
    """Add the missing items of the standard catalogue; returns their number."""
    records = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["item"]
    with transaction():
        known = set(db.session.scalars(select(Item.code_key)))
        new = [record for record in records if code_key(record["code"]) not in known]
        for record in new:
            _put_record(record, by=by, at=at)
    return len(new)


def _put_record(record: dict[str, Any], *, by: Actor | None, at: datetime) -> None:
    scale = record.get("scale", 1)
    customary = record.get("customary", {})
    item_id = put_item(
        by=by,
        at=at,
        code=record["code"],
        name=record["zh"],
        name_en=record["en"],
        category=record["category"],
        unit_zh=record["unit"]["zh"],
        unit_en=record["unit"]["en"],
        scale=scale,
        customary_zh=customary.get("zh"),
        customary_en=customary.get("en"),
        customary_factor=customary.get("factor"),
        has_expiry=record.get("has_expiry", False),
        low_level=record["low_level"] * scale,
    )
    for pack in record.get("packs", ()):
        _put_pack(item_id, pack["zh"], pack["en"], int(pack["quantity"] * scale), by=by, at=at)
    db.session.expire_all()
    packs = {pack.name: str(pack.id) for pack in db.session.get_one(Item, item_id).packs}
    for barcode in record.get("barcodes", ()):
        _put_barcode(item_id, barcode["code"], packs.get(barcode.get("pack", ""), "base"), by=by, at=at)


def _customary(values: dict[str, Any]) -> dict[str, Any]:
    """The values of the customary unit; empty unless both name and factor are given."""
    if "customary_factor" not in values and "customary_zh" not in values:
        return values
    if not (values.get("customary_factor") and values.get("customary_zh")):
        return values | {"customary_zh": None, "customary_en": None, "customary_factor": None}
    return values | {"customary_en": values.get("customary_en") or values["customary_zh"]}
