"""Supplies by item and by category, in customary units."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds, Span, Value, span_of
from webapp.briefings.sources.group import Asked, Group, Remedy
from webapp.kernel import clock
from webapp.kernel.access import Actor, may_open
from webapp.supplies import queries
from webapp.supplies.labels import CATEGORIES, amount, base_name, item_name
from webapp.supplies.rules import Category

ITEMS, ITEM, TURNOVER = "supplies.items", "supplies.item", "supplies.turnover"
RECEIVED, ISSUED = "_received", "_issued"
_SPANS = (Span.TOTAL, Span.DAY)
_ROW = {"name": _l("名称"), "on_hand": _l("现在可用结存"), "received": _l("期内筹备"), "issued": _l("期内发放")}
_UNDATED = ("name", "on_hand")
_Steps = Callable[[Any], int]


def key_of(code: str) -> str:
    """The code of an item as a name: XS-01 is xs_01."""
    return re.sub(r"\W", "_", code.lower(), flags=re.ASCII)


def _codes() -> Sequence[Code]:
    codes = [Code("stock.items", _l("有结存或收发的物资，逐个列出"), Holds.LIST, fields=_ROW)]
    for category, label in CATEGORIES.items():
        codes += _three(category.value, _l("%(what)s各种物资和数量", what=label), "")
    for item in queries.open_items():
        codes += _three(key_of(item.code), item_name(item), base_name(item))
    return codes


def _three(name: str, label: Any, unit: str) -> list[Code]:
    """The code of what is on hand, of what was raised and of what was issued. The value brings its unit."""
    return [
        Code(f"stock.{name}", label, Holds.NOW),
        Code(f"stock.{name}{RECEIVED}", _l("%(what)s：筹备", what=label), Holds.DAYS, spans=_SPANS),
        Code(f"stock.{name}{ISSUED}", _l("%(what)s：发放", what=label), Holds.DAYS, spans=_SPANS),
    ]


def _values(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    """In three statements, and one more for each further span that a template prints."""
    items = {key_of(item.code): item for item in queries.open_items()}
    reach = asked.reach_into(ITEMS)
    held = cache(lambda: queries.usable(reach, clock.district_day(asked.at)))
    turned = cache(lambda span: queries.turnover(reach, *asked.scope.days_of(span)))
    for name in names if reach.grants else ():
        if name == "stock.items":
            yield _listed(items.values(), held(), turned(Span.PERIOD), asked)
            continue
        key, steps, days = _read(name.removeprefix("stock."), items, held, turned)
        since, until = asked.scope.days_of(days) if days is not None else (None, None)
        if key in items:
            text = written(steps(items[key]), items[key])
            yield Value(name, text, since, until, about=_about(items[key], asked))
        elif key in list(Category):
            rows = [(item, steps(item)) for item in items.values() if item.category == key]
            text = "、".join(f"{item.name}{written(n, item)}" for item, n in rows if n)
            yield Value(name, text or None, since, until, about=f"{key} {_unit(asked)}")


def _read(name: str, items: Mapping[str, Any], held: Any, turned: Any) -> tuple[str, _Steps, Span | None]:
    """The item or category of a code, how its steps are found, and its span; None for what is on hand."""
    if name in items:
        return name, lambda item: held().get(item.id, 0), None
    base, span = span_of(name)
    for end, part in ((RECEIVED, "received"), (ISSUED, "issued")):
        if base.endswith(end):
            return base.removesuffix(end), partial(_turned, turned(span), part), span
    return name, lambda item: held().get(item.id, 0), None


def _turned(turns: Mapping[UUID, Any], part: str, item: Any) -> int:
    return int(getattr(turns.get(item.id), part, 0))


def written(steps: int, item: Any) -> str:
    """A quantity as a Chinese sentence has it: 3.2万只, 600瓶."""
    return amount(steps, item).replace(" ", "").replace(",", "")


def _unit(asked: Asked) -> str:
    """The code of the unit that the quantities are narrowed to."""
    return "" if asked.is_whole else str(asked.unit.code)


def _about(item: Any, asked: Asked) -> str:
    return f"{item.id} {_unit(asked)} {item.code}"


def _listed(items: Iterable[Any], held: Mapping[UUID, int], turns: Mapping[UUID, Any], asked: Asked) -> Value:
    shown = [item for item in items if held.get(item.id) or item.id in turns]
    rows: list[dict[str, str | None]] = [
        {
            "name": item.name,
            "on_hand": written(held.get(item.id, 0), item),
            "received": written(_turned(turns, "received", item), item),
            "issued": written(_turned(turns, "issued", item), item),
        }
        for item in shown
    ]
    days = asked.scope.days_of(Span.PERIOD)
    return Value(
        "stock.items", None, *days, rows=rows, abouts=[_about(item, asked) for item in shown], undated=_UNDATED
    )


def _link(printed: Mapping[str, Any], actor: Actor) -> str | None:
    about, days = printed.get("about") or "", {name: printed[name] for name in ("since", "until") if printed[name]}
    if not about or not may_open(ITEMS, actor):
        return None
    key, unit, code = [*about.split(" "), "", ""][:3]
    chosen = {"category": key} if key in list(Category) else {"item": key}
    if days:
        return url_for(TURNOVER, **chosen, unit=unit or None, **days)
    if "category" in chosen:
        return url_for(ITEMS, **chosen, unit=unit or None)
    return url_for(ITEMS, q=code, unit=unit) if unit else url_for(ITEM, item_id=UUID(key))


def _remedy(_printed: Mapping[str, Any], _actor: Actor) -> Remedy:
    return Remedy(_l("这些天没有这类物资的收发或结存，或您的角色看不到。请核对单位和日期，或在 Word 里补填。"))


GROUP = Group("stock", _l("物资数量"), _codes, _values, _link, _remedy)
