"""Reads of devices and envelopes, and the reference data that a device keeps."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, false, func, literal, select, union
from werkzeug.datastructures import MultiDict

from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import entries, kept
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.columns import canonical
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal, catalogue
from webapp.kernel.kinds import Correction, find_late, kinds
from webapp.kernel.tombstones import PurgedEntry
from webapp.kernel.unknown import unknown_fields
from webapp.sync.labels import DOUBTS
from webapp.sync.models import Device, ReceivedEnvelope
from webapp.sync.rules import MOST_GAPS, MOST_WITHDRAWN, OPEN, UNPROVEN, Doubt, State, without
from webapp.units.queries import JOINED as UNIT

MOST_CHECKED = 5_000
MOST_RETURNED = 200  # on a page, which states if there are more
MOST_SECONDS = 20
OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Reference:
    """The data that a device keeps for blank forms. `version` changes whenever a part changes."""

    version: str
    at: datetime
    parts: dict[str, Any]


def reference(actor: Actor, at: datetime) -> Reference:
    """The parts for the actor's roles, and the actor's roles themselves."""
    roles = sorted({grant.role.value for grant in actor.grants})
    parts = {**kept.parts(actor, at), "me": {"person": str(actor.id), "roles": roles}}
    return Reference(hashlib.sha256(canonical(parts).encode()).hexdigest()[:32], at, parts)


def newest_seq() -> int:
    return db.session.scalar(select(func.max(Entry.seq))) or 0


def unknown(receipts: list[Any]) -> list[str]:
    """The uuids of those `[uuid, sha256]` pairs that no envelope has; malformed pairs are ignored.

    An envelope whose proof does not hold does not count as the genuine one.
    """
    pairs = dict.fromkeys(_pairs(receipts))
    uuids = {uuid for uuid, _sha256 in pairs}
    is_doubted = ReceivedEnvelope.state.in_((State.REVIEW, State.SET_ASIDE)) & ReceivedEnvelope.reason.in_(UNPROVEN)
    query = select(ReceivedEnvelope.uuid, ReceivedEnvelope.sha256).where(
        ReceivedEnvelope.uuid.in_(uuids), ~func.coalesce(is_doubted, false())
    )
    known = {(row.uuid, row.sha256) for row in db.session.execute(query)}
    here = set(db.session.scalars(select(Entry.uuid).where(Entry.uuid.in_(uuids)).union(_purged(uuids))))
    return [str(uuid) for uuid, sha256 in pairs if (uuid, sha256) not in known and uuid not in here]


def purged(receipts: list[Any]) -> list[str]:
    """The uuids of those `[uuid, sha256]` pairs whose entries were purged: the device deletes its copies."""
    return [str(uuid) for uuid in db.session.scalars(_purged({uuid for uuid, _sha256 in _pairs(receipts)}))]


def _purged(uuids: Collection[UUID]) -> Select[UUID]:
    return select(PurgedEntry.uuid).where(PurgedEntry.uuid.in_(uuids))


def is_checkable(receipts: Any) -> bool:
    """Whether this is a list of receipts within the limit of one query."""
    is_list = isinstance(receipts, list) and len(receipts) <= MOST_CHECKED
    return is_list and not any(isinstance(receipt, dict) for receipt in receipts)


def _pairs(receipts: list[Any]) -> list[tuple[UUID, str]]:
    pairs = []
    for receipt in receipts:
        try:
            pairs.append((UUID(receipt[0]), str(receipt[1])))
        except (ValueError, TypeError, IndexError, KeyError, AttributeError):
            continue
    return pairs


def outcome_details(answered: Sequence[tuple[ReceivedEnvelope | None, Sequence[str]]]) -> list[dict[str, Any]]:
    """The details of the outcomes of envelopes for their device, from each row (if one is stored) and its missing
    photos. The entries of all are read at once.
    """
    applied = [row.uuid for row, _missing in answered if row and row.state in _APPLIED]
    known = {entry.uuid: entry for entry in db.session.scalars(select(Entry).where(Entry.uuid.in_(applied)))}
    return [_details(row, missing, known) if row else {} for row, missing in answered]


_APPLIED = (State.APPLIED, State.CORRECTED)


def _details(row: ReceivedEnvelope, missing: Sequence[str], known: Mapping[UUID, Entry]) -> dict[str, Any]:
    about: dict[str, Any] = {"missing": list(missing)} if missing else {}
    if row.state in (*OPEN, State.REVIEW) and row.reason:
        about |= {"code": row.reason, "sentence": sentence_of(row)}
    if row.state in _APPLIED:
        late = find_late(row.kind)
        about |= {"seq": known[row.uuid].seq, "url": late.record_url(known[row.uuid]) if late else None}
    return about


def why(code: str) -> dict[str, Any]:
    """Why nothing is kept of an envelope; with a sentence where there is one to show."""
    return {"code": code} | ({"sentence": Refusal(code).sentence} if code in catalogue() else {})


def sentence_of(row: ReceivedEnvelope) -> str:
    """The reason why an envelope was not applied, in the person's language."""
    reason = row.reason or ""
    if reason in set(Doubt):
        return str(DOUBTS[Doubt(reason)])
    return Refusal(reason, **(row.values or {})).sentence if reason in catalogue() else reason


