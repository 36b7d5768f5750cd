"""The API of devices: JSON in and out, 401 instead of a redirect, one outcome for every envelope."""

from base64 import b64encode
from collections.abc import Sequence
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
from webapp.sync.views import bp

_UNSAFE = {"sync.grants", "sync.envelopes", "sync.photo", "sync.check", "sync.end_session"}
LARGEST_BODY = 4 * 1024 * 1024


@bp.before_request
def _only_from_our_pages() -> None:
    """Require a header on calls that change something, which another site can send only after a CORS preflight."""
    if request.endpoint in _UNSAFE and "X-Frontline-Sync" not in request.headers:
        abort(403)


@bp.get("/sync/status")
@public
def status() -> Response:
    """The connectivity probe, whose body a captive portal cannot imitate. Devices also measure their clock with it."""
    actor = find_actor()
    return jsonify(frontline=True, person=str(actor.id) if actor else None, server_now=clock.now().isoformat())


@bp.post("/sync/grants")
@allow(*EVERYONE)
def grants() -> Response:
    """Issue a grant for this device, with the public keys for sealing."""
    actor, at = current_actor(), clock.now()
    contact = service.greet(_body(), request.user_agent.string, by=actor, at=at, signed=_signed(), enrols=True)
    granted, servers = service.grant(contact, by=actor, at=at), keys.current()
    return jsonify(
        grant=str(granted.id),
        person=str(actor.id),
        name=actor.name,
        key=b64encode(granted.key).decode(),
        expires_at=granted.expires_at.isoformat(),
        roles=sorted({held.role.value for held in actor.grants}),
        server_key=servers.rsa.as_plain(),
        agreement_key=servers.agreement.as_plain() if servers.agreement else None,
        server_now=at.isoformat(),
    )


@bp.get("/sync/reference")
@allow(*EVERYONE)
def reference() -> Response:
    """The reference data for blank forms: places, checklists, limits, items, own roles; 304 if unchanged."""
    current = queries.reference(current_actor(), clock.now())
    answer = jsonify(version=current.version, at=current.at.isoformat(), parts=current.parts)
    answer.set_etag(current.version)
    answer.headers["Cache-Control"] = "no-store"
    return answer.make_conditional(request)


@bp.post("/sync/envelopes")
@allow(*EVERYONE)
def envelopes() -> Response:
    """Receive a batch; every envelope has its own outcome. An empty batch is a heartbeat."""
    actor, at = current_actor(), clock.now()
    body = _body()
    contact = service.greet(body, request.user_agent.string, by=actor, at=at, signed=_signed())
    sent = body.get("envelopes") or []
    if not isinstance(sent, list) or len(sent) > BATCH:
        abort(400)
    answers = service.accept_all(sent, contact, by=actor, at=clock.now())
    return jsonify(
        server_now=at.isoformat(),
        epoch=installation.epoch(),
        newest_seq=queries.newest_seq(),
        returned=queries.count_returned(actor),
        grant_is_live=_is_heard(contact) and service.is_live(body.get("grant"), by=actor, at=at),
        outcomes=_outcomes(answers),
    )


@bp.put("/sync/photos/<uuid:uuid>/<string:sha256>")
@allow(*EVERYONE)
@takes_files
def photo(uuid: UUID, sha256: str) -> Response:
    """Receive one sealed photo; `X-Frontline-Bytes` is its expected length."""
    announced = request.headers.get("X-Frontline-Bytes", type=int) or 0
    sealed = request.stream.read(LARGEST_BODY * 3)
    answer = service.accept_photo(uuid, sha256, sealed, announced, by=current_actor(), at=clock.now())
    return jsonify(_outcomes([answer])[0])


@bp.post("/sync/check")
@allow(*EVERYONE)
def check() -> Response:
    """Those of a device's receipts that this server does not know, after a restore from an older backup."""
    receipts: Any = _body().get("receipts")
    if not queries.is_checkable(receipts):
        return _malformed()
    return jsonify(missing=queries.unknown(receipts), purged=queries.purged(receipts))


@bp.post("/sync/sign-out")
@public
def end_session() -> Response:
    """End the session of a person who signed out without a network, at the first contact after that."""
    if actor := find_actor():
        accounts.sign_out(by=actor, at=clock.now())
    session.clear()
    return jsonify(signed_out=True)


for _call in (grants, envelopes, photo, check, end_session):
    csrf.exempt(_call)  # protected by `_only_from_our_pages`, since a token stored on a device would be stale


def _body() -> dict[str, Any]:
    """The JSON object of the call; aborts with 400 for anything else."""
    if (request.content_length or 0) > LARGEST_BODY:
        abort(413)
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None
    return body if isinstance(body, dict) else abort(_malformed())


def _signed() -> service.Signed | None:
    """The call with its signature; None without one."""
    signature = request.headers.get("X-Frontline-Device", "")
    return service.Signed(request.path, request.get_data(), signature) if signature else None


def _is_heard(contact: service.Contact) -> bool:
    """Whether the contact counts; a device that signs with an unknown key has to request a grant, which has its key."""
    return contact.is_verified or "X-Frontline-Device" not in request.headers


def _malformed() -> Response:
    return make_response(jsonify(code="sync-malformed"), 400)


def _outcomes(answers: Sequence[service.Answer]) -> list[dict[str, Any]]:
    details = queries.outcome_details([(answer.row, answer.missing) for answer in answers])
    return [
        (queries.why(answer.code) if answer.code else about)
        | {"uuid": answer.uuid, "sha256": answer.sha256, "outcome": answer.outcome}
        for answer, about in zip(answers, details, strict=True)
    ]
