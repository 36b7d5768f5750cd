"""A place's label, scanned or typed."""

from collections.abc import Iterator

from flask import url_for

from webapp.kernel.access import Reach
from webapp.kernel.scanning import Answer
from webapp.places import queries
from webapp.places.labels import KINDS
from webapp.places.rules import REAL


def resolve(code: str, reach: Reach) -> Iterator[Answer]:
    """The place of a label's address or of its printed code, if in scope."""
    labelled = queries.find_by_label(code)
    found = queries.find_visible(labelled.id, reach) if labelled else None
    if found is not None and found.kind in REAL:
        note = " · ".join(str(part) for part in (KINDS[found.kind], found.address) if part)
        url = url_for("places.place", place_id=found.id)
        yield Answer("place", f"{found.code} {found.name}", note, url, "place")