def may_see(row: ReceivedEnvelope, actor: Actor) -> bool:
    """Whether the author still has a role that records this kind; otherwise the content is not shown."""
    late = find_late(row.kind)
    return late is None or actor.has(*late.late_roles)


def returned_to(actor: Actor) -> Select[Any]:
    """The entries that were returned to this author."""
    return select(ReceivedEnvelope).where(ReceivedEnvelope.author_id == actor.id, ReceivedEnvelope.state.in_(OPEN))


def returned(actor: Actor) -> Sequence[ReceivedEnvelope]:
    return db.session.scalars(returned_to(actor).order_by(ReceivedEnvelope.received_at).limit(MOST_RETURNED)).all()


def all_returned(limit: int) -> Sequence[ReceivedEnvelope]:
    """The entries that were returned to their authors, whoever that is, the oldest first."""
    query = select(ReceivedEnvelope).where(ReceivedEnvelope.state.in_(OPEN), ReceivedEnvelope.author_id.is_not(None))
    return db.session.scalars(query.order_by(ReceivedEnvelope.received_at).limit(limit)).all()


def second_versions(actor: Actor) -> Sequence[ReceivedEnvelope]:
    """Entries of this author under a uuid that was used before, newest first."""
    latest = _seconds_of(actor).order_by(ReceivedEnvelope.settled_at.desc())
    return db.session.scalars(latest.limit(MOST_SECONDS)).all()


def _seconds_of(actor: Actor) -> Select[Any]:
    return select(ReceivedEnvelope).where(
        ReceivedEnvelope.author_id == actor.id, ReceivedEnvelope.state == State.CONFLICT
    )


def find_returned(envelope_id: UUID, actor: Actor) -> ReceivedEnvelope | None:
    """A returned entry or second version of this author."""
    row = db.session.get(ReceivedEnvelope, envelope_id)
    return row if row and row.author_id == actor.id and row.state in (*OPEN, State.CONFLICT) else None


def count_returned(actor: Actor) -> int:
    return db.session.scalar(select(func.count()).select_from(returned_to(actor).subquery())) or 0


def count_seconds(actor: Actor) -> int:
    return db.session.scalar(select(func.count()).select_from(_seconds_of(actor).subquery())) or 0


def typed_form(row: ReceivedEnvelope) -> Any:
    """The kind's form as filled in by the author, with errors; None if this server does not know the kind."""
    fields = MultiDict(json.loads(row.payload)["fields"])
    correction = correction_of(row)
    return bound_form(row, correction.begin(fields) if correction else fields)


def correction_of(row: ReceivedEnvelope) -> Correction | None:
    """What the page for correcting this kind does beside drawing its form."""
    kind = kinds().get(row.kind)
    return kind.correction if kind else None


