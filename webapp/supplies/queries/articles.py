"""Items with their packs as plain values, in one statement: a mapped item costs several times as much."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal, null, select, union_all

from webapp.kernel.database import connection
from webapp.supplies.models import Barcode, Item, Pack

_item, _pack, _barcode = Item.__table__.c, Pack.__table__.c, Barcode.__table__.c
_ITEM = (
    _item.id,
    _item.code,
    _item.name,
    _item.name_en,
    _item.unit_zh,
    _item.unit_en,
    _item.scale,
    _item.customary_zh,
    _item.customary_en,
    _item.customary_factor,
    _item.has_expiry,
)
_PACK = (_pack.id, _pack.name, _pack.name_en, _pack.quantity)
_PACKED = Item.__table__.outerjoin(Pack.__table__, _pack.item_id == _item.id)
_BY_ID = select(*_ITEM, *_PACK).select_from(_PACKED).where(_item.id.in_(bindparam("ids", expanding=True)))
_BY_ID = _BY_ID.order_by(_item.id, _pack.quantity)


def _by_key() -> Any:
    """(rank, key, pack id of the key, item, pack): rank 1 is the code of an item, which comes before a maker's."""
    keys: Any = bindparam("keys", expanding=True)
    makers = select(literal(0).label("rank"), _barcode.code_key, _barcode.item_id, _barcode.pack_id)
    own = select(literal(1), _item.code_key, _item.id, null()).where(_item.code_key.in_(keys))
    named = union_all(makers.where(_barcode.code_key.in_(keys)), own).subquery()
    joined = named.join(Item.__table__, _item.id == named.c.item_id)
    joined = joined.outerjoin(Pack.__table__, _pack.item_id == _item.id)
    query = select(named.c.rank, named.c.code_key, named.c.pack_id, *_ITEM, *_PACK).select_from(joined)
    return query.order_by(named.c.rank, named.c.code_key, _pack.quantity)


_BY_KEY = _by_key()


@dataclass(frozen=True, slots=True)
class PackOf:
    """A pack of an article with its number of steps."""

    id: UUID
    name: str
    name_en: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Article:
    """An item as it stood when it was read, with its packs by size. The fields are those of `Item`."""

    id: UUID
    code: str
    name: str
    name_en: str
    unit_zh: str
    unit_en: str
    scale: int
    customary_zh: str | None
    customary_en: str | None
    customary_factor: int | None
    has_expiry: bool
    packs: list[PackOf] = field(default_factory=list)


AnyItem = Article | Item


def find_items(ids: Iterable[UUID | None], known: Iterable[AnyItem | None] = ()) -> dict[UUID, AnyItem]:
    """The items among these ids by id, in at most one query; `known` are not read again."""
    present = {item_id for item_id in ids if item_id}
    items = {item.id: item for item in known if item and item.id in present}
    absent = present - items.keys()
    rows = connection().execute(_BY_ID, {"ids": list(absent)}) if absent else ()
    return items | {article.id: article for article in _articles(rows)}


def find_named(keys: Iterable[str]) -> dict[str, tuple[Article, UUID | None]]:
    """The article of each key of a code, with the pack that the key names."""
    rows = connection().execute(_BY_KEY, {"keys": list(keys)}).all()
    articles = {article.id: article for article in _articles(dict.fromkeys(tuple(row[3:]) for row in rows))}
    return {key: (articles[item_id], pack_id) for _rank, key, pack_id, item_id, *_rest in rows}


def _articles(rows: Iterable[Any]) -> Iterable[Article]:
    by_id: dict[UUID, Article] = {}
    for row in rows:
        item, pack = row[: len(_ITEM)], row[len(_ITEM) :]
        article = by_id.get(item[0]) or by_id.setdefault(item[0], Article(*item))
        if pack[0] is not None:
            article.packs.append(PackOf(*pack))
    return by_id.values()
