"""Items and the codes that name them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, cast, func, or_, select
from sqlalchemy.orm import aliased, selectinload, with_expression

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Reach
from webapp.kernel.parse.codes import code_key
from webapp.kernel.scanning import Answer
from webapp.places.queries import at_place, visible_places
from webapp.supplies.labels import item_name
from webapp.supplies.models import Balance, Barcode, Item, Lot
from webapp.supplies.queries.articles import AnyItem, Article, find_named
from webapp.supplies.queries.stock import is_expired
from webapp.supplies.rules import Measure, ScannedCode, scan

ITEM_ORDER = (Item.code,)
_NAMED = aliased(Item)  # apart from the items that a query asks for
LOW, EXPIRED = "low", "expired"  # of the filter of items


def find_item(item_id: UUID | None) -> Item | None:
    return db.session.get(Item, item_id) if item_id else None


def get_item(item_id: UUID) -> Item:
    """Raises NoResultFound."""
    return db.session.get_one(Item, item_id)


def code_of(column: Any) -> ScalarSelect[str]:
    """The code of a row's item, for the rows of a list; `column` holds the item's id."""
    return select(_NAMED.code).where(_NAMED.id == column).scalar_subquery()


def items_by_code(codes: Iterable[str | None]) -> dict[str, Item]:
    """Items by code, in the spelling of `codes`."""
    keys = {code: code_key(code) for code in codes if code}
    rows = db.session.scalars(select(Item).where(Item.code_key.in_(set(keys.values())))).all() if keys else ()
    items = {item.code_key: item for item in rows}
    return {code: items[key] for code, key in keys.items() if key in items}


def find_item_by_code(code: str) -> Item | None:
    return db.session.scalars(select(Item).where(Item.code_key == code_key(code))).one_or_none()


def measures_of(item: AnyItem) -> list[Measure]:
    """The units of an item: the base unit, the customary one, then its packs."""
    measures = [Measure("base", item.unit_zh, item.unit_en, item.scale)]
    if item.customary_factor:
        steps = item.customary_factor * item.scale
        measures.append(Measure("customary", item.customary_zh or "", item.customary_en or "", steps))
    measures += [Measure(str(pack.id), pack.name, pack.name_en, pack.quantity) for pack in item.packs]
    return measures


def find_scanned(code: ScannedCode) -> tuple[Article, str] | None:
    """The item of a code, with the key of the measure that has the code."""
    keys = list(dict.fromkeys(key for text in code.keys if (key := code_key(text))))
    known = find_named(keys) if keys else {}
    named = next((known[key] for key in keys if key in known), None)
    return (named[0], str(named[1] or "base")) if named else None


def find_barcode(code: str) -> Barcode | None:
    """A stored GTIN or maker's code, in any spelling."""
    return db.session.scalars(select(Barcode).where(Barcode.code_key == code_key(code))).one_or_none()


def select_items(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """Items with their stock in the actor's warehouses, narrowed by `place` and `unit`; expired goods do not count."""
    at = stock_at(reach, filters)
    usable, expired = _held(at)
    query = select(Item).where(Item.is_closed.is_(False))
    query = query.options(with_expression(Item.usable, usable), with_expression(Item.expired, expired))
    if words := filters.get("q"):
        query = query.where(_named(words))
    if category := filters.get("category"):
        query = query.where(Item.category == category)
    if filters.get("low") == LOW:
        query = query.where(usable < Item.low_level)
        if filters.get("place") or filters.get("unit"):  # where there never were goods, nothing is low
            query = query.where(select(Balance.lot_id).where(*at).exists())
    if filters.get("low") == EXPIRED:
        query = query.where(expired > 0)
    return query


def open_items() -> Sequence[Item]:
    """All open items, by code, with their barcodes."""
    query = select(Item).where(Item.is_closed.is_(False)).options(selectinload(Item.barcodes))
    return db.session.scalars(query.order_by(Item.code)).all()


def search_items(words: str, most: int) -> tuple[Sequence[Item], int]:
    """The first `most` open items whose name or code contains the words, by code; and the number of matches."""
    query = select(Item).where(Item.is_closed.is_(False), _named(words))
    shown = db.session.scalars(query.order_by(Item.code).limit(most)).all()
    is_all = len(shown) < most
    return shown, len(shown) if is_all else db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def is_catalogue_loaded() -> bool:
    return db.session.scalar(select(func.count()).select_from(Item)) != 0


def answer_scan(text: str, _reach: Reach) -> Iterable[Answer]:
    """The item cards for the scan box, for every reading if a separator may have been lost."""
    code = scan(text)
    matches = (find_scanned(reading) for reading in (code, *code.readings))
    for item in {match[0].id: match[0] for match in matches if match}.values():
        url = url_for("supplies.item", item_id=item.id)
        yield Answer("item", f"{item.code} {item_name(item)}", _("物资：结存、批号、台账"), url, "box")


def _held(at: tuple[ColumnElement[bool], ...]) -> tuple[Any, Any]:
    """The stock of an item in the warehouses of these conditions: usable and expired."""
    total = cast(func.coalesce(func.sum(Balance.on_hand), 0), BigInteger)
    query = select(total).join(Lot, Lot.id == Balance.lot_id)
    query = query.where(Balance.item_id == Item.id, *at).correlate(Item)
    past = is_expired(clock.district_day(clock.now()))
    return query.where(~past).scalar_subquery(), query.where(past).scalar_subquery()


def stock_at(reach: Reach, filters: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The conditions for a balance in the actor's warehouses, narrowed by `place` and `unit`."""
    return Balance.place_id.in_(visible_places(reach)), *at_place(Balance.place_id, filters)


def _named(words: str) -> ColumnElement[bool]:
    """The condition that a name contains the words or the code contains the text, compared by its key."""
    named = [column.icontains(words, autoescape=True) for column in (Item.name, Item.name_en)]
    key = code_key(words)
    return or_(*named, Item.code_key.contains(key, autoescape=True)) if key or not words else or_(*named)
