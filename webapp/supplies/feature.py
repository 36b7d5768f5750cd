"""The contributions of supplies."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.kernel import board, caching, clock
from webapp.kernel.access import Reach, Role, reach_into
from webapp.kernel.deadlines import Due, DueRows, Level, key_of
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.jobs import Job
from webapp.kernel.navigation import AREAS, Area, NavEntry
from webapp.kernel.scanning import Resolver
from webapp.supplies import kinds, lists, queries
from webapp.supplies.figures import FIGURES
from webapp.supplies.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.supplies.queries.words import WORDS
from webapp.supplies.scanned import search
from webapp.supplies.service import nightly
from webapp.supplies.views import bp

_VERIFIED = (
    ("every balance follows from its slips", _l("所有结存都与单据一致")),
    (r"(?P<n>\d+) faults: .*", _l("不一致 %(n)s 处，请打开“台账核对”查看")),
)
_CHECKERS = (Role.KEEPER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)
_LOW = _l("仓库里低于低库存线的物资")
_CARD_READERS = (Role.KEEPER, Role.APPROVER, Role.COMMANDER, Role.AUDITOR)


def _today(reach: Reach, at: datetime) -> dict[str, Any]:
    dated = reach_into("supplies.dated", reach.actor)
    first = partial(queries.expiring_first, dated)
    return {"first": caching.of_reach("expiring first", dated, clock.district_day(at), first)}


def _low(reach: Reach, at: datetime) -> Iterator[Due]:
    """The warehouses that are short of something, for their keepers."""
    warehouses = {row.id: row for row in queries.warehouses(reach)}
    for row in queries.low_by_place(reach):
        if row.number and (warehouse := warehouses.get(row.place_id)):
            yield Due(
                key=key_of("stock.low", row.place_id),
                kind="stock.low",
                due_at=at,
                who=(Role.KEEPER,),
                place=row.place_id,
                level=Level.WARNING,
                what=str(_LOW),
                where=warehouse.name,
                url=url_for("supplies.items", low=queries.LOW, place=warehouse.code),
                amount=row.number,
            )


FEATURE = Feature(
    name="supplies",
    area=Area.SUPPLIES,
    blueprint=bp,
    serves=(Role.KEEPER, Role.APPROVER),
    kinds=(*kinds.SLIPS.values(), kinds.UNDO),
    references=kinds.REFERENCES,
    navigation=(
        NavEntry("supplies.counter", _l("出入库"), "scan", (Role.KEEPER,), Area.SUPPLIES, order=30),
        NavEntry("supplies.items", _l("物资结存"), "box", queries.READERS, Area.SUPPLIES, order=31),
        NavEntry("supplies.slips", _l("出入库单据"), "list", queries.READERS, Area.SUPPLIES, order=32),
        NavEntry("supplies.to_count", _l("待盘点"), "count", queries.READERS, Area.SUPPLIES, order=33),
        NavEntry("supplies.dated", _l("批次有效期"), "clock", queries.READERS, Area.SUPPLIES, order=33),
        NavEntry("supplies.ledger_check", _l("账实核验"), "check", _CHECKERS, Area.SUPPLIES, order=34),
    ),
    actions=(
        board.Action("supplies.counter", _l("出入库"), "scan", (Role.KEEPER,), order=10),
        board.Action("supplies.items", _l("查看物资结存"), "box", (Role.APPROVER,), order=71, is_record=False),
    ),
    panels=(
        board.Panel(
            "supplies", _CARD_READERS, AREAS[Area.SUPPLIES][0], FIGURES, "supplies/_today.html", _today, order=40
        ),
    ),
    due=(
        DueRows(
            (Role.KEEPER,),
            lambda _reach, _at: (),  # the card of the keeper has the number
            kinds={"stock.low": _LOW},
            every=_low,
            counted=frozenset({"stock.low"}),
        ),
    ),
    lists=(lists.ITEMS, lists.SLIPS, lists.DATED),
    figures=FIGURES,
    scans=(Resolver(queries.READERS, queries.answer_scan, search),),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
    terms=WORDS,
    constraints=(
        Constraint("uq_item_code", "item-code-taken", field="code"),
        Constraint("ix_item_code_key", "item-code-taken", field="code"),
        Constraint("ix_item_barcode_code_key", "barcode-taken", field="barcode"),
        Constraint("pk_item_barcode", "barcode-taken", field="barcode"),
        Constraint("uq_item_pack_item_id_name", "pack-taken", field="name"),
        Constraint("uq_stock_slip_reverses_id", "slip-undone-already"),
        Constraint("uq_move_reverses", "slip-undone-already"),
        Constraint("ck_balance_reserved", "stock-short-somewhere"),
        Constraint("ck_balance_on_hand", "stock-short-somewhere"),
    ),
    jobs=(Job("supplies.verify", _l("台账核对"), timedelta(days=1), nightly, hour=2, words=_VERIFIED),),
)
