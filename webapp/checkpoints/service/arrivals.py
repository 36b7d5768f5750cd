"""Arrivals: the decision of the person on duty beside the rule's proposal; nobody is inside a gate twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from webapp.checkpoints import queries, rules
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Decision, Elsewhere, Identity
from webapp.district.queries import preferences
from webapp.extensions import db
from webapp.kernel import disclosure, entries, personal
from webapp.kernel.access import Actor, Role
from webapp.kernel.columns import digest, sealed_early
from webapp.kernel.database import connection, hold
from webapp.kernel.errors import Refusal, term
from webapp.kernel.media import Stored
from webapp.kernel.personal import IdType
from webapp.kernel.tombstones import refuse_purged
from webapp.places.queries import find_kind, names
from webapp.places.rules import PlaceKind

Row = dict[str, Any]  # the columns of a visit
_INSERT = insert(Visit.__table__)  # type: ignore[arg-type]


def prepare_arrival(data: dict[str, Any]) -> dict[str, Any]:
    """The data with `visit`: the columns that need neither the lock nor an earlier visit, sealed. Raises Refusal
    `reason-needed` if the decision differs from the proposal without a reason.
    """
    return data | {"visit": _decided(data) | ({} if data["known"] else sealed_early(Visit, _particulars(data)))}


def admit_visitor(
    entry: entries.Entry, data: dict[str, Any], _photos: Sequence[Stored], *, by: Actor, at: datetime
) -> None:
    """Log an arrival that `prepare_arrival` prepared.

    Raises Refusal `gate-out-of-reach` (404), `already-inside`, and `inside-elsewhere` until there is a choice for the
    visits at other gates.
    """
    if find_kind(data["place"], by.through(Role.GATEKEEPER)) is not PlaceKind.CHECKPOINT:
        raise Refusal("gate-out-of-reach", 404)
    visit = {"id": entry.uuid, "place_id": data["place"], "entered_at": at, "recorded_by": by.id}
    visit |= data["visit"] | (_particulars(_with_earlier(data, by)) if data["known"] else {})
    if visit["decision"] is Decision.PASS:
        visit |= _let_in(visit, data["elsewhere"])
    connection().execute(_INSERT, visit)


def _decided(data: dict[str, Any]) -> dict[str, Any]:
    """The columns of temperature, proposal and decision."""
    district, celsius, decision = preferences(), data["celsius"], Decision(data["decision"])
    is_fever = celsius is not None and district.is_fever(celsius)
    proposal = rules.propose(celsius, is_fever=is_fever, risk_area=district.risk_area_of(data["origin"]))
    if rules.is_override(proposal, decision) and not data["override_reason"]:
        raise Refusal("reason-needed", 422, field="override_reason")
    return {
        "origin": data["origin"],
        "purpose": data["purpose"] or None,
        "companions": int(data["companions"] or 0),
        "celsius": celsius,
        "proposed": proposal.decision,
        "reasons": [reason.value for reason in proposal.reasons],
        "decision": decision,
        "override_reason": data["override_reason"] or None,
    }


def _let_in(visit: Row, answer: str | None) -> Row:
    """Refuse a person who is already inside this gate, or inside another gate without a choice for that visit; returns
    the columns that the choice changes.
    """
    identity = Identity(visit["id_blind"], visit["phone_blind"], visit["name_blind"])
    for key in filter(None, (identity.document, identity.phone)):
        hold(f"visit {key}")  # two tablets may record the same person under different keys at the same moment
    others = queries.inside_as(identity)
    if any(other.place_id == visit["place_id"] for other in others):
        raise Refusal("already-inside")
    if not others:
        return {}
    if not answer:
        known = names({other.place_id for other in others})
        gates = list(dict.fromkeys(known[other.place_id] for other in others))
        raise Refusal("inside-elsewhere", field="elsewhere", place=term("gates", names=gates))
    moved = _move(visit, others) if Elsewhere(answer) is Elsewhere.MOVE else {}
    return moved | {"identity_blind": others[0].identity_blind}


def _move(visit: Row, others: Sequence[Any]) -> Row:
    """End the person's other visits, or this one if it arrives late and another is newer."""
    earlier = [other.id for other in others if other.entered_at <= visit["entered_at"]]
    later = [other.entered_at for other in others if other.entered_at > visit["entered_at"]]
    left = {"left_at": visit["entered_at"], "left_by": visit["recorded_by"]}
    db.session.execute(update(Visit).where(Visit.id.in_(earlier)).values(**left))
    return left | {"left_at": min(later)} if later else {}


def note_search(*, by: Actor, at: datetime) -> None:
    """Journal a search for a person in the list of visits. Raises Refusal `searches-exhausted`."""
    disclosure.note_search("visit.searched", "visit", by=by, at=at)


def _with_earlier(data: dict[str, Any], by: Actor) -> dict[str, Any]:
    """The data with the particulars of the earlier visit `known`. Raises Refusal `gate-out-of-reach` (404)."""
    earlier = queries.find_at_gate(data["known"], by.through(Role.GATEKEEPER))
    if earlier is None:
        raise Refusal("gate-out-of-reach", 404)
    refuse_purged(earlier.id)
    return data | {
        "name": earlier.name,
        "id_type": earlier.id_type,
        "id_number": earlier.id_number,
        "phone": data["phone"] or earlier.phone,
        "plate": data["plate"] or (earlier.plate if data["same_plate"] else None),
        "host": data["host"] or (earlier.host if data["same_host"] else None),
    }


def _particulars(data: dict[str, Any]) -> dict[str, Any]:
    """The columns of personal data, plate and host."""
    name, kind, host = data["name"], data["id_type"], data["host"]
    number = personal.normal_number(data["id_number"] or "") or None
    phone = personal.phone_key(data["phone"] or "") or None
    plate = personal.normal_plate(data["plate"] or "") or None
    return {
        "name": name,
        "name_blind": digest(Visit.name_blind, name),
        "id_type": IdType(kind) if number and kind else None,
        "id_number": number,
        "id_blind": digest(Visit.id_blind, number),
        "phone": phone,
        "phone_blind": digest(Visit.phone_blind, phone),
        "plate": plate,
        "plate_blind": digest(Visit.plate_blind, plate),
        "host": host or None,
        "identity_blind": digest(Visit.identity_blind, Identity.text(number, phone, name)),
    }
