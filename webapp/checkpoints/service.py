"""What people do at the gate: let in, send back, refer; note who leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from webapp.checkpoints import queries, rules
from webapp.checkpoints.forms import LeaveForm, VisitForm
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Decision
from webapp.district.queries import preferences
from webapp.extensions import db
from webapp.kernel import entries, journal, personal
from webapp.kernel.access import Actor, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal, refusal_of
from webapp.kernel.media import Prepared
from webapp.kernel.personal import IdType
from webapp.kernel.sealing import blind
from webapp.places.queries import find_visible
from webapp.places.rules import PlaceKind


def admit_visitor(
    entry: entries.Entry, data: dict[str, Any], _photos: Sequence[Prepared], *, by: Actor, at: datetime
) -> None:
    """Log an arrival with the decision of the person on duty beside the rule's proposal.

    Raises Refusal `gate-out-of-reach` (404), `reason-needed` when the decision differs from the rule's without one,
    `already-inside` (by a constraint of the table).
    """
    place = find_visible(data["place"], by.through(Role.GATEKEEPER))
    if place is None or place.kind is not PlaceKind.CHECKPOINT:
        raise Refusal("gate-out-of-reach", 404)
    district = preferences()
    celsius, decision = data["celsius"], Decision(data["decision"])
    proposal = rules.propose(
        celsius,
        is_fever=celsius is not None and district.is_fever(celsius),
        risk_area=district.risk_area_of(data["origin"]),
    )
    if rules.is_override(proposal, decision) and not data["override_reason"]:
        raise Refusal("reason-needed", 422, field="override_reason")
    db.session.add(
        Visit(
            id=entry.uuid,
            place_id=place.id,
            **_identity(data, by),
            origin=data["origin"],
            purpose=data["purpose"] or None,
            companions=int(data["companions"] or 0),
            celsius=celsius,
            proposed=proposal.decision,
            reasons=[reason.value for reason in proposal.reasons],
            decision=decision,
            override_reason=data["override_reason"] or None,
            entered_at=at,
            recorded_by=by.id,
        )
    )
    db.session.flush()


def note_departure(
    _entry: entries.Entry, data: dict[str, Any], _photos: Sequence[Prepared], *, by: Actor, at: datetime
) -> None:
    """Note who left: the visit named, or the one inside whom the number shown fits. Of two tablets, one is told.

    Raises Refusal `already-left`, `nobody-inside`, `several-inside`, and `arrival-missing` (404) for a visit unknown
    here: somebody else's, or one whose arrival is still on its way.
    """
    inside = Visit.left_at.is_(None), Visit.decision == Decision.PASS
    visit_id = _visit_that_ends(data, by, at)
    left = update(Visit).where(Visit.id == visit_id, *inside).values(left_at=at, left_by=by.id)
    if not db.session.execute(left).rowcount:  # type: ignore[attr-defined]
        raise Refusal("already-left")


def _visit_that_ends(data: dict[str, Any], by: Actor, at: datetime) -> UUID:
    if data["visit"]:
        visit = queries.find_visit(data["visit"], by.through(Role.GATEKEEPER))
        if visit is None:
            raise Refusal("arrival-missing", 404)
        return visit.id
    found = queries.inside_by(data["who"], data["place"], by.through(Role.GATEKEEPER), at)
    if len(found) != 1:
        raise Refusal("several-inside" if found else "nobody-inside")
    return found[0]


def undo_departure(visit_id: UUID, *, by: Actor, at: datetime) -> None:
    """Somebody was marked as gone by mistake. Raises Refusal `left-too-long-ago`, `already-inside`, or 404."""
    with transaction():
        visit = queries.find_visit(visit_id, by.through(Role.GATEKEEPER))
        if visit is None:
            raise Refusal("gate-out-of-reach", 404)
        recently = Visit.left_at > at - queries.UNDO_WITHIN
        undone = update(Visit).where(Visit.id == visit_id, recently).values(left_at=None, left_by=None)
        try:
            done = db.session.execute(undone).rowcount  # type: ignore[attr-defined]
        except IntegrityError as error:
            raise refusal_of(error) or error from error
        if not done:
            raise Refusal("left-too-long-ago")
        journal.write("visit.departure-undone", "visit", visit_id, by=by, at=at)


def reveal(visit_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Note in the journal that somebody looked at a visitor's full data, and why."""
    with transaction():
        journal.write("visit.revealed", "visit", visit_id, by=by, at=at, reason=reason)


def _identity(data: dict[str, Any], by: Actor) -> dict[str, Any]:
    """Who comes, in what, to whom: as typed, or as in the earlier visit that `known` names."""
    name, kind, number, phone = data["name"], data["id_type"], data["id_number"], data["phone"]
    plate, host = data["plate"], data["host"]
    if data["known"]:
        earlier = queries.find_visit(data["known"], by.through(Role.GATEKEEPER))
        if earlier is None:
            raise Refusal("gate-out-of-reach", 404)
        name, kind = earlier.name, earlier.id_type
        number, phone = earlier.id_number, phone or earlier.phone
        plate = plate or (earlier.plate if data["same_plate"] else None)
        host = host or (earlier.host if data["same_host"] else None)
    number = personal.normal_number(number or "") or None
    phone = personal.phone_key(phone or "") or None
    plate = personal.normal_plate(plate or "") or None
    return {
        "name": name,
        "name_blind": blind(name, "visit.name"),
        "id_type": IdType(kind) if number and kind else None,
        "id_number": number,
        "id_blind": blind(number, "visit.id"),
        "phone": phone,
        "phone_blind": blind(phone, "visit.phone"),
        "plate": plate,
        "plate_blind": blind(plate, "visit.plate"),
        "host": host or None,
        "identity_blind": blind(number or phone, "visit.identity"),
    }


VISIT_IN = entries.register(entries.Kind("visit.in", VisitForm, admit_visitor, offline=True))
VISIT_OUT = entries.register(entries.Kind("visit.out", LeaveForm, note_departure, offline=True))
