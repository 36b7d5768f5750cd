"""Placing the rows of the journal in units, so that a page for the reader of a unit costs the same in any journal.

Rows are placed a moment after they were written, by a job and by whoever opens the list, not by their writers: an
arrival at a gate does not wait for it. A journal that was never placed is placed from its newest row backwards.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.audit import scopes
from webapp.audit.models import JournalPlaced, JournalScope
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.database import hold, locked, transaction
from webapp.kernel.insertions import insert_ignoring_all
from webapp.units.queries import lineages

CHUNK = 5_000  # rows in a transaction
MARGIN = 1_000  # rows placed again: on PostgreSQL a row may be committed after one with a greater number
_KEY = ("unit_id", "at", "seq")


def place_all(_at: datetime) -> int:
    """Place the new rows, then all older ones; returns the number of rows. For the job."""
    count = place_new()
    while more := place_older():
        count += more
    return count


def catch_up() -> None:
    """Place the new rows, and the next older ones if some are not placed yet: before the list is looked at."""
    place_new()
    if not scopes.is_whole():
        place_older()


def place_new() -> int:
    """Place the rows written since the last time; returns their number."""
    count = 0
    while scopes.is_behind() and (more := _in_transaction(_newer)):
        count += more
    return count


def place_older() -> int:
    """Place the newest of the rows that were there before any was placed; returns their number, 0 when all are."""
    return _in_transaction(_older)


def _in_transaction(place: Callable[[JournalPlaced], int]) -> int:
    with transaction() as session:
        hold("journal scopes")
        placed = locked(JournalPlaced, 1)
        if placed is None:
            newest = journal.newest()
            placed = JournalPlaced(id=1, first_seq=newest + 1, last_seq=newest)
            session.add(placed)
        return place(placed)


def _newer(placed: JournalPlaced) -> int:
    until = min(journal.newest(), placed.last_seq + CHUNK)
    count = until - placed.last_seq
    if count > 0:
        _place(max(placed.last_seq - MARGIN, placed.first_seq - 1), until)
        placed.last_seq = until
    return count


def _older(placed: JournalPlaced) -> int:
    before = max(placed.first_seq - 1 - CHUNK, 0)
    count = placed.first_seq - 1 - before
    if count > 0:
        _place(before, placed.first_seq - 1)
        placed.first_seq = before + 1
    return count


def _place(after: int, until: int) -> None:
    """Place the rows with numbers above `after` up to `until`; those that are placed already stay."""
    above: dict[UUID, tuple[UUID, ...]] = lineages()
    values: list[dict[str, Any]] = [
        {"unit_id": unit_id, "at": row.at, "seq": row.seq}
        for row in scopes.units_of_rows(after, until)
        for unit_id in {unit for own in row[2:] if own for unit in above.get(own, ())}
    ]
    if values:
        insert_ignoring_all(JournalScope, values, _KEY)
        db.session.flush()