def bound_form(row: ReceivedEnvelope, fields: MultiDict[str, str]) -> Any:
    kind = kinds().get(row.kind)
    if kind is None:
        return None
    form = kind.form(fields)
    form.validate()
    return form


def not_understood(row: ReceivedEnvelope, form: Any) -> list[tuple[str, str]]:
    """(name, text) of values without a field in the kind's form, shown to the author, who can enter them elsewhere."""
    kind = kinds().get(row.kind)
    typed = MultiDict(json.loads(row.payload).get("fields", []))
    if kind is None or form is None:
        return list(typed.items(multi=True))
    unknown = unknown_fields(bound_form(row, typed), typed, kind.beside)
    return [(name, value) for name in unknown for value in typed.getlist(name)]


def record_url(kind: str, uuid: UUID) -> str | None:
    """The address of an applied entry's page; None if it has none."""
    late = find_late(kind)
    return late.record_url(entries.get_entry(uuid)) if late else None


def conflict_url(row: ReceivedEnvelope) -> str | None:
    """The page of the first version, for an envelope that is a second version."""
    return record_url(row.kind, row.uuid) if row.state is State.CONFLICT else None


def count_lacking(row: ReceivedEnvelope) -> int:
    """The number of missing photos of an envelope."""
    return sum(photo.key is None for photo in row.photos)


def count_photos(row: ReceivedEnvelope) -> int:
    """The number of received photos of an envelope; a correction keeps those that can be decoded."""
    return len(row.photos) - count_lacking(row)


def people_of(row: ReceivedEnvelope) -> dict[str, str]:
    """The names of the author, of the relay and of the person who settled it."""
    ids = {"author": row.author_id, "relay": row.relay_id, "settled": row.settled_by}
    names = accounts.names({id_ for id_ in ids.values() if id_})
    return {part: names.get(id_, "—") for part, id_ in ids.items() if id_}


def tray(_reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """All envelopes in a state, for administrators and auditors."""
    state = State(filters.get("state") or State.REVIEW)
    return select(ReceivedEnvelope).where(ReceivedEnvelope.state == state)


def find_envelope(envelope_id: UUID) -> ReceivedEnvelope | None:
    return db.session.get(ReceivedEnvelope, envelope_id)


def devices(_reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """All devices, or with a filter those with waiting entries."""
    query = select(Device)
    return query.where(Device.waiting > 0) if filters.get("waiting") else query


def waiting_by_unit() -> Sequence[Any]:
    """The devices that have not sent everything, by the unit of who used them last: rows of `path` (of the unit),
    `devices` and `entries`.
    """
    sums = func.count().label("devices"), func.sum(Device.waiting).label("entries")
    query = select(UNIT.path, *sums).select_from(Device).join(UNIT, UNIT.id == accounts.unit_of(Device.person_id))
    query = query.where(Device.waiting > 0, Device.is_lost.is_(False)).group_by(UNIT.path)
    return db.session.execute(query).all()


def find_device(device_id: UUID) -> Device | None:
    return db.session.get(Device, device_id)


def gaps_of(device: Device) -> list[tuple[int, int]]:
    """The first runs (first, last) of sequence numbers that a device has used and that never arrived."""
    seq, last = ReceivedEnvelope.seq, literal(device.last_seq, BigInteger)
    by_envelope = select(seq.label("seq")).where(ReceivedEnvelope.device_id == device.id, seq <= last)
    by_form = select(Entry.device_seq).where(Entry.device == str(device.id), Entry.device_seq <= last)
    arrived = union(select(literal(0)), by_envelope, by_form).subquery().c[0]
    following = func.coalesce(func.lead(arrived).over(order_by=arrived), last + 1)
    pairs = select(arrived.label("before"), following.label("after")).subquery().c
    query = select(pairs.before + 1, pairs.after - 1).where(pairs.after - pairs.before > 1).order_by(pairs.before)
    runs = [(first, last) for first, last in db.session.execute(query.limit(MOST_GAPS + MOST_WITHDRAWN))]
    return without(runs, device.withdrawn)[:MOST_GAPS]
