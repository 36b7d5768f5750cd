"""What a purged visit leaves: whoever is inside still counts once, and nobody can tell who."""

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import and_, not_, select, update

from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel.columns import digest
from webapp.kernel.entries import Entry

ENDINGS = ("visit.out", "visit.undo")


def forget_identities(visit_ids: Sequence[UUID]) -> None:
    """Take away the keys by which visits are of one person. Visits inside get one that means nothing, which they share
    with that person's visits inside other gates, so that the head-counts stay as they are.
    """
    mine = Visit.id.in_(visit_ids)
    inside = db.session.scalars(select(Visit.identity_blind).where(mine, *queries.INSIDE).distinct()).all()
    for identity in filter(None, inside):
        shared = Visit.identity_blind == identity, *queries.INSIDE
        _change(update(Visit).where(*shared).values(identity_blind=uuid4().hex))
    _change(update(Visit).where(mine, not_(and_(*queries.INSIDE))).values(identity_blind=None))


def entries_along(visit_id: UUID) -> Sequence[UUID]:
    """The entries by which a visit was ended or taken back: what was shown or written there is of the same person."""
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        return ()
    endings = Entry.kind.in_(ENDINGS), Entry.received_at >= visit.entered_at, Entry.author_id.in_(_enders(visit))
    rows = db.session.scalars(select(Entry).where(*endings)).yield_per(500)
    return [entry.uuid for entry in rows if _is_about(json.loads(entry.content), visit)]


def _enders(visit: Visit) -> set[UUID]:
    return {person for person in (visit.left_by, visit.undone_by) if person}


def _is_about(content: dict[str, list[str]], visit: Visit) -> bool:
    shown = " ".join(content.get("who", ()))
    pairs = (
        (Visit.phone_blind, visit.phone_blind),
        (Visit.id_blind, visit.id_blind),
        (Visit.plate_blind, visit.plate_blind),
    )
    is_shown = any(kept and digest(column, shown) == kept for column, kept in pairs)
    return str(visit.id) in content.get("visit", ()) or is_shown


def _change(statement: object) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
