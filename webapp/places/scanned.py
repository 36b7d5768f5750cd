"""Places in the scan and jump boxes."""

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
    """The place of a label's address or printed code, if within reach."""
    labelled = queries.find_by_label(code)
    visible = queries.find_visible(labelled.id, reach) if labelled else None
    if visible is not None and visible.kind in REAL:
        yield _answer(visible)


def search(words: str, reach: Reach) -> Iterator[Answer]:
    """The first open places within reach whose name or code contains the words."""
    places = queries.first_of(queries.selected(reach, {"text": words}), SHOWN + 1)
    yield from (_answer(place) for place in places[:SHOWN])
    if len(places) > SHOWN:
        url = url_for("places.places", text=words)
        yield Answer("more", _("更多叫“%(words)s”的场所", words=words), _("打开列表"), url, "list")


def _answer(place: Any) -> Answer:
    note = " · ".join(str(part) for part in (KINDS[place.kind], place.address) if part)
    return Answer("place", f"{place.code} {place.name}", note, url_for("places.place", place_id=place.id), "place")
