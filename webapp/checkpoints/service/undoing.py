"""Undoing an arrival by a reversing entry; nothing is deleted."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.checkpoints.service.departures import reopen
from webapp.kernel import entries
from webapp.kernel.access import Actor, Role
from webapp.kernel.database import changed_one
from webapp.kernel.errors import Refusal
from webapp.kernel.media import Stored
from webapp.kernel.tombstones import hold_entry, refuse_purged


def undo_arrival(
    _entry: entries.Entry, data: dict[str, Any], _photos: Sequence[Stored], *, by: Actor, at: datetime
) -> None:
    """Undo an arrival that was recorded by mistake, with person, time and reason; it is not counted any more.

    Raises Refusal `already-undone`, `record-purged`, and `arrival-missing` (404) for an unknown visit.
    """
    visit = queries.find_at_gate(data["visit"], by.through(Role.GATEKEEPER))
    if visit is None:
        raise Refusal("arrival-missing", 404)
    hold_entry(visit.id)
    refuse_purged(visit.id)
    undone = {"undone_at": at, "undone_by": by.id, "undo_reason": data["why"]}
    taken_back = update(Visit).where(Visit.id == visit.id, Visit.undone_at.is_(None)).values(**undone)
    if not changed_one(taken_back):
        raise Refusal("already-undone")
    for other in queries.moved_by(visit):
        with contextlib.suppress(Refusal):  # the person is back already: nothing to restore
            reopen(other)
