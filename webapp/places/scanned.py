"""A place's label, scanned or typed."""

import re
from collections.abc import Iterator
from uuid import UUID

from flask import url_for

from webapp.kernel.access import Actor
from webapp.kernel.scanning import Answer
from webapp.places import queries
from webapp.places.labels import KINDS
from webapp.places.rules import REAL

_ADDRESS = re.compile(r"/places/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$", re.IGNORECASE)


def resolve(code: str, actor: Actor) -> Iterator[Answer]:
    """The place of a label's address (of any host: a label outlives a move) or of its printed code, if in scope."""
    address = _ADDRESS.search(code)
    found = queries.find_visible(UUID(address.group(1)), actor) if address else None
    if found is None and not address:
        typed = queries.find_by_code(code)
        found = queries.find_visible(typed.id, actor) if typed else None
    if found is not None and found.kind in REAL:
        note = " · ".join(str(part) for part in (KINDS[found.kind], found.address) if part)
        url = url_for("places.place", place_id=found.id)
        yield Answer("place", f"{found.code} {found.name}", note, url, "place")
