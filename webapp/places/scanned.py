"""A place's label, scanned or typed."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.kernel.access import Reach
from webapp.kernel.scanning import Answer
from webapp.places import queries
from webapp.places.labels import KINDS
from webapp.places.rules import REAL

SHOWN = 5


def resolve(code: str, reach: Reach) -> Iterator[Answer]:
    """The place of a label's address or of its printed code, if in scope."""
    labelled = queries.find_by_label(code)
    found = queries.find_visible(labelled.id, reach) if labelled else None
    if found is not None and found.kind in REAL:
        yield _answer(found)


def search(words: str, reach: Reach) -> Iterator[Answer]:
    """The first open places in scope whose name or code holds the words."""
    found = queries.first_of(queries.selected(reach, {"text": words}), SHOWN + 1)
    yield from (_answer(place) for place in found[:SHOWN])
    if len(found) > SHOWN:
        url = url_for("places.places", text=words)
        yield Answer("more", _("更多叫“%(words)s”的场所", words=words), _("打开列表"), url, "list")


def _answer(place: Any) -> Answer:
    note = " · ".join(str(part) for part in (KINDS[place.kind], place.address) if part)
    return Answer("place", f"{place.code} {place.name}", note, url_for("places.place", place_id=place.id), "place")
