"""Departures, and undoing them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Decision
from webapp.kernel import entries, journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.database import changed_one, hold, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.media import Stored


def note_departure(
    _entry: entries.Entry, data: dict[str, Any], _photos: Sequence[Stored], *, by: Actor, at: datetime
) -> None:
    """Record a departure: of the given visit, or of the one inside that matches the shown number.

    Raises Refusal `already-left` (also to the second of two tablets), `arrival-undone`, `nobody-inside`,
    `several-inside`, and `arrival-missing` (404) for a visit that is out of reach or has not arrived yet.
    """
    inside = Visit.left_at.is_(None), Visit.undone_at.is_(None), Visit.decision == Decision.PASS
    visit_id = _visit_that_ends(data, by, at)
    left = update(Visit).where(Visit.id == visit_id, *inside).values(left_at=at, left_by=by.id)
    if not changed_one(left):
        raise Refusal("already-left")


def _visit_that_ends(data: dict[str, Any], by: Actor, at: datetime) -> UUID:
    if data["visit"]:
        visit = queries.find_at_gate(data["visit"], by.through(Role.GATEKEEPER))
        if visit is None:
            raise Refusal("arrival-missing", 404)
        if visit.undone_at:
            raise Refusal("arrival-undone")
        return visit.id
    matches = queries.inside_by(data["who"], data["place"], by.through(Role.GATEKEEPER), at)
    if len(matches) != 1:
        raise Refusal("several-inside" if matches else "nobody-inside")
    return matches[0]


def undo_departure(visit_id: UUID, *, by: Actor, at: datetime) -> None:
    """Undo a departure. Raises Refusal `left-too-long-ago`, `already-inside`, `gate-out-of-reach` (404)."""
    with transaction():
        visit = queries.find_at_gate(visit_id, by.through(Role.GATEKEEPER))
        if visit is None:
            raise Refusal("gate-out-of-reach", 404)
        reopen(visit, Visit.left_at > at - queries.UNDO_WITHIN)
        journal.write("visit.departure-undone", "visit", visit_id, by=by, at=at)


def reopen(visit: Visit, *conditions: Any) -> None:
    """Mark a visit as inside again. Raises Refusal `already-inside` after another arrival, `left-too-long-ago`."""
    identity = visit.identity
    for key in filter(None, (identity.document, identity.phone)):
        hold(f"visit {key}")
    if any(other.place_id == visit.place_id and other.id != visit.id for other in queries.inside_as(identity)):
        raise Refusal("already-inside")
    again = update(Visit).where(Visit.id == visit.id, Visit.undone_at.is_(None), *conditions)
    if not changed_one(again.values(left_at=None, left_by=None)):
        raise Refusal("left-too-long-ago")
