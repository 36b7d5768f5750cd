"""What devices call: JSON in and out, 401 instead of a redirect, one outcome for every envelope."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from flask import abort, jsonify, make_response, request, session
from werkzeug import Response

from webapp.accounts import service as accounts
from webapp.extensions import csrf
from webapp.kernel import clock, installation
from webapp.kernel.access import EVERYONE, allow, current_actor, find_actor, public
from webapp.kernel.security import takes_files
from webapp.sync import keys, queries, service
from webapp.sync.rules import BATCH
from webapp.sync.service.delivery import Answer
from webapp.sync.views import bp

_UNSAFE = {"sync.grants", "sync.envelopes", "sync.photo", "sync.check", "sync.end_session"}
LARGEST_BODY = 4 * 1024 * 1024


@bp.before_request
def _only_from_our_pages() -> None:
    """Calls that change something carry our own header, which no other site's page can send without asking."""
    if request.endpoint in _UNSAFE and "X-Frontline-Sync" not in request.headers:
        abort(403)


@bp.get("/sync/status")
@public
def status() -> Response:
    """The probe: a captive portal does not know this body. A small exchange, by which a device measures its clock."""
    actor = find_actor()
    return jsonify(frontline=True, person=str(actor.id) if actor else None, server_now=clock.now().isoformat())


@bp.post("/sync/grants")
@allow(*EVERYONE)
def grants() -> Response:
    """Leave to record on this device, and the key to seal with."""
    actor, at = current_actor(), clock.now()
    contact = service.greet(_body(), request.user_agent.string, by=actor, at=at, signed=_signed(), enrols=True)
    granted, server = service.grant(contact, by=actor, at=at), keys.current()
    return jsonify(
        grant=str(granted.id),
        person=str(actor.id),
        key=b64encode(granted.key).decode(),
        expires_at=granted.expires_at.isoformat(),
        roles=sorted({one.role.value for one in actor.grants}),
        server_key={"id": server.id, "spki": server.text},
        server_now=at.isoformat(),
    )


@bp.get("/sync/reference")
@allow(*EVERYONE)
def reference() -> Response:
    """Places, checklists, limits, items, the person's own roles: what blank forms need. 304 when nothing changed."""
    found = queries.reference(current_actor(), clock.now())
    answer = jsonify(version=found.version, at=found.at.isoformat(), parts=found.parts)
    answer.set_etag(found.version)
    answer.headers["Cache-Control"] = "no-store"
    return answer.make_conditional(request)


@bp.post("/sync/envelopes")
@allow(*EVERYONE)
def envelopes() -> Response:
    """Take a batch; every envelope gets its own outcome. An empty batch is the heartbeat."""
    actor, at = current_actor(), clock.now()
    said = _body()
    contact = service.greet(said, request.user_agent.string, by=actor, at=at, signed=_signed())
    sent = said.get("envelopes") or []
    if not isinstance(sent, list) or len(sent) > BATCH:
        abort(400)
    outcomes = [_told(service.accept(one, contact, by=actor, at=clock.now())) for one in sent]
    return jsonify(
        server_now=at.isoformat(),
        epoch=installation.epoch(),
        newest_seq=queries.newest_seq(),
        returned=queries.count_returned(actor),
        grant_is_live=_is_heard(contact) and service.is_live(said.get("grant"), by=actor, at=at),
        outcomes=outcomes,
    )


@bp.put("/sync/photos/<uuid:uuid>/<string:sha256>")
@allow(*EVERYONE)
@takes_files
def photo(uuid: UUID, sha256: str) -> Response:
    """One sealed photo; `X-Frontline-Bytes` says how many bytes there should be."""
    announced = request.headers.get("X-Frontline-Bytes", type=int) or 0
    sealed = request.stream.read(LARGEST_BODY * 3)
    return jsonify(_told(service.accept_photo(uuid, sha256, sealed, announced, by=current_actor(), at=clock.now())))


@bp.post("/sync/check")
@allow(*EVERYONE)
def check() -> Response:
    """Which of these receipts this server does not know: it was restored from an older backup."""
    receipts: Any = _body().get("receipts")
    return jsonify(missing=queries.unknown(receipts)) if queries.is_checkable(receipts) else _malformed()


@bp.post("/sync/sign-out")
@public
def end_session() -> Response:
    """Somebody signed out without a network: their session ends at the first contact, whoever makes it."""
    if actor := find_actor():
        accounts.sign_out(by=actor, at=clock.now())
    session.clear()
    return jsonify(signed_out=True)


for _call in (grants, envelopes, photo, check, end_session):
    csrf.exempt(_call)  # guarded by `_only_from_our_pages`: a token kept on a device would be stale by then


def _body() -> dict[str, Any]:
    """The JSON object of the call; 400 for anything else."""
    if (request.content_length or 0) > LARGEST_BODY:
        abort(413)
    try:
        said = request.get_json(silent=True)
    except RecursionError:
        said = None
    return said if isinstance(said, dict) else abort(_malformed())


def _signed() -> service.Signed | None:
    """What the device's own key proves of this call; None without a signature."""
    signature = request.headers.get("X-Frontline-Device", "")
    return service.Signed(request.path, request.get_data(), signature) if signature else None


def _is_heard(contact: service.Contact) -> bool:
    """A device that signs, and not with the key known here, is to ask for a grant: it shows its key with it."""
    return contact.is_itself or "X-Frontline-Device" not in request.headers


def _malformed() -> Response:
    return make_response(jsonify(code="sync-malformed"), 400)


def _told(answer: Answer) -> dict[str, Any]:
    about = {"code": answer.code} if answer.code else queries.told(answer.row, answer.missing)
    return about | {
        "uuid": answer.uuid,
        "sha256": answer.sha256,
        "outcome": answer.outcome,
    }
