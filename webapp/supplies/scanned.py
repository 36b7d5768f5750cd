"""Supplies in the jump box: items by name or code, slips by number."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from webapp.kernel.access import Reach
from webapp.kernel.scanning import Answer
from webapp.supplies import queries
from webapp.supplies.labels import PAPERS, item_name

SHOWN = 5


def search(words: str, reach: Reach) -> Iterator[Answer]:
    """The first items and slips, and the list if there are more."""
    items, how_many = queries.search_items(words, SHOWN)
    for item in items:
        url = url_for("supplies.item", item_id=item.id)
        yield Answer("item", f"{item.code} {item_name(item)}", _("物资：结存、批号、台账"), url, "box")
    if how_many > SHOWN:
        url = url_for("supplies.items", q=words)
        yield Answer("more", _("更多叫“%(words)s”的物资", words=words), _("打开列表"), url, "list")
    if any(sign.isdigit() for sign in words):
        yield from _slips(words, reach)


def _slips(words: str, reach: Reach) -> Iterator[Answer]:
    slips = queries.newest_slips(words, reach, SHOWN + 1)
    for slip in slips[:SHOWN]:
        yield Answer("slip", slip.number, str(PAPERS[slip.kind]), url_for("supplies.slip", slip_id=slip.id), "list")
    if len(slips) > SHOWN:
        url = url_for("supplies.slips", q=words)
        yield Answer("more", _("更多含“%(words)s”的单据", words=words), _("打开列表"), url, "list")
