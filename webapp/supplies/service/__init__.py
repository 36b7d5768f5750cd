"""What people do with supplies. Stock changes only through entries; each is one transaction."""

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
from webapp.supplies.service.moves import COUNT, IN, KINDS, OUT, TRANSFER, UNDO, nightly
from webapp.supplies.service.opening import import_rows

__all__ = [
    "COUNT",
    "FIELDS",
    "IN",
    "KINDS",
    "OUT",
    "TRANSFER",
    "UNDO",
    "add_barcode",
    "add_item",
    "add_pack",
    "change_item",
    "explain_difference",
    "import_rows",
    "load_catalogue",
    "nightly",
    "put_item",
    "remove_barcode",
    "settle_expiry",
]
