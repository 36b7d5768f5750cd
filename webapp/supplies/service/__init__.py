"""Transactions of supplies. Stock changes only by entries."""

from webapp.supplies.service.differences import explain_difference
from webapp.supplies.service.items import (
    FIELDS,
    add_barcode,
    add_item,
    add_pack,
    change_item,
    load_catalogue,
    put_item,
    remove_barcode,
)
from webapp.supplies.service.lots import settle_expiry
from webapp.supplies.service.moves import count, issue, nightly, receive, transfer, undo
from webapp.supplies.service.opening import import_rows

__all__ = [
    "FIELDS",
    "add_barcode",
    "add_item",
    "add_pack",
    "change_item",
    "count",
    "explain_difference",
    "import_rows",
    "issue",
    "load_catalogue",
    "nightly",
    "put_item",
    "receive",
    "remove_barcode",
    "settle_expiry",
    "transfer",
    "undo",
]
