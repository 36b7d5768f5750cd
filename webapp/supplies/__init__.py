"""Supplies: items, batches, the ledger of moves and the balances that follow from it, worked from one scan box."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from webapp.kernel import errors, jobs, scanning
from webapp.supplies import board as board  # registers its cards
from webapp.supplies import offline as offline  # registers its late kinds
from webapp.supplies import queries
from webapp.supplies.labels import REFUSALS
from webapp.supplies.queries.words import WORDS
from webapp.supplies.service import nightly
from webapp.supplies.views import bp

errors.register(REFUSALS)
errors.words(WORDS)
errors.constraint("uq_item_code", "item-code-taken", field="code")
errors.constraint("ix_item_code_key", "item-code-taken", field="code")
errors.constraint("ix_item_barcode_code_key", "barcode-taken", field="barcode")
errors.constraint("pk_item_barcode", "barcode-taken", field="barcode")
errors.constraint("uq_item_pack_item_id_name", "pack-taken", field="name")
errors.constraint("uq_stock_slip_reverses_id", "slip-undone-already")
errors.constraint("uq_move_reverses", "slip-undone-already")
errors.constraint("ck_balance_reserved", "stock-short-somewhere")
errors.constraint("ck_balance_on_hand", "stock-short-somewhere")
jobs.register(
    "supplies.verify",
    timedelta(days=1),
    nightly,
    hour=2,
    label=_l("台账核对"),
    words=(
        ("every balance follows from its slips", _l("所有结存都与单据一致")),
        (r"(?P<n>\d+) faults: .*", _l("不一致 %(n)s 处，请打开“台账核对”查看")),
    ),
)
scanning.resolver("supplies", queries.READERS, queries.answer_scan)

__all__ = ["bp"]
